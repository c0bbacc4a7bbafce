/** What the figures are drawn from: the evidence in `metrics.json`, or made anew for a run without it. */
import { subgroupsOf } from "../evaluate/evidence/asked.ts";
import { evidenceOf } from "../evaluate/evidence/evidence.ts";
import { subgroupEvidence } from "../evaluate/evidence/subgroups.ts";
import type {
  BinaryCurves,
  DecisionEvidence,
  Evidence,
  RegressionEvidence,
  SubgroupEvidence,
} from "../evaluate/evidence/types.ts";
import { positives } from "../evaluate/interpret.ts";
import type { Predictions, Prepared } from "../evaluate/types.ts";
import { hasRepeatedGroups } from "../metrics/bootstrap.ts";
import type { Estimate } from "../metrics/index.ts";
import { at, estimateAt } from "./estimates.ts";
import { intervalOf, type ReportSource } from "./source.ts";
import { isObject } from "./testRows.ts";

/** The evidence of the test rows. */
export function evidenceFor(source: ReportSource): Evidence {
  const { run, model, test } = source;
  const { task } = model.target;
  const stored = at(run.metrics, "evidence");
  if (isObject(stored) && stored.task === task && stored.rows === test.rows)
    return stored as unknown as Evidence;
  return evidenceOf({ predictions: predictionsOf(source), truth: test.truth }, intervalOf(source));
}

/** What was predicted for the test rows, as the statistics take it. */
function predictionsOf({ model, test }: ReportSource): Predictions {
  const { task, labels } = model.target;
  const { rows, probabilities, values } = test;
  return { task, labels, rows, probabilities, values };
}

/** The probability of the event of each test row. */
export const positivesOf = (source: ReportSource) => positives(predictionsOf(source));

/** Intervals of the test rows, which resample groups where rows share them. */
export function judgedOf(source: ReportSource) {
  const { truth, groups, rows } = source.test;
  const grouped = hasRepeatedGroups(rows, groups ?? undefined);
  const interval = { ...intervalOf(source), grouped };
  return { predictions: predictionsOf(source), truth, interval };
}

/** Subgroups of columns that were told after the run, by the run's own function. */
export const subgroupsBy = (
  source: ReportSource,
  prepared: Prepared,
  subgroups: readonly string[],
): SubgroupEvidence[] =>
  subgroupEvidence(
    judgedOf(source),
    subgroupsOf({ ...prepared, options: { ...prepared.options, subgroups } }),
  );

/** The model of a binary task, or one class against the others. */
export interface Curve extends BinaryCurves {
  readonly rows: number;
  /** What rows without the event are called. */
  readonly other: string;
  readonly series: number;
  readonly auroc: Estimate;
  readonly auprc: Estimate;
  readonly decision: DecisionEvidence;
}

const noEstimate: Estimate = { value: null, low: null, high: null, method: "" };

/** The binary model's curve, or one for each class. */
export function curvesOf(
  source: ReportSource,
  evidence: Exclude<Evidence, RegressionEvidence>,
): Curve[] {
  const { rows } = evidence;
  if (evidence.task === "binary") {
    const other = source.model.target.labels.find((label) => label !== evidence.label) ?? "others";
    const [area, precision] = ["auroc", "auprc"].map(
      (key) => estimateAt(source.run.metrics, "test", key) ?? noEstimate,
    );
    return [{ ...evidence, rows, other, series: 0, auroc: area!, auprc: precision! }];
  }
  return evidence.classes.map((each, k) => ({
    ...{ ...each, rows, other: `not ${each.label}`, series: k },
  }));
}
