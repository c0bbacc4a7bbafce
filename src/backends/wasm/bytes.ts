import { InternalError } from "../../base/errors.ts";

/** Adds LEB128 of 0 … 2³² − 1. */
export function pushUnsigned(list: number[], value: number): void {
  if (value >>> 0 !== value)
    throw new InternalError(`wasm encoder: ${value} is not an unsigned 32-bit integer.`);
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) list.push((rest & 0x7f) | 0x80);
  list.push(rest);
}

/** Adds signed LEB128 of −2³¹ … 2³¹ − 1. */
export function pushSigned(list: number[], value: number): void {
  let rest = value;
  for (; rest < -64 || rest > 63; rest >>= 7) list.push((rest & 0x7f) | 0x80);
  list.push(rest & 0x7f);
}

/** Adds signed LEB128 of −2⁶³ … 2⁶³ − 1. */
export function pushSigned64(list: number[], value: bigint): void {
  let rest = value;
  for (; rest < -64n || rest > 63n; rest >>= 7n) list.push(Number(rest & 0x7fn) | 0x80);
  list.push(Number(rest & 0x7fn));
}

/** Bytes that grow, with the number encodings of the WebAssembly binary format. */
export class Bytes {
  #buffer = new Uint8Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(value: number): this {
    return this.append([value]);
  }

  append(bytes: ArrayLike<number>): this {
    if (this.#length + bytes.length > this.#buffer.length) this.#grow(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** LEB128 of 0 … 2³² − 1. */
  unsigned(value: number): this {
    const list: number[] = [];
    pushUnsigned(list, value);
    return this.append(list);
  }

  text(value: string): this {
    return this.sized(new TextEncoder().encode(value));
  }

  /** Length, then the bytes. */
  sized(bytes: ArrayLike<number>): this {
    return this.unsigned(bytes.length).append(bytes);
  }

  /** A view of what was written, valid until the next write. */
  view(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  #grow(extra: number): void {
    const grown = new Uint8Array(2 * this.#buffer.length + extra);
    grown.set(this.view());
    this.#buffer = grown;
  }
}
