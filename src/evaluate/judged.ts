/** What models say of rows that they never saw: split after split, taken together, or in part. */
import type { Session } from "../backends/backend.ts";
import { joined } from "../base/joined.ts";
import type { Split } from "../data/index.ts";
import { auroc } from "../metrics/auroc.ts";
import type { Estimate, IntervalOptions } from "../metrics/estimate.ts";
import { macroAuroc } from "../metrics/multiclass.ts";
import { regression } from "../metrics/regression.ts";
import type { Optimizer } from "../optim/index.ts";
import { positives } from "./interpret.ts";
import { type LessonSource, learn, lessonOf, predictPart } from "./learn.ts";
import type { NetworkSettings, Predictions } from "./types.ts";

/** Held-out rows, predicted by a model that never saw them. */
export interface HeldRows {
  readonly said: Predictions;
  readonly truth: Float64Array;
  /** The row of the table, or its group: what intervals resample. */
  readonly units: Int32Array;
}

/** One network learned from a split, and what it says of the rows held out. */
export async function heldRows(
  source: LessonSource,
  split: Split,
  {
    units = split.test,
    ...options
  }: {
    readonly settings: NetworkSettings;
    readonly session: Session;
    readonly optimizer?: Optimizer;
    readonly units?: Int32Array;
  },
): Promise<HeldRows> {
  const lesson = lessonOf(source, split);
  const { model } = await learn(lesson, options);
  const said = predictPart(model, lesson.held, options.session);
  return { said, truth: lesson.held.truth, units };
}

/** The held-out rows of all splits as one. */
export const joinHeld = (folds: readonly HeldRows[]): HeldRows => ({
  said: joinPredictions(folds.map(({ said }) => said)),
  truth: joined(
    Float64Array,
    folds.map(({ truth }) => truth),
  ),
  units: Int32Array.from(folds.flatMap(({ units }) => Array.from(units))),
});

/** Some of them, by their places. */
export function takeHeld({ said, truth, units }: HeldRows, places: readonly number[]): HeldRows {
  const width = said.labels.length;
  const probabilities =
    said.probabilities &&
    joined(
      Float64Array,
      places.map((at) => said.probabilities!.subarray(at * width, (at + 1) * width)),
    );
  const values = Float64Array.from(places, (at) => said.values[at]!);
  return {
    said: { ...said, rows: places.length, values, probabilities },
    truth: Float64Array.from(places, (at) => truth[at]!),
    units: Int32Array.from(places, (at) => units[at]!),
  };
}

export function joinPredictions(parts: readonly Predictions[]): Predictions {
  const [first] = parts;
  const values = joined(
    Float64Array,
    parts.map((part) => part.values),
  );
  const probabilities = first!.probabilities
    ? joined(
        Float64Array,
        parts.map((part) => part.probabilities!),
      )
    : null;
  return { ...first!, rows: values.length, values, probabilities };
}

/** AUROC, its mean over the classes, or R²; units are resampled. */
export function rankOf({ said, truth, units }: HeldRows, options: IntervalOptions = {}): Estimate {
  const interval = { ...options, groups: units };
  const { task, values, probabilities, labels } = said;
  if (task === "regression") return regression(values, truth, interval).r2;
  if (task === "binary") return auroc(positives(said), truth, interval);
  const given = { probabilities: probabilities!, labels: truth, classes: labels.length };
  return macroAuroc(given, interval);
}
