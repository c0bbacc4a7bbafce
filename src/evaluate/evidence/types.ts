/**
 * `evidence` of metrics.json: what the figures of a report are drawn from. Plain JSON: every number
 * is finite or `null`, every list is in the order in which it is drawn.
 */
import type {
  CurvePoint,
  Estimate,
  Histogram,
  PrecisionRecallPoint,
  RocPoint,
} from "../../metrics/index.ts";

/** By task: `evidence.task` says which. */
export type Evidence = BinaryEvidence | ClassEvidence | RegressionEvidence;

/** Which rows the evidence is of, and what its intervals resample. */
export interface EvidenceRows {
  readonly rows: number;
  /** How many groups (patients) they come from; `null` where each row is one. */
  readonly groups: number | null;
}

/** Two classes: discrimination, calibration, decisions. */
export interface BinaryEvidence extends EvidenceRows, BinaryCurves {
  readonly task: "binary";
  /** Net benefit of acting on the model, on the baseline, on everyone; of acting on nobody it is 0. */
  readonly decision: DecisionEvidence;
}

/** Several classes: each against the others, and all together. */
export interface ClassEvidence extends EvidenceRows {
  readonly task: "classes";
  /** Each class against all others, in the order of the labels. */
  readonly classes: readonly (BinaryCurves & {
    readonly auroc: Estimate;
    readonly auprc: Estimate;
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
export interface RegressionEvidence extends EvidenceRows {
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
  /** Loess of outcome on probability, 101 places over those that occur; empty where it does not exist. */
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
