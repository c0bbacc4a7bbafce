/** Curves over all thresholds, and counts in bins: what is drawn rather than read. */
import { InputError } from "../base/errors.ts";
import type { Numbers } from "./estimate.ts";
import { ascending, type BinaryRows, binaryRows, finite } from "./rows.ts";

/** Rates of calling positive where score ≥ threshold. */
export interface RocPoint {
  /** `null` at the start, where nothing is called positive. */
  readonly threshold: number | null;
  readonly falsePositiveRate: number;
  readonly sensitivity: number;
}

export interface PrecisionRecallPoint {
  readonly threshold: number;
  readonly recall: number;
  readonly precision: number;
}

/** Counts of rows called positive at each different score, the highest first. */
interface Step {
  readonly threshold: number;
  readonly hits: number;
  readonly alarms: number;
}

function steps({ scores, labels }: BinaryRows): Step[] {
  const order = ascending(scores).reverse();
  const found: Step[] = [];
  let [hits, alarms] = [0, 0];
  order.forEach((row, i) => {
    if (labels[row] === 1) hits++;
    else alarms++;
    const threshold = scores[row]!;
    if (i + 1 === order.length || scores[order[i + 1]!] !== threshold)
      found.push({ threshold, hits, alarms });
  });
  return found;
}

/** Of too many points evenly as many as wanted, first and last among them. */
function thinned<T>(points: readonly T[], most: number): readonly T[] {
  if (points.length <= most) return points;
  const step = (points.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => points[Math.round(i * step)]!);
}

export interface CurveOptions {
  /** Most points told, 400 by default; more are thinned evenly. */
  readonly most?: number;
}

const usualPoints = 400;

/**
 * The ROC curve from (0, 0) to (1, 1), the points where it turns (scikit-learn's `roc_curve`); empty
 * where all rows have the same label.
 * @example rocCurve([0.9, 0.4, 0.6], [1, 0, 1]).at(-1) // { threshold: 0.4, falsePositiveRate: 1, sensitivity: 1 }
 */
export function rocCurve(
  scores: Numbers,
  labels: Numbers,
  { most = usualPoints }: CurveOptions = {},
): readonly RocPoint[] {
  const rows = binaryRows("ROC curve", scores, labels);
  const { events, others } = rows;
  if (events === 0 || others === 0) return [];
  const all = steps(rows);
  const bend = (key: "hits" | "alarms", i: number) =>
    all[i + 1]![key] - all[i]![key] !== all[i]![key] - all[i - 1]![key];
  const turns = all.filter(
    (_, i) => i === 0 || i === all.length - 1 || bend("hits", i) || bend("alarms", i),
  );
  const points = turns.map(({ threshold, hits, alarms }) => ({
    threshold,
    falsePositiveRate: alarms / others,
    sensitivity: hits / events,
  }));
  return thinned([{ threshold: null, falsePositiveRate: 0, sensitivity: 0 }, ...points], most);
}

/**
 * Precision and recall at each threshold, the highest first, but for those in a row with the same
 * recall, whose first and last stay (scikit-learn's `precision_recall_curve`); empty without an event.
 * @example precisionRecallCurve([0.9, 0.4, 0.6], [1, 0, 1])[0] // { threshold: 0.9, recall: 0.5, precision: 1 }
 */
export function precisionRecallCurve(
  scores: Numbers,
  labels: Numbers,
  { most = usualPoints }: CurveOptions = {},
): readonly PrecisionRecallPoint[] {
  const rows = binaryRows("precision–recall curve", scores, labels);
  if (rows.events === 0) return [];
  const all = steps(rows);
  const ends = all.filter(
    ({ hits }, i) =>
      i === 0 || i === all.length - 1 || hits !== all[i - 1]!.hits || hits !== all[i + 1]!.hits,
  );
  const points = ends.map(({ threshold, hits, alarms }) => ({
    threshold,
    recall: hits / rows.events,
    precision: hits / (hits + alarms),
  }));
  return thinned(points, most);
}

/** Counts between edges, one more edge than counts. */
export interface Histogram {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/**
 * Counts of values in bins of equal width, closed below, the last closed above too (NumPy's
 * `histogram`); over the range of the values unless told. Values outside a told range are left out.
 * @example histogram([0.1, 0.2, 0.9], { bins: 2, range: [0, 1] }).counts // [2, 1]
 */
export function histogram(
  values: Numbers,
  { bins = 20, range }: { bins?: number; range?: readonly [number, number] } = {},
): Histogram {
  const all = finite("histogram", values);
  if (all.length === 0) throw new InputError("histogram: no values; give at least one.");
  const [least, most] = range ?? [
    all.reduce((low, x) => Math.min(low, x)),
    all.reduce((high, x) => Math.max(high, x)),
  ];
  const [low, high] = least < most ? [least, most] : [least - 0.5, most + 0.5];
  const edges = Array.from({ length: bins + 1 }, (_, i) =>
    i === bins ? high : low + (i * (high - low)) / bins,
  );
  const counts = Array<number>(bins).fill(0);
  for (const x of all) {
    if (x < low || x > high) continue;
    let bin = Math.min(bins - 1, Math.floor(((x - low) / (high - low)) * bins));
    // rounding may put an edge on the wrong side
    if (x < edges[bin]!) bin--;
    else if (bin < bins - 1 && x >= edges[bin + 1]!) bin++;
    counts[bin]!++;
  }
  return { edges, counts };
}
