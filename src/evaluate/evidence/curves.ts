/** The curves of one class against the rest: ROC, precision–recall, distributions, calibration. */
import {
  type BinnedCalibration,
  binnedCalibration,
  brierParts,
  calibrationCurve,
  histogram,
  type IntervalOptions,
  precisionRecallCurve,
  rocCurve,
  spiegelhalter,
  wilson,
} from "../../metrics/index.ts";
import { mostCurves, resamplesFor } from "../resamples.ts";
import type {
  BinaryCurves,
  BinnedEvidence,
  CalibrationEvidence,
  OutcomeHistogram,
} from "./types.ts";

/** How intervals are made; with repeated groups nothing takes rows as independent. */
export interface Interval extends IntervalOptions {
  readonly resamples: number;
  readonly grouped: boolean;
}

/** Probabilities of the event and 0 or 1 for each row. */
export interface Outcomes {
  readonly label: string;
  readonly p: Float64Array;
  readonly y: Float64Array;
}

export function binaryCurves({ label, p, y }: Outcomes, interval: Interval): BinaryCurves {
  const events = y.reduce((sum, each) => sum + each, 0);
  return {
    label,
    events,
    prevalence: events / y.length,
    distribution: distributionOf(p, y),
    roc: rocCurve(p, y),
    precisionRecall: precisionRecallCurve(p, y),
    calibration: calibrationOf(p, y, interval),
  };
}

function distributionOf(p: Float64Array, y: Float64Array): OutcomeHistogram {
  const of = (label: number) => p.filter((_, row) => y[row] === label);
  const counted = (values: Float64Array) =>
    values.length > 0 ? histogram(values, { range: [0, 1] }).counts : Array<number>(20).fill(0);
  const { edges } = histogram(p, { range: [0, 1] });
  return { edges, events: counted(of(1)), others: counted(of(0)) };
}

const bins = 10;

function calibrationOf(p: Float64Array, y: Float64Array, interval: Interval): CalibrationEvidence {
  const few = Math.min(interval.resamples, resamplesFor(p.length, mostCurves));
  const curve = calibrationCurve(p, y, { ...interval, resamples: few });
  const { statistic, p: chance } = interval.grouped
    ? { statistic: null, p: null }
    : spiegelhalter(p, y);
  return {
    ...curve,
    bins: binnedOf(
      `${bins} bins of equal mass`,
      binnedCalibration(p, y, { ...interval, binning: "mass", bins }),
      interval,
    ),
    brier: brierParts(p, y, { ...interval, bins }),
    spiegelhalter: { z: statistic, p: chance },
  };
}

/** Bins with an interval of their share of events. */
export function binnedOf(
  variant: string,
  { bins: found, ece, mce }: BinnedCalibration,
  { grouped, level }: Interval,
): BinnedEvidence {
  return {
    variant,
    ece,
    mce,
    bins: found.map((bin) => {
      const [low, high] = grouped
        ? [null, null]
        : wilson(Math.round(bin.observed * bin.rows), bin.rows, level);
      return { ...bin, low, high };
    }),
  };
}
