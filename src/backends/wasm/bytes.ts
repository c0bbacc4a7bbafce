import { InternalError } from "../../base/errors.ts";

/** Bytes that grow, with the number encodings of the WebAssembly binary format. */
export class Bytes {
  #buffer = new Uint8Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(value: number): this {
    if (this.#length === this.#buffer.length) this.#grow(1);
    this.#buffer[this.#length++] = value;
    return this;
  }

  append(bytes: ArrayLike<number>): this {
    if (this.#length + bytes.length > this.#buffer.length) this.#grow(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** LEB128 of 0 … 2³² − 1. */
  unsigned(value: number): this {
    if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
      throw new InternalError(`wasm encoder: ${value} is not an unsigned 32-bit integer.`);
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.byte((rest % 128) | 0x80);
    return this.byte(rest);
  }

  /** Signed LEB128 of any width. */
  signed(value: bigint): this {
    let rest = value;
    for (; rest < -64n || rest > 63n; rest >>= 7n) this.byte(Number(rest & 0x7fn) | 0x80);
    return this.byte(Number(rest & 0x7fn));
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
