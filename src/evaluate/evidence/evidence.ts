/** The evidence for a model: everything that is drawn, from predictions on rows it never saw. */
import { hasRepeatedGroups } from "../../metrics/bootstrap.ts";
import { evenThreshold, positives } from "../interpret.ts";
import { mostDraws, resamplesFor } from "../resamples.ts";
import type { EvaluationOptions } from "../statistics.ts";
import type { Predictions, Statistics } from "../types.ts";
import { classEvidence } from "./classes.ts";
import { binaryCurves, type Interval } from "./curves.ts";
import { decisionOf } from "./decision.ts";
import type { Frozen } from "./frozen.ts";
import { conformalEvidence, recalibrationEvidence } from "./held.ts";
import { operatingEvidence } from "./operating.ts";
import { regressionEvidence } from "./regression.ts";
import type { Subgrouping } from "./subgrouping.ts";
import { subgroupEvidence } from "./subgroups.ts";
import type { BinaryEvidence, Evidence, EvidenceRows, Held } from "./types.ts";

export interface EvidenceSource {
  readonly predictions: Predictions;
  /** The place of each row's label, or its number. */
  readonly truth: Float64Array;
  /** Of these rows, where they are known. */
  readonly statistics?: Statistics;
  /** The baseline's predictions of the same rows. */
  readonly baseline?: Predictions;
  /** Of a binary model, 0.5 unless told. */
  readonly threshold?: number | null;
  /** What the validation rows decided. */
  readonly frozen?: Frozen | null;
  readonly prevalence?: number | undefined;
  readonly subgroups?: readonly Subgrouping[];
}

/**
 * Everything that the figures of a report are drawn from, as plain JSON.
 *
 *     evidenceOf({ predictions, truth }, { seed: 7 }).task; // "binary"
 */
export function evidenceOf(source: EvidenceSource, options: EvaluationOptions = {}): Evidence {
  const { predictions, truth } = source;
  const rows = truth.length;
  const grouped = hasRepeatedGroups(rows, options.groups);
  const { resamples = resamplesFor(rows, mostDraws) } = options;
  const interval: Interval = { ...options, resamples, grouped };
  const groups = grouped ? new Set(Array.from(options.groups!)).size : null;
  const { frozen, subgroups = [] } = source;
  const judged = { predictions, truth, interval };
  const binary = predictions.task === "binary" ? binaryEvidence(source, interval) : null;
  const about: EvidenceRows & Held = {
    ...{ rows, groups },
    recalibration: recalibrationEvidence(judged, frozen?.recalibration ?? [], {
      statistics: source.statistics,
      curve: binary?.calibration,
    }),
    conformal: conformalEvidence(judged, frozen?.conformal ?? [], subgroups),
    subgroups: subgroupEvidence(judged, subgroups),
  };
  if (binary) return { ...about, ...binary };
  if (predictions.task === "regression")
    return { ...about, ...regressionEvidence(predictions.values, truth, interval) };
  return { ...about, ...classEvidence(source, interval) };
}

function binaryEvidence(
  { predictions, truth, baseline, threshold, frozen, prevalence }: EvidenceSource,
  interval: Interval,
): Omit<BinaryEvidence, keyof (EvidenceRows & Held)> {
  const p = positives(predictions);
  const label = predictions.labels[1]!;
  return {
    task: "binary",
    ...binaryCurves({ label, p, y: truth }, interval),
    decision: decisionOf(p, truth, { interval, baseline: baseline && positives(baseline) }),
    operating: operatingEvidence(
      {
        ...{ predictions, truth, baseline, prevalence },
        ...{ threshold: threshold ?? evenThreshold, choice: frozen?.threshold ?? null },
      },
      interval,
    ),
  };
}
