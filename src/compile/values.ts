/** The values of one kernel's loop body: each is made once, and equal ones are one object. */
import type { DType } from "../base/dtype.ts";
import type { Buffer, ElementwiseOp, Index, Value } from "./kernel.ts";
import { sameIndex } from "./movement.ts";

type Fresh = Value extends infer V ? (V extends Value ? Omit<V, "id"> : never) : never;

export class ValueTable {
  /** By what they load, by their first operand, or by their kind. */
  readonly #made = new Map<Buffer | Value | string, Value[]>();
  #count = 0;

  load(buffer: Buffer, index: Index): Value {
    const same = (value: Value) => value.kind === "load" && sameIndex(value.index, index);
    return this.#share(buffer, same, { kind: "load", buffer, index, dtype: buffer.dtype });
  }

  constant(value: number, dtype: DType): Value {
    const same = (known: Value) => known.kind === "constant" && Object.is(known.value, value);
    return this.#share(dtype, same, { kind: "constant", value, dtype });
  }

  coordinate(index: Index): Value {
    const same = (value: Value) => value.kind === "coordinate" && sameIndex(value.index, index);
    return this.#share("coordinate", same, { kind: "coordinate", index, dtype: "i32" });
  }

  compute(op: ElementwiseOp, src: readonly Value[], dtype: DType): Value {
    const same = (value: Value) =>
      value.kind === "compute" &&
      value.op === op &&
      value.dtype === dtype &&
      value.src.every((each, i) => each === src[i]);
    return this.#share(src[0]!, same, { kind: "compute", op, src, dtype });
  }

  #share(key: Buffer | Value | string, same: (value: Value) => boolean, fresh: Fresh): Value {
    const alike = this.#made.get(key) ?? [];
    const found = alike.find(same);
    if (found) return found;
    const made = { ...fresh, id: this.#count++ } as Value;
    if (alike.push(made) === 1) this.#made.set(key, alike);
    return made;
  }
}
