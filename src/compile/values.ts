/** The values of one kernel's loop body: each is made once, and equal ones are one object. */
import type { DType } from "../base/dtype.ts";
import type { Buffer, ElementwiseOp, Index, Value } from "./kernel.ts";

type Fresh = Value extends infer V ? (V extends Value ? Omit<V, "id"> : never) : never;

const spellIndex = (index: Index) => `${index.offset}+${index.coefficients.join()}`;

export class ValueTable {
  readonly #made = new Map<string, Value>();

  load(buffer: Buffer, index: Index): Value {
    const { dtype } = buffer;
    return this.#share(`load ${buffer.id} ${spellIndex(index)}`, {
      kind: "load",
      buffer,
      index,
      dtype,
    });
  }

  constant(value: number, dtype: DType): Value {
    const spelled = Object.is(value, -0) ? "-0" : `${value}`;
    return this.#share(`${dtype} ${spelled}`, { kind: "constant", value, dtype });
  }

  coordinate(index: Index): Value {
    return this.#share(`at ${spellIndex(index)}`, { kind: "coordinate", index, dtype: "i32" });
  }

  compute(op: ElementwiseOp, src: readonly Value[], dtype: DType): Value {
    const key = `${op} ${dtype} ${src.map((value) => value.id).join()}`;
    return this.#share(key, { kind: "compute", op, src, dtype });
  }

  #share(key: string, fresh: Fresh): Value {
    const found = this.#made.get(key);
    if (found) return found;
    const made = { ...fresh, id: this.#made.size } as Value;
    this.#made.set(key, made);
    return made;
  }
}
