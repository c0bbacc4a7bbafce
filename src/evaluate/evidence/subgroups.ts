/** The same model on parts of the rows: who is served worse by it, at the one shared threshold. */
import { bootstrapDifference, type Statistic } from "../../metrics/bootstrap.ts";
import { weightedAuroc } from "../../metrics/delong.ts";
import {
  atThreshold,
  auroc,
  calibrationSlope,
  classAccuracy,
  classLogLoss,
  concordance,
  type Estimate,
  macroAuroc,
  observedOverExpected,
  regression,
} from "../../metrics/index.ts";
import { binaryRows } from "../../metrics/rows.ts";
import { positives } from "../interpret.ts";
import { mostFits, resamplesFor } from "../resamples.ts";
import type { Predictions } from "../types.ts";
import type { Interval } from "./curves.ts";
import type { Subgrouping } from "./subgrouping.ts";
import type { SubgroupEvidence, SubgroupGap, SubgroupLevel } from "./types.ts";

interface Judged {
  readonly predictions: Predictions;
  readonly truth: Float64Array;
  readonly interval: Interval;
}

/** Fewer events, or rows without, say nothing of a subgroup. */
const fewestEvents = 10;
const fewestRows = 20;

/** A subgroup's intervals are many: each gets fewer resamples. */
const mostEach = 500;

export const subgroupEvidence = (
  judged: Judged,
  subgroups: readonly Subgrouping[],
): SubgroupEvidence[] =>
  subgroups.map(({ column, labels, of }) => {
    const parts = labels.map((_, place) => partOf(judged, (row) => of[row] === place));
    const levels = labels.map((label, place) => levelOf(label, parts[place]!));
    return { column, levels, gaps: gapsOf(judged, parts, levels) };
  });

/** Some rows as rows of their own. */
interface Part extends Judged {
  readonly rows: readonly number[];
}

/** Only the rows of a subgroup. */
function partOf({ predictions, truth, interval }: Judged, among: (row: number) => boolean): Part {
  const rows = Array.from(truth.keys()).filter(among);
  const width = predictions.labels.length;
  const pick = (values: ArrayLike<number>) => Float64Array.from(rows, (row) => values[row]!);
  const { groups, resamples } = interval;
  return {
    rows,
    truth: pick(truth),
    predictions: {
      ...predictions,
      rows: rows.length,
      values: pick(predictions.values),
      probabilities:
        predictions.probabilities &&
        Float64Array.from(
          rows.flatMap((row) => [
            ...predictions.probabilities!.subarray(row * width, (row + 1) * width),
          ]),
        ),
    },
    interval: {
      ...interval,
      resamples: Math.min(resamples, mostEach),
      ...(groups ? { groups: pick(groups) } : {}),
    },
  };
}

function levelOf(label: string, part: Judged): SubgroupLevel {
  const { predictions, truth } = part;
  const rows = truth.length;
  if (predictions.task === "binary") {
    const events = truth.reduce((sum, y) => sum + y, 0);
    const few = events < fewestEvents || rows - events < fewestEvents;
    return { label, rows, events, few, statistics: few ? {} : binaryStatistics(part) };
  }
  const few = rows < fewestRows;
  const statistics = predictions.task === "classes" ? classStatistics : numberStatistics;
  return { label, rows, events: null, few, statistics: few ? {} : statistics(part) };
}

function binaryStatistics({ predictions, truth, interval }: Judged): Record<string, Estimate> {
  const p = positives(predictions);
  const fits = Math.min(interval.resamples, resamplesFor(p.length, mostFits));
  const { value, low, high, method, reason } = calibrationSlope(p, truth, {
    ...interval,
    resamples: fits,
  }).slope;
  // the calls are made already
  const called = atThreshold(predictions.values, truth, { ...interval, threshold: 0.5 });
  const { sensitivity, specificity, ppv, npv } = called;
  return {
    auroc: auroc(p, truth, interval),
    observedOverExpected: observedOverExpected(p, truth, interval),
    calibrationSlope: { value, low, high, method, ...(reason === undefined ? {} : { reason }) },
    ...{ sensitivity, specificity, ppv, npv },
  };
}

function classStatistics({ predictions, truth, interval }: Judged): Record<string, Estimate> {
  const given = {
    probabilities: predictions.probabilities!,
    labels: truth,
    classes: predictions.labels.length,
  };
  return {
    auroc: macroAuroc(given, interval),
    accuracy: classAccuracy(given, interval),
    logLoss: classLogLoss(given, interval),
  };
}

function numberStatistics({ predictions, truth, interval }: Judged): Record<string, Estimate> {
  const { rmse, mae } = regression(predictions.values, truth, interval);
  return { rmse, mae, bias: concordance(predictions.values, truth, interval).bias };
}

/** What is compared between levels: a statistic of weighted rows. */
function weighted({ predictions, truth }: Judged) {
  const { task, values } = predictions;
  const mean = (of: (row: number) => number, among: (row: number) => boolean) => {
    const [own, inside] = [
      truth.map((_, row) => of(row)),
      truth.map((_, row) => Number(among(row))),
    ];
    return (weights: Float64Array) => {
      let [sum, total] = [0, 0];
      for (let row = 0; row < weights.length; row++) {
        const weight = weights[row]! * inside[row]!;
        sum += weight * own[row]!;
        total += weight;
      }
      return total === 0 ? null : sum / total;
    };
  };
  const everywhere = () => true;
  if (task === "regression")
    return { mae: mean((row) => Math.abs(values[row]! - truth[row]!), everywhere) };
  const right = (row: number) => Number(values[row] === truth[row]);
  if (task === "classes") return { accuracy: mean(right, everywhere) };
  return {
    auroc: weightedAuroc(binaryRows("AUROC", positives(predictions), truth)),
    sensitivity: mean(right, (row) => truth[row] === 1),
    specificity: mean(right, (row) => truth[row] === 0),
    ppv: mean(right, (row) => values[row] === 1),
  };
}

function gapsOf(
  { interval, truth }: Judged,
  parts: readonly Part[],
  levels: readonly SubgroupLevel[],
): SubgroupGap[] {
  const reads = parts.map((part) => weighted(part) as Readonly<Record<string, Statistic>>);
  return Object.keys(reads[0] ?? {}).flatMap((statistic) => {
    const ranked = levels
      .flatMap(({ label, statistics }, place) => {
        const value = statistics[statistic]?.value ?? null;
        return value === null ? [] : [{ place, label, value }];
      })
      .sort((a, b) => b.value - a.value);
    const [highest, lowest] = [ranked[0], ranked.at(-1)];
    if (!highest || !lowest || ranked.length < 2) return [];
    const within = (place: number): Statistic => {
      const { rows } = parts[place]!;
      const own = new Float64Array(rows.length);
      return (weights) => {
        for (let i = 0; i < own.length; i++) own[i] = weights[rows[i]!]!;
        return reads[place]![statistic]!(own);
      };
    };
    const found = bootstrapDifference(
      { ...interval, rows: truth.length, resamples: Math.min(interval.resamples, mostEach) },
      within(highest.place),
      within(lowest.place),
    );
    return [{ ...found, statistic, highest: highest.label, lowest: lowest.label }];
  });
}
