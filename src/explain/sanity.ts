/** Whether an explanation depends on what the network learned: randomized weights must change it. */
import type { FittedModel } from "../evaluate/types.ts";
import { hostValues, tensorsOf } from "../tensor/index.ts";
import type { Attribution } from "./gradients.ts";
import { type OutputFunction, type OutputOptions, outputFunction } from "./outputs.ts";

export interface SanityCheck {
  /**
   * Mean over rows of Spearman's correlation of |attributions|, learned against random weights, over
   * the features to which either gives a part.
   */
  readonly correlation: number;
  /** Whether the explanation passes: below 0.5. */
  readonly depends: boolean;
}

const tolerated = 0.5;
/** The training drew its first weights by the seed itself: what is compared with is drawn by another. */
const farOff = 982_451_653;

/**
 * Adebayo et al.'s randomization test (2018): attributions of the trained network against those of
 * the same network with fresh weights; `seed` is that of the training. An explanation that stays the same tells of the inputs, not of
 * the model.
 *
 *     randomizationTest(model, (f) => saliency(f, rows)).depends;
 */
export function randomizationTest(
  model: FittedModel,
  explain: (f: OutputFunction) => Attribution,
  { seed = 0, ...options }: OutputOptions & { readonly seed?: number } = {},
): SanityCheck {
  const params = model.network.init((seed + farOff) % Number.MAX_SAFE_INTEGER);
  const values = hostValues(params);
  const weights = Object.fromEntries(
    tensorsOf(params).map(([path, { shape }]) => [
      path,
      { dtype: "f32" as const, shape, data: values.get(path) as Float32Array },
    ]),
  );
  const of = (each: FittedModel) => {
    const f = outputFunction(each, options);
    const found = explain(f);
    f.free();
    return found;
  };
  const [learned, random] = [of(model), of({ ...model, weights })];
  const { rows, width } = learned;
  const row = ({ values: all }: Attribution, i: number) =>
    all.subarray(i * width, (i + 1) * width).map(Math.abs);
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    const [a, b] = [row(learned, i), row(random, i)];
    // a letter that is not there has no part in either
    const told = (_: number, k: number) => a[k] !== 0 || b[k] !== 0;
    sum += spearman(a.filter(told), b.filter(told));
  }
  const correlation = sum / rows;
  return { correlation, depends: correlation < tolerated };
}

/** Ranks from 1, equal values sharing their mean rank. */
function ranks(values: Float64Array): Float64Array {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const found = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) found[order[i]!] = (start + end + 1) / 2;
    start = end;
  }
  return found;
}

/** Pearson's correlation of the ranks; 0 where one of them does not vary. */
function spearman(a: Float64Array, b: Float64Array): number {
  const [x, y] = [ranks(a), ranks(b)];
  const middle = (x.length + 1) / 2;
  let [both, first, second] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [u, v] = [x[i]! - middle, y[i]! - middle];
    both += u * v;
    first += u * u;
    second += v * v;
  }
  return first === 0 || second === 0 ? 0 : both / Math.sqrt(first * second);
}
