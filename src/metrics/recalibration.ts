/** Maps from a model's probabilities to better calibrated ones, fitted on rows it did not learn from. */
import { InputError } from "../base/errors.ts";
import { exp, log } from "../base/math.ts";
import type { Numbers } from "./estimate.ts";
import { logisticFit, separated } from "./logistic.ts";
import { ascending, binaryRows, clipped, finite, probabilityRows } from "./rows.ts";

/** A fitted map; plain data, so that it can be saved with the model. */
export type Recalibration =
  | { readonly kind: "platt"; readonly slope: number; readonly intercept: number }
  /** Steps: p at or below `from[i]`, and above the one before, becomes `to[i]`; between, linear. */
  | { readonly kind: "isotonic"; readonly from: readonly number[]; readonly to: readonly number[] }
  | { readonly kind: "temperature"; readonly temperature: number };

const logit = (p: number) => log(clipped(p) / (1 - clipped(p)));
const sigmoid = (x: number) => (x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)));

function bothClasses(what: string, probabilities: Numbers, labels: Numbers) {
  const rows = probabilityRows(what, probabilities, labels);
  if (rows.events > 0 && rows.others > 0) return rows;
  throw new InputError(`${what}: all rows have the same label; fit it on rows of both classes.`);
}

/**
 * Logistic recalibration (Cox 1958; Platt 1999 without his prior): logit p′ = a + b logit p.
 * @example recalibrate(platt(probabilities, labels), [0.2, 0.9])
 */
export function platt(probabilities: Numbers, labels: Numbers): Recalibration {
  const rows = bothClasses("Platt scaling", probabilities, labels);
  const x = rows.scores.map(logit);
  const weights = new Float64Array(x.length).fill(1);
  const fit = separated(x, rows.labels, weights)
    ? null
    : logisticFit({ labels: rows.labels, x, weights });
  if (fit) return { kind: "platt", slope: fit.slope, intercept: fit.intercept };
  throw new InputError(
    "Platt scaling: one probability separates the classes, so it has no finite fit; use more rows.",
  );
}

/** A run of rows with one value. */
interface Block {
  sum: number;
  weight: number;
  readonly first: number;
  last: number;
}

/**
 * Isotonic regression of outcome on p by pooling adjacent violators (Ayer et al. 1955; Zadrozny &
 * Elkan 2002): the best map that never falls. Needs hundreds of rows, else it overfits.
 * @example recalibrate(isotonic(probabilities, labels), [0.2, 0.9])
 */
export function isotonic(probabilities: Numbers, labels: Numbers): Recalibration {
  const { scores, labels: y } = binaryRows("isotonic regression", probabilities, labels);
  const blocks: Block[] = [];
  for (const row of ascending(scores)) {
    const p = scores[row]!;
    const last = blocks.at(-1);
    // equal p first become one
    if (last && last.first === p && last.last === p) {
      last.sum += y[row]!;
      last.weight++;
    } else blocks.push({ sum: y[row]!, weight: 1, first: p, last: p });
  }
  const pooled: Block[] = [];
  for (const block of blocks) {
    pooled.push({ ...block });
    for (;;) {
      const [before, here] = [pooled.at(-2), pooled.at(-1)!];
      if (!before || before.sum * here.weight < here.sum * before.weight) break;
      before.sum += here.sum;
      before.weight += here.weight;
      before.last = here.last;
      pooled.pop();
    }
  }
  const ends = pooled.flatMap(({ sum, weight, first, last }) =>
    (first === last ? [first] : [first, last]).map((at) => [at, sum / weight] as const),
  );
  return { kind: "isotonic", from: ends.map(([at]) => at), to: ends.map(([, value]) => value) };
}

const golden = (Math.sqrt(5) - 1) / 2;

/**
 * Temperature scaling (Guo et al. 2017): softmax(z / T), T > 0 by least log loss, here of class
 * probabilities [rows × classes], whose logarithms stand for z. The order of classes stays.
 * @example temperature(probabilities, labels, 3)
 */
export function temperature(
  probabilities: Numbers,
  labels: Numbers,
  classes: number,
): Recalibration {
  const p = finite("temperature scaling", probabilities);
  if (p.length !== labels.length * classes || labels.length === 0)
    throw new InputError(
      `temperature scaling: ${p.length} probabilities for ${labels.length} rows of ${classes} classes.`,
    );
  const z = p.map((value) => log(clipped(value)));
  const loss = (t: number) => {
    let sum = 0;
    for (let row = 0; row < labels.length; row++) {
      const scaled = z.subarray(row * classes, (row + 1) * classes).map((value) => value / t);
      const most = Math.max(...scaled);
      const total = scaled.reduce((all, value) => all + exp(value - most), 0);
      sum += log(total) + most - scaled[labels[row]!]!;
    }
    return sum;
  };
  // one minimum in log T: golden section
  let [low, high] = [log(0.01), log(100)];
  let [a, b] = [high - golden * (high - low), low + golden * (high - low)];
  let [lossA, lossB] = [loss(exp(a)), loss(exp(b))];
  while (high - low > 1e-9) {
    if (lossA <= lossB) {
      [high, b, lossB] = [b, a, lossA];
      a = high - golden * (high - low);
      lossA = loss(exp(a));
    } else {
      [low, a, lossA] = [a, b, lossB];
      b = low + golden * (high - low);
      lossB = loss(exp(b));
    }
  }
  return { kind: "temperature", temperature: exp((low + high) / 2) };
}

/**
 * New probabilities of the event from the model's; those of a temperature are of two classes.
 * @example recalibrate({ kind: "platt", slope: 0.8, intercept: -0.1 }, [0.5])
 */
export function recalibrate(map: Recalibration, probabilities: Numbers): Float64Array {
  const p = finite("recalibration", probabilities);
  if (map.kind === "platt") return p.map((x) => sigmoid(map.intercept + map.slope * logit(x)));
  if (map.kind === "temperature") return p.map((x) => sigmoid(logit(x) / map.temperature));
  return p.map((x) => interpolated(map, x));
}

/** The same for [rows × classes]: p^(1/T), scaled to a sum of 1. */
export function recalibrateClasses(
  { temperature: t }: Extract<Recalibration, { kind: "temperature" }>,
  probabilities: Numbers,
  classes: number,
): Float64Array {
  const powers = Float64Array.from(probabilities, (p) => exp(log(clipped(p)) / t));
  return powers.map((power, i) => {
    const start = i - (i % classes);
    return power / powers.subarray(start, start + classes).reduce((sum, each) => sum + each, 0);
  });
}

/** Linear between the ends of steps, level outside them, as scikit-learn has it. */
function interpolated(
  { from, to }: Extract<Recalibration, { kind: "isotonic" }>,
  x: number,
): number {
  if (x <= from[0]!) return to[0]!;
  if (x >= from.at(-1)!) return to.at(-1)!;
  let [low, high] = [0, from.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (from[middle]! <= x) low = middle;
    else high = middle;
  }
  const share = (x - from[low]!) / (from[high]! - from[low]!);
  return to[low]! + share * (to[high]! - to[low]!);
}
