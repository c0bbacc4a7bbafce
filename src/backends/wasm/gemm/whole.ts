/** The operand that all threads read is packed once, by all of them, before they multiply. */
import type { Code, FunctionHandle, Local, VectorBits } from "../encode.ts";
import { type Part, rangeOf } from "../part.ts";
import { type Whole, wholeShape } from "./packed.ts";
import { blockLength } from "./tile.ts";
import { bytesPerFloat, locals } from "./vectors.ts";

interface Size {
  readonly batch?: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}
type Address = number | Local;
interface Operand {
  readonly address: Address;
  readonly rowStride: number;
  readonly columnStride: number;
}
interface Operands extends Size {
  readonly a: Operand;
  readonly b: Operand;
}

/** Few rows or columns, or all in the first cache: a product of 96³ is the largest cube. Measured. */
export const isSmall = ({ m, n, k }: Size): boolean =>
  Math.min(m, n) <= 16 || k * (m + n) <= 2 * 96 * 96;

/** Packed as a whole, an operand should still find room in a cache that all cores share. */
const mostWhole = 4 << 20;

/** The shorter operand of a packed product, if all threads pack it together before they multiply. */
export function wholeOf(product: Size, bits: VectorBits): Whole | undefined {
  const { batch = 1, m, n } = product;
  const whole = m >= n ? "right" : "left";
  const fits = wholeShape(product, { whole, bits }).bytes <= mostWhole;
  return batch === 1 && !isSmall(product) && fits ? whole : undefined;
}

/** Scratch beside that of each thread, for what all of them use. */
export const wholeBytes = (size: Size): number =>
  Math.max(
    ...([128, 256] as const).map((bits) => {
      const whole = wholeOf(size, bits);
      return whole ? wholeShape(size, { whole, bits }).bytes : 0;
    }),
  );

/** One thread's slivers of that operand go to `address`. */
export function emitPackWhole(
  code: Code,
  pack: (width: number, pitch: number) => FunctionHandle,
  { k, a, b, ...size }: Operands,
  { name, address, part }: { name: Whole; address: number; part: Part },
): void {
  const shape = wholeShape({ k, ...size }, { whole: name, bits: code.bits });
  const { lanes, width, pitch, slivers } = shape;
  const [operand, laneStride, step] =
    name === "left"
      ? [a.address, a.rowStride, a.columnStride]
      : [b.address, b.columnStride, b.rowStride];
  const { from, to } = rangeOf(code, part, { length: lanes, unit: width });
  const [block, depth] = locals(code, "i32", 2) as [Local, Local];
  code.forRange({ local: block, from: 0, to: k, step: blockLength }, () => {
    const rest = () => code.i32(k).get(block).op("i32.sub");
    rest().i32(blockLength);
    rest().i32(blockLength).op("i32.lt_u").op("select").set(depth);
    // where the block's first lane of this thread lies, and where its sliver goes
    code.value(operand);
    code
      .value(from)
      .i32(bytesPerFloat * laneStride)
      .op("i32.mul")
      .op("i32.add");
    code
      .get(block)
      .i32(bytesPerFloat * step)
      .op("i32.mul")
      .op("i32.add");
    code.i32(bytesPerFloat * laneStride).i32(bytesPerFloat * step);
    code.value(to).value(from).op("i32.sub").get(depth);
    code.get(block).i32(slivers).op("i32.mul");
    code.value(from).i32(width).op("i32.div_u").get(depth).op("i32.mul").op("i32.add");
    code
      .i32(bytesPerFloat * pitch)
      .op("i32.mul")
      .i32(address)
      .op("i32.add");
    code.call(pack(width, pitch));
  });
}
