/**
 * `evidence` of metrics.json: what the figures of a report are drawn from. Plain JSON: every number
 * is finite or `null`, every list is in the order in which it is drawn.
 */
import type {
  Comparison,
  CurvePoint,
  Estimate,
  Histogram,
  PrecisionRecallPoint,
  RocPoint,
} from "../../metrics/index.ts";
import type { OptimismEvidence } from "../protocols/optimism.ts";
import type { ConformalRule } from "./frozen.ts";
import type { ThresholdChoice } from "./rule.ts";

/** By task: `evidence.task` says which. */
export type Evidence = BinaryEvidence | ClassEvidence | RegressionEvidence;

/** Which rows the evidence is of, and what its intervals resample. */
export interface EvidenceRows {
  readonly rows: number;
  /** How many groups (patients) they come from; `null` where each row is one. */
  readonly groups: number | null;
}

/** What the validation rows decided, and how it holds on these rows. */
export interface Held {
  /** The probabilities as they are (`none`) and by each map fitted on the validation rows. */
  readonly recalibration: readonly RecalibrationEvidence[];
  /** Sets or intervals that promise to hold the truth; empty where nothing was calibrated. */
  readonly conformal: readonly ConformalEvidence[];
  /** One a column told by `--subgroup`. */
  readonly subgroups: readonly SubgroupEvidence[];
}

/** Two classes: discrimination, calibration, decisions. */
export interface BinaryEvidence extends EvidenceRows, BinaryCurves, Held {
  readonly task: "binary";
  /** Net benefit of acting on the model, on the baseline, on everyone; of acting on nobody it is 0. */
  readonly decision: DecisionEvidence;
  readonly operating: OperatingEvidence;
  /** Of the learning rows, not of these (`--optimism`). */
  readonly optimism?: OptimismEvidence;
}

/** Several classes: each against the others, and all together. */
export interface ClassEvidence extends EvidenceRows, Held {
  readonly task: "classes";
  /** Each class against all others, in the order of the labels. */
  readonly classes: readonly (BinaryCurves & {
    readonly auroc: Estimate;
    readonly auprc: Estimate;
    /** Net benefit of acting where this class is likely enough, whatever the others are. */
    readonly decision: DecisionEvidence;
  })[];
  /** How often the called class is right, by how sure the call is: 15 bins of confidence. */
  readonly confidence: BinnedEvidence;
  /** Σ over classes of (p − y)², its mean over the rows (Brier 1950); 0 is perfect, 2 the worst. */
  readonly brier: Estimate;
  readonly balancedAccuracy: Estimate;
  readonly macroF1: Estimate;
  readonly mcc: Estimate;
  readonly kappa: Estimate;
}

/** A number: observed against predicted, and what is left. */
export interface RegressionEvidence extends EvidenceRows, Held {
  readonly task: "regression";
  /** Smooth of observed on predicted, and the straight line observed = intercept + slope · predicted. */
  readonly calibration: {
    readonly points: readonly CurvePoint[];
    readonly slope: Estimate;
    readonly intercept: Estimate;
  };
  /** Predicted and observed of at most 1000 rows, evenly taken from all of them. */
  readonly scatter: readonly { readonly predicted: number; readonly observed: number }[];
  /** Predicted − observed. */
  readonly residuals: Histogram & {
    readonly mean: number;
    /** n − 1. */
    readonly deviation: number | null;
    readonly quantiles: readonly { readonly share: number; readonly value: number }[];
  };
  /** Bland and Altman 1986: mean difference predicted − observed ± 1.96 standard deviations. */
  readonly agreement: {
    readonly bias: Estimate;
    readonly lower: Estimate;
    readonly upper: Estimate;
  };
  /** Of predicted with observed. */
  readonly pearson: Estimate;
  readonly spearman: Estimate;
  /** Lin's concordance correlation coefficient (1989). */
  readonly concordance: Estimate;
}

/** One class against the rest. */
export interface BinaryCurves {
  /** The label that counts as the event. */
  readonly label: string;
  readonly events: number;
  /** events / rows: the chance line of the precision–recall curve. */
  readonly prevalence: number;
  /** Predicted probabilities of rows with and without the event, in 20 bins of equal width. */
  readonly distribution: OutcomeHistogram;
  /** From (0, 0), where nothing is called positive and `threshold` is `null`, to (1, 1). */
  readonly roc: readonly RocPoint[];
  /** From the highest threshold down; a step curve: precision holds back to the recall before. */
  readonly precisionRecall: readonly PrecisionRecallPoint[];
  readonly calibration: CalibrationEvidence;
}

export interface OutcomeHistogram {
  readonly edges: readonly number[];
  /** Rows with the event. */
  readonly events: readonly number[];
  /** Rows without. */
  readonly others: readonly number[];
}

export interface CalibrationEvidence {
  /**
   * Loess of outcome on probability, 101 places over those that occur; empty where it does not exist.
   * It may leave [0, 1] a little: clip what is drawn.
   */
  readonly points: readonly CurvePoint[];
  /** Mean, median, 90th percentile and maximum of |curve − p| over the rows. */
  readonly ici: Estimate;
  readonly e50: Estimate;
  readonly e90: Estimate;
  readonly emax: Estimate;
  /** Ten bins of equal mass. */
  readonly bins: BinnedEvidence;
  /** Murphy 1973, over the same ten bins: Brier ≈ reliability − resolution + uncertainty. */
  readonly brier: {
    readonly reliability: Estimate;
    readonly resolution: Estimate;
    readonly uncertainty: Estimate;
  };
  /** z and its two-sided p; `null` where it does not exist, and with repeated groups. */
  readonly spiegelhalter: { readonly z: number | null; readonly p: number | null };
}

/** Calibration by bins. */
export interface BinnedEvidence {
  /** Which bins: “10 bins of equal mass”. The errors depend on them. */
  readonly variant: string;
  readonly bins: readonly BinPoint[];
  /** Expected and maximum calibration error. */
  readonly ece: Estimate;
  readonly mce: Estimate;
}

/** The rows of one bin: mean probability, share of events with Wilson's 95 % interval. */
export interface BinPoint {
  readonly rows: number;
  readonly predicted: number;
  readonly observed: number;
  /** `null` with repeated groups. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface DecisionEvidence {
  /** How `low` and `high` were made. */
  readonly method: string;
  readonly points: readonly DecisionCurvePoint[];
}

/** In true positives a row. */
export interface DecisionCurvePoint {
  /** Threshold probability 0.01 … 0.99. */
  readonly threshold: number;
  readonly netBenefit: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Of acting on everyone. */
  readonly treatAll: number;
  /** Of acting on the baseline model; `null` where there is none. */
  readonly baseline: number | null;
  /** Interventions avoided a hundred rows against treating all, with no event more missed. */
  readonly avoided: number;
}

/** At the threshold that was chosen on the validation rows. */
export interface OperatingEvidence {
  readonly threshold: number;
  /** How it was chosen; `null` for a model of which this is not known. */
  readonly choice: ThresholdChoice | null;
  /** Clopper and Pearson's exact intervals; with repeated groups a bootstrap of groups. */
  readonly exact: Readonly<
    Record<"sensitivity" | "specificity" | "ppv" | "npv" | "accuracy", Estimate>
  >;
  /** How a positive and a negative call change the odds. */
  readonly likelihoodRatios: { readonly positive: Estimate; readonly negative: Estimate };
  /** Predictive values where so many have the event (`--prevalence`); `null` unless told. */
  readonly atPrevalence: {
    readonly prevalence: number;
    readonly ppv: Estimate;
    readonly npv: Estimate;
  } | null;
  /** Share of rows called right, model minus baseline, by McNemar; `null` without a baseline. */
  readonly mcnemar: Comparison | null;
  /** What to bear in mind with accuracy, F1, MCC and kappa. */
  readonly note: string;
}

export interface RecalibrationEvidence {
  readonly kind: "none" | "platt" | "isotonic" | "temperature";
  readonly brier: Estimate;
  readonly logLoss: Estimate;
  /** Of the called class for several classes, of the event for two; its `variant` is the bins'. */
  readonly ece: Estimate;
  readonly variant: string;
  /** Binary only. */
  readonly slope?: Estimate;
  readonly intercept?: Estimate;
  readonly ici?: Estimate;
  /** The loess at 26 places. */
  readonly points?: readonly CurvePoint[];
}

export interface ConformalEvidence extends ConformalRule {
  /** Share of rows whose set or interval holds the truth; 1 − alpha is promised. */
  readonly coverage: Estimate;
  /** Mean number of classes in a set; the whole width of an interval, `null` where it is endless. */
  readonly meanSize: number | null;
  /** How many rows have a set of 0, 1, 2 … classes; empty for intervals. */
  readonly sizes: readonly number[];
  /** By true class; empty for intervals. */
  readonly classes: readonly GroupCoverage[];
  /** By each level of each subgroup's column. */
  readonly subgroups: readonly (GroupCoverage & { readonly column: string })[];
}

export interface GroupCoverage {
  readonly label: string;
  readonly rows: number;
  /** `value` is `null` where there are no such rows. */
  readonly coverage: Estimate;
  readonly meanSize: number | null;
}

/** Rows by the value of a column. */
export interface SubgroupEvidence {
  readonly column: string;
  readonly levels: readonly SubgroupLevel[];
  /** The largest difference between two levels of each statistic, where two have it. */
  readonly gaps: readonly SubgroupGap[];
}

export interface SubgroupLevel {
  /** `F`, `40 to below 55`, `(missing)`. */
  readonly label: string;
  readonly rows: number;
  /** Rows with the event; `null` unless binary. */
  readonly events: number | null;
  /**
   * Too few to say anything (under 10 rows with or without the event; unless binary, under 20 rows):
   * `statistics` is empty then.
   */
  readonly few: boolean;
  /**
   * Binary: `auroc`, `observedOverExpected`, `calibrationSlope`, and at the threshold `sensitivity`,
   * `specificity`, `ppv`, `npv`. Classes: `auroc`, `accuracy`, `logLoss`. Regression: `rmse`, `mae`,
   * `bias` (predicted − observed).
   */
  readonly statistics: Readonly<Record<string, Estimate>>;
}

/** Highest minus lowest; the interval does not know that these two were picked for it. */
export interface SubgroupGap extends Comparison {
  readonly statistic: string;
  readonly highest: string;
  readonly lowest: string;
}
