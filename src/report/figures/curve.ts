/** One probability against one outcome: the model of a binary task, or a class against the others. */
import type { ModelTarget } from "../../data/index.ts";
import type { IntervalOptions } from "../../metrics/index.ts";
import type { TestRows } from "../testRows.ts";

export interface Curve {
  /** The label that counts as the event. */
  readonly label: string;
  /** What the other rows are called. */
  readonly other: string;
  readonly series: number;
  readonly scores: Float64Array;
  /** 1 for an event, else 0. */
  readonly events: Float64Array;
  readonly eventCount: number;
}

/** What all figures of probabilities share. */
export interface Setting {
  readonly curves: readonly Curve[];
  readonly rows: number;
  /** `work` is how much dearer than a mean a resample is. */
  readonly interval: (work?: number) => IntervalOptions;
  /** Whether some rows share a patient, or another group. */
  readonly grouped: boolean;
  readonly threshold: number | null;
  /** How rows are counted: `114 test rows`. */
  readonly n: string;
}

/** The binary model's curve, or one for each class. */
export function curvesOf({ task, labels }: ModelTarget, test: TestRows): Curve[] {
  const events = task === "binary" ? [1] : labels.map((_, k) => k);
  return events.map((k, series) => {
    const isEvent = test.truth.map((y) => Number(y === k));
    return {
      label: labels[k]!,
      other: task === "binary" ? labels[0]! : `not ${labels[k]}`,
      series,
      scores: Float64Array.from(
        { length: test.rows },
        (_, row) => test.probabilities![row * labels.length + k]!,
      ),
      events: isEvent,
      eventCount: isEvent.reduce((sum, y) => sum + y, 0),
    };
  });
}

/** An axis of shares or probabilities. */
export const sharesAxis = { low: 0, high: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] };

/** The column that names the class, where there are several. */
export const classColumn = (several: boolean, name = "class"): string[] => (several ? [name] : []);
