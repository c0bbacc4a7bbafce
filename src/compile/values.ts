/** The values of one kernel's loop body: each is made once, and equal ones are one object. */
import type { DType } from "../base/dtype.ts";
import type { Buffer, ElementwiseOp, Index, Value } from "./kernel.ts";
import { sameIndex } from "./movement.ts";

export class ValueTable {
  /** By what they load, by their first operand, or by their kind. */
  readonly #made = new Map<Buffer | Value | string, Value[]>();
  #count = 0;

  load(buffer: Buffer, index: Index): Value {
    const alike = this.#alike(buffer);
    for (const known of alike)
      if (known.kind === "load" && sameIndex(known.index, index)) return known;
    const { dtype } = buffer;
    return this.#add(alike, { kind: "load", buffer, index, dtype, id: this.#count++ });
  }

  constant(value: number, dtype: DType): Value {
    const alike = this.#alike(dtype);
    for (const known of alike)
      if (known.kind === "constant" && Object.is(known.value, value)) return known;
    return this.#add(alike, { kind: "constant", value, dtype, id: this.#count++ });
  }

  coordinate(index: Index): Value {
    const alike = this.#alike("coordinate");
    for (const known of alike)
      if (known.kind === "coordinate" && sameIndex(known.index, index)) return known;
    return this.#add(alike, { kind: "coordinate", index, dtype: "i32", id: this.#count++ });
  }

  compute(op: ElementwiseOp, src: readonly Value[], dtype: DType): Value {
    const alike = this.#alike(src[0]!);
    for (const known of alike)
      if (
        known.kind === "compute" &&
        known.op === op &&
        known.dtype === dtype &&
        known.src.every((each, i) => each === src[i])
      )
        return known;
    return this.#add(alike, { kind: "compute", op, src, dtype, id: this.#count++ });
  }

  #alike(key: Buffer | Value | string): Value[] {
    const known = this.#made.get(key);
    if (known) return known;
    const none: Value[] = [];
    this.#made.set(key, none);
    return none;
  }

  #add(alike: Value[], made: Value): Value {
    alike.push(made);
    return made;
  }
}
