/** Sums of powers over any stretch of sorted points, from sums over a tree of stretches. */

/** Powers of x, 0 … 13, and of x times y, 0 … 11: what a tricube times a parabola asks for. */
const powers = 14;
const productPowers = 12;
const width = powers + productPowers;
/** Where the sums with y begin. */
export const productsFrom = powers;
const leaf = 128;

const binomial = Array.from({ length: powers }, () => new Float64Array(powers));
for (let n = 0; n < powers; n++)
  for (let k = 0; k <= n; k++)
    binomial[n]![k] = k === 0 || k === n ? 1 : binomial[n - 1]![k - 1]! + binomial[n - 1]![k]!;

/** Where u = (x − center) / radius. */
export interface Frame {
  readonly center: number;
  readonly radius: number;
}

/** One level of the tree: stretches of `length` points, the last maybe shorter. */
interface Level {
  readonly length: number;
  readonly centers: Float64Array;
  readonly radii: Float64Array;
  /** `width` sums a stretch, in powers of (x − center) / radius. */
  readonly sums: Float64Array;
}

/** Points in ascending order of x with the sums of their stretches. */
export interface SummedPoints {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly levels: readonly Level[];
}

/** Adds what one point is worth in the frame. */
function addPoint(into: Float64Array, at: number, u: number, y: number): void {
  for (let j = 0, power = 1; j < powers; j++, power *= u) into[at + j]! += power;
  if (y === 0) return;
  for (let j = 0, power = y; j < productPowers; j++, power *= u)
    into[at + productsFrom + j]! += power;
}

const ratios = new Float64Array(powers);
const scales = new Float64Array(powers);

/** Adds sums in powers of v as sums in powers of u = shift + scale · v: Σ uⁿ = Σₖ C(n, k) shiftⁿ⁻ᵏ scaleᵏ Σ vᵏ. */
function addShifted(
  into: Float64Array,
  at: number,
  { sums, from, shift, scale }: { sums: Float64Array; from: number; shift: number; scale: number },
): void {
  ratios[0] = 1;
  scales[0] = 1;
  for (let k = 1; k < powers; k++) {
    ratios[k] = ratios[k - 1]! * shift;
    scales[k] = scales[k - 1]! * scale;
  }
  for (let n = 0; n < powers; n++) {
    const choose = binomial[n]!;
    let [sum, product] = [0, 0];
    for (let k = 0; k <= n; k++) {
      const factor = choose[k]! * ratios[n - k]! * scales[k]!;
      sum += factor * sums[from + k]!;
      if (n < productPowers) product += factor * sums[from + productsFrom + k]!;
    }
    into[at + n]! += sum;
    if (n < productPowers) into[at + productsFrom + n]! += product;
  }
}

function emptyLevel(x: Float64Array, length: number): Level {
  const count = Math.ceil(x.length / length);
  const ends = Array.from({ length: count }, (_, i) => {
    const [low, high] = [x[i * length]!, x[Math.min(x.length, (i + 1) * length) - 1]!];
    return { center: (low + high) / 2, radius: (high - low) / 2 };
  });
  return {
    length,
    centers: Float64Array.from(ends, ({ center }) => center),
    radii: Float64Array.from(ends, ({ radius }) => radius),
    sums: new Float64Array(count * width),
  };
}

const inFrame = (x: number, { center, radius }: Frame): number =>
  radius === 0 ? 0 : (x - center) / radius;

function leaves(x: Float64Array, y: Float64Array): Level {
  const level = emptyLevel(x, leaf);
  const { centers, radii, sums } = level;
  for (let i = 0; i < x.length; i++) {
    const block = Math.floor(i / leaf);
    const [center, radius] = [centers[block]!, radii[block]!];
    addPoint(sums, block * width, radius === 0 ? 0 : (x[i]! - center) / radius, y[i]!);
  }
  return level;
}

/** Stretches twice as long. */
function doubled(x: Float64Array, below: Level): Level {
  const level = emptyLevel(x, 2 * below.length);
  for (let i = 0; i < below.centers.length; i++) {
    const frame = { center: level.centers[i >> 1]!, radius: level.radii[i >> 1]! };
    addShifted(level.sums, (i >> 1) * width, inOtherFrame(below, i, frame));
  }
  return level;
}

const inOtherFrame = ({ centers, radii, sums }: Level, i: number, frame: Frame) => ({
  sums,
  from: i * width,
  shift: inFrame(centers[i]!, frame),
  scale: frame.radius === 0 ? 0 : radii[i]! / frame.radius,
});

/** The tree over points in ascending order of x. */
export function summed({ x, y }: { x: Float64Array; y: Float64Array }): SummedPoints {
  const levels = [leaves(x, y)];
  while (levels.at(-1)!.centers.length > 2) levels.push(doubled(x, levels.at(-1)!));
  return { x, y, levels };
}

/**
 * Σ uʲ, j = 0 … 13, then Σ y uʲ, j = 0 … 11, over the points from … to − 1, all of which lie in the
 * frame: |u| ≤ 1. Exact but for rounding; the work grows with the logarithm of their number.
 */
export function powerSums(
  { x, y, levels }: SummedPoints,
  [from, to]: readonly [number, number],
  frame: Frame,
): Float64Array {
  const sums = new Float64Array(width);
  for (let i = from; i < to; ) {
    let level = -1;
    while (level + 1 < levels.length && fits(levels[level + 1]!.length, i, to)) level++;
    if (level < 0) {
      addPoint(sums, 0, inFrame(x[i]!, frame), y[i]!);
      i++;
    } else {
      const { length } = levels[level]!;
      addShifted(sums, 0, inOtherFrame(levels[level]!, i / length, frame));
      i += length;
    }
  }
  return sums;
}

const fits = (length: number, at: number, to: number): boolean =>
  at % length === 0 && at + length <= to;
