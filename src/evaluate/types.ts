/** What a study is asked, what it decides before it trains, and what it finds. */
import type { Session } from "../backends/backend.ts";
import type {
  ColumnFacts,
  Finding,
  Groups,
  ModelTarget,
  Recipe,
  RecipePlan,
  Split,
  Table,
  Target,
} from "../data/index.ts";
import type { Comparison, Estimate } from "../metrics/estimate.ts";
import type { ActivationName, AnyLayer, Summary } from "../nn/index.ts";
import type { OptimizerName } from "../optim/index.ts";
import type { EpochEvent, TrainingEvent, Weights } from "../train/index.ts";
import type { Checkpoints, Notes } from "./checkpoints.ts";
import type { DropoutEvidence } from "./evidence/dropout.ts";
import type { EnsembleEvidence } from "./evidence/ensemble.ts";
import type { Frozen } from "./evidence/frozen.ts";
import type { Evidence } from "./evidence/types.ts";
import type { FoldEvidence } from "./fold-evidence.ts";

/** How the network is built and trained; each has a default in `defaults`. */
export interface NetworkSettings {
  /** Decides the split, first weights, order of rows, dropout and resamples. */
  readonly seed: number;
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
  readonly dropout: number;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  /** λ of the weight decay. */
  readonly weightDecay: number;
  readonly batchSize: number;
  readonly epochs: number;
  /** Epochs without a better validation loss before training stops. */
  readonly patience: number;
  /** Each class counts the same in the loss, however few its rows. */
  readonly balanced: boolean;
}

/** What to predict, from what, and which rows test it. */
export interface StudyOptions extends Partial<NetworkSettings> {
  readonly target: string;
  /** The label that counts as 1 in a binary task. */
  readonly positive?: string;
  readonly task?: Target["task"];
  /** Rows that share a value of this column, such as a patient, stay on one side. */
  readonly group?: string;
  /** Columns that name a row: no features, shown beside each prediction. */
  readonly identifiers?: readonly string[];
  /** Columns that are no features. */
  readonly ignore?: readonly string[];
  /** Columns told to be numbers. */
  readonly numbers?: readonly string[];
  /** What the recipe does beyond standardizing and one-hot, fitted anew in every fold. */
  readonly recipe?: RecipePlan;
  /** A column that says train, validation or test. */
  readonly splitColumn?: string;
  /** A column that says when: the latest rows are tested, and folds go forward in time. */
  readonly time?: string;
  /** A column that says where: each site is also judged by a model of all others. */
  readonly site?: string;
  /** Test rows of their own. */
  readonly testTable?: Table;
  /** Share of the rows that is tested (default 0.2). */
  readonly testFraction?: number;
  /** Cross-validation of the rows that are not tested, in so many folds. */
  readonly folds?: number;
  readonly repeats?: number;
  /** How the threshold is chosen on the validation rows: `youden` (default), `sensitivity=0.95`, … */
  readonly threshold?: string;
  /** Predictive values are told for this share of events too. */
  readonly prevalence?: number;
  /** Columns by whose values the results are told apart: `sex`, `age`, `age=40,65`. */
  readonly subgroups?: readonly string[];
  /** So many networks of other seeds are told of together, beside the one that is saved. */
  readonly ensemble?: number;
  /** The share of rows whose conformal set or interval is to hold the truth (default 0.9). */
  readonly coverage?: number;
  /** So many passes over the test rows with dropout left on. */
  readonly mcDropout?: number;
  /** Refits on resamples of the learning rows, which tell how much the fit flatters itself there. */
  readonly optimism?: number;
  /** Searches the settings that are not told, inside the learning rows of every part. */
  readonly search?: SearchResult["strategy"];
  /** Settings to try (default 20). */
  readonly searchTrials?: number;
}

/** The settings that a search chooses among. */
export type Searched = Pick<NetworkSettings, "hidden" | "learningRate" | "dropout" | "weightDecay">;

/** Settings that were tried on folds of the learning rows. */
export interface SearchTrial {
  /** From 1; the first is what stands without a search. */
  readonly trial: number;
  readonly settings: Searched;
  /** How far it came: the round, and the most epochs it was given. */
  readonly round: number;
  readonly epochs: number;
  /** Mean over the folds' held rows: log loss or RMSE, and AUROC or R². */
  readonly loss: number | null;
  readonly score: number | null;
  /** Why there is no loss. */
  readonly reason?: string;
}

export interface SearchResult {
  readonly strategy: "random" | "halving";
  readonly folds: number;
  /** What `loss` is. */
  readonly statistic: "logLoss" | "rmse";
  readonly trials: readonly SearchTrial[];
  /** The number of the trial whose settings were taken. */
  readonly chosen: number;
}

/** Something to tell that stops nothing. */
export type StudyFinding =
  | Finding
  | {
      readonly kind:
        | "shared groups"
        | "few test rows"
        | "one-class part"
        | "time split"
        | "site split";
      readonly level: "note" | "warning";
      readonly message: string;
    };

/** How a split in time was cut. */
export interface ForwardFacts {
  readonly column: string;
  /** The first moment of the test rows, as the table writes it. */
  readonly from: string;
  /** Rows after it of groups that began before it: neither learned nor tested. */
  readonly leftOut: number;
}

/** Everything decided, before anything is trained or written. */
export interface Prepared {
  readonly table: Table;
  readonly target: Target;
  readonly groups: Groups | null;
  /** Rows of `table`, but for `test` where the test rows have a table of their own. */
  readonly split: Split;
  /** `null` unless the split is one in time. */
  readonly forward: ForwardFacts | null;
  /** Where the test rows are: the same table and target, or those told apart. */
  readonly test: {
    readonly table: Table;
    readonly target: Target;
    readonly groups: Groups | null;
  };
  /** Every column of the table, for people. */
  readonly columns: readonly ColumnFacts[];
  readonly identifiers: readonly string[];
  /** Fitted on the training rows alone. */
  readonly recipe: Recipe;
  readonly settings: NetworkSettings;
  readonly options: StudyOptions;
  readonly network: NetworkFacts;
  readonly findings: readonly StudyFinding[];
}

/** A network, for people: `{ features: 30, outputs: 1, parameters: 513, layers: […] }`. */
export interface NetworkFacts {
  readonly features: number;
  readonly outputs: number;
  readonly parameters: number;
  /** `30 → 16 relu → 1` */
  readonly text: string;
  readonly layers: readonly Summary[];
}

/** What a network says of some rows. */
export interface Predictions {
  readonly task: Target["task"];
  readonly labels: readonly string[];
  readonly rows: number;
  /** [rows, labels] for classes, the two of a binary task included; `null` for a regression. */
  readonly probabilities: Float64Array | null;
  /** One a row: the place of the label called, or the number. */
  readonly values: Float64Array;
}

/** Every statistic by name: `statistics.auroc.value`. */
export type Statistics = Readonly<Record<string, Estimate>>;

/** How many rows of each true label (first index) were called each label. */
export interface ConfusionMatrix {
  readonly labels: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/** A model's numbers on rows that it was not fitted to. */
export interface Evaluation {
  readonly task: Target["task"];
  readonly rows: number;
  readonly statistics: Statistics;
  /** The share of each class's rows that were called so; `null` unless the task is classes. */
  readonly recalls: Statistics | null;
  readonly confusion: ConfusionMatrix | null;
  /** A row is called positive where its probability reaches this; `null` unless binary. */
  readonly threshold: number | null;
}

/** A trained network with all that turns a table's rows into predictions. */
export interface FittedModel {
  readonly recipe: Recipe;
  readonly target: ModelTarget;
  readonly network: AnyLayer;
  readonly weights: Weights;
  readonly threshold: number | null;
  /** What else the validation rows decided; `null` where this is not known. */
  readonly frozen: Frozen | null;
}

/** The network against its baseline on the same rows. */
export interface BaselineComparison extends Comparison {
  /** What is compared: `auroc`, `accuracy`, `rmse`. */
  readonly statistic: string;
  readonly against: BaselineName;
}

export type BaselineName = "logistic" | "softmax" | "linear";

/** One fold's numbers, without intervals. */
export interface FoldResult {
  readonly repeat: number;
  readonly fold: number;
  readonly rows: { readonly training: number; readonly validation: number; readonly held: number };
  readonly values: Readonly<Record<string, number | null>>;
  /** What the fold's own search chose, where there was one. */
  readonly chosen?: Searched;
}

export interface CrossValidation {
  readonly folds: readonly FoldResult[];
  /** Over all held-out rows together. */
  readonly pooled: Evaluation;
  /** Mean and standard deviation over the folds where the statistic exists. */
  readonly mean: Readonly<Record<string, FoldMean>>;
  readonly baseline: Evaluation;
  readonly comparison: BaselineComparison;
  /** What the folds tell as folds. */
  readonly byFold: FoldEvidence;
}

export interface FoldMean {
  readonly value: number | null;
  readonly deviation: number | null;
  readonly folds: number;
}

/** One site, judged by a model of all others. */
export interface SiteResult {
  readonly site: string;
  readonly rows: FoldResult["rows"] & {
    /** Rows of other sites that belong to groups of this one, on neither side. */
    readonly leftOut: number;
  };
  /** The share of events; `null` unless the task is binary. */
  readonly prevalence: number | null;
  readonly chosen?: Searched;
  readonly evaluation: Evaluation;
}

export interface SiteValidation
  extends Pick<CrossValidation, "pooled" | "baseline" | "comparison"> {
  readonly column: string;
  readonly sites: readonly SiteResult[];
}

/** A finished study: the model and everything found about it. */
export interface Study {
  readonly prepared: Prepared;
  readonly model: FittedModel;
  /** The training of the network, epoch by epoch. */
  readonly history: readonly EpochEvent[];
  readonly best: number;
  /** Of the test rows, in their order, and what is true of them. */
  readonly predictions: Predictions;
  readonly truth: Float64Array;
  readonly test: Evaluation;
  readonly baseline: { readonly name: BaselineName; readonly test: Evaluation };
  readonly constant: Evaluation;
  readonly comparison: BaselineComparison;
  /** What the figures of a report are drawn from. */
  readonly evidence: Evidence;
  /** `null` unless asked for. */
  readonly ensemble: EnsembleEvidence | null;
  /** `null` unless asked for, and where a search chose no dropout. */
  readonly mcDropout: DropoutEvidence | null;
  readonly crossValidation: CrossValidation | null;
  readonly sites: SiteValidation | null;
  readonly search: SearchResult | null;
  readonly events: readonly StudyEvent[];
}

/** Training events of the network alone; the rest tells how far the study is. */
export type StudyEvent =
  | TrainingEvent
  | { readonly event: "baseline"; readonly name: BaselineName; readonly epochs: number }
  | ({
      readonly event: "trial";
      /** What is searched for: `network`, `fold-3`, `site-1`. */
      readonly search: string;
      readonly done: number;
      readonly of: number;
    } & SearchTrial)
  | ({ readonly event: "fold"; readonly of: number } & FoldResult)
  | { readonly event: "optimism"; readonly done: number; readonly of: number }
  | ({ readonly event: "site"; readonly of: number } & Pick<SiteResult, "site" | "rows"> &
      Pick<FoldResult, "values">);

export interface StudyRunOptions {
  readonly onEvent?: (event: StudyEvent) => void;
  /** Ends training after the running epoch; the best weights so far are evaluated. */
  readonly signal?: AbortSignal;
  /** Resamples of each bootstrap (default 2000, fewer of many rows). */
  readonly resamples?: number;
  /** Keeps every training, and goes on from what is kept; the study gets the same bits. */
  readonly checkpoints?: Checkpoints;
  /** Keeps the trials of a search. */
  readonly notes?: Notes;
  /** Where to compute (default: WebAssembly). */
  readonly session?: Session;
}
