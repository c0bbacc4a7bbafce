/** What a run knows of the questions of PROBAST+AI, and what it must leave to people. */
import { stepText } from "../../data/index.ts";
import type { CheckName } from "../../evaluate/audit/types.ts";
import type { Evidence } from "../../evaluate/evidence/types.ts";
import type { DataSide } from "../dataSide.ts";
import { at } from "../estimates.ts";
import { count, counted, listed, percent } from "../format.ts";
import type { ReportSource } from "../source.ts";
import { imputation } from "./card.ts";

/** What the questions are answered from. */
export interface Asked {
  readonly source: ReportSource;
  readonly evidence: Evidence;
  readonly side: DataSide | null;
  /** How often the test rows were looked at, this run included; 0 where it is not known. */
  readonly openings: number;
}

export type Answer = readonly [
  answer: "yes" | "probably yes" | "probably no" | "no" | "not applicable" | "for the authors",
  why: string,
];

export const forAuthors = (why: string): Answer => ["for the authors", why];

const setting = ({ run }: ReportSource, name: string) => at(run.manifest.settings, name);

/** The gravest suspicion of some checks. */
function suspicionOf(side: DataSide | null, checks: readonly CheckName[]) {
  const found = (side?.audit.suspicions ?? []).filter(
    ({ check, severity }) => checks.includes(check) && severity !== "note",
  );
  const worst = found.find(({ severity }) => severity === "severe") ?? found[0];
  const others = found.length > 1 ? ` (and ${count(found.length - 1)} more)` : "";
  return worst && { severity: worst.severity, detail: worst.detail + others };
}

/** Of what is not in the file: the audit can only make it doubtful. */
export function doubted(
  side: DataSide | null,
  checks: readonly CheckName[],
  unknown: string,
): Answer {
  const found = suspicionOf(side, checks);
  if (found?.severity === "severe") return ["probably no", found.detail];
  return forAuthors(found ? `${unknown}; the audit asks: ${found.detail}` : unknown);
}

/** Networks need some 200 events of the rarest outcome an input (van der Ploeg et al. 2014). */
const eventsAnInput = { many: 200, few: 20 };

export function enoughLearned({ source, side }: Asked): Answer {
  const { model, run } = source;
  const inputs = model.network.inputs ?? 1;
  const rows = Number(at(run.metrics, "rows", "training") ?? 0);
  const split = side?.prepared.split.training;
  if (model.target.task !== "regression" && !split)
    return forAuthors("this report was made without the data, so outcomes cannot be counted");
  const counts = model.target.labels.map(
    (_, k) => split?.filter((row) => side!.prepared.target.values[row] === k).length ?? 0,
  );
  const fewest = counts.length > 0 ? Math.min(...counts) : rows;
  const each = fewest / inputs;
  const { many, few } = eventsAnInput;
  return [
    each >= many ? "probably yes" : each >= few ? "probably no" : "no",
    `${count(fewest)} training rows${counts.length > 0 ? " of the rarest outcome" : ""} for ${counted(inputs, "input")}, ${each < 10 ? each.toFixed(1) : count(each)} each; a network is steady from some ${many} on (van der Ploeg et al. 2014). The baseline beside it needs fewer`,
  ];
}

/** Fewer rows with or without the event say little about calibration (Collins, Ogundimu & Altman 2016). */
const enoughEvents = 100;

export function enoughTested({ source: { model, test } }: Asked): Answer {
  const { task, labels } = model.target;
  if (task === "regression")
    return [
      test.rows >= enoughEvents ? "probably yes" : "probably no",
      `${count(test.rows)} test rows; about ${enoughEvents} are the least for a calibration curve`,
    ];
  const fewest = Math.min(
    ...labels.map((_, k) => test.truth.filter((label) => label === k).length),
  );
  return [
    fewest >= enoughEvents ? "probably yes" : "no",
    `${count(fewest)} test rows of the rarest outcome; at least ${enoughEvents} are asked for to judge calibration (Collins, Ogundimu & Altman 2016)`,
  ];
}

/** From so large a share of missing values on, one filled value hides what is not known. */
const muchMissing = 0.05;

export function missingLearned({ source, side }: Asked): Answer {
  const left = side ? side.prepared.table.rows - side.prepared.target.rows.length : 0;
  const without =
    left > 0 ? `; ${counted(left, "row")} without a usable outcome were left out` : "";
  if (!side) return forAuthors(`${imputation(source)}; how many there are is not here`);
  const inputs = new Set(source.model.recipe.inputs.map(({ name }) => name));
  const columns = side.profile.columns.filter(({ name }) => inputs.has(name));
  const worst = Math.max(0, ...columns.map(({ missing }) => missing)) / side.profile.rows;
  const lost = left / side.prepared.table.rows;
  if (worst === 0 && left === 0) return ["yes", "no value is missing, and nothing is censored"];
  const gaps =
    worst === 0
      ? "no predictor has gaps"
      : `up to ${percent(worst, 1)} of a predictor's values are missing; ${imputation(source)}; one value for each, where several would carry what is not known`;
  return [Math.max(worst, lost) < muchMissing ? "probably yes" : "probably no", gaps + without];
}

export const missingTested = ({ source, side }: Asked): Answer =>
  side?.profile.columns.every(({ missing }) => missing === 0)
    ? ["yes", "no value is missing"]
    : [
        "probably yes",
        `as in use, by the training rows: ${imputation(source)}; no row is left out for them`,
      ];

const balanced = (source: ReportSource) => setting(source, "balanced") === true;

export const recalibrated = ({ source, evidence }: Asked): Answer =>
  !balanced(source)
    ? ["not applicable", "nothing was done about class imbalance"]
    : [
        "no",
        `classes count the same in the loss (--balanced), so the probabilities are no risks${evidence.recalibration.length > 1 ? "; recalibration is compared here, and the saved model is without" : ""}`,
      ];

export const imbalanceInTest = ({ source }: Asked): Answer =>
  balanced(source)
    ? ["yes", "classes are weighted in the training loss alone; test rows are as they came"]
    : ["not applicable", "nothing was done about class imbalance"];

/** A step of the recipe that chose features by a test is told; the rest is what held the network back. */
export function overfitting({ source }: Asked): Answer {
  const chosen = source.model.recipe.steps?.find((step) => step.kind === "keep" && step.p !== null);
  if (chosen?.kind === "keep")
    return [
      "probably no",
      `predictors were chosen by univariable tests of the training rows: ${stepText(chosen)}`,
    ];
  const told = [
    ["weightDecay", "weight decay"],
    ["dropout", "dropout"],
  ].flatMap(([name, words]) => {
    const value = Number(setting(source, name!) ?? 0);
    return value > 0 ? [`${words} ${value}`] : [];
  });
  const searched =
    at(source.run.metrics, "search") === undefined ? [] : ["settings searched in inner folds"];
  const all = ["early stopping by the validation rows", ...told, ...searched];
  return [
    "yes",
    `${listed(all)}; the run selects no predictors by tests; what was done before is for the authors`,
  ];
}

export function apparentAvoided({ source: { run } }: Asked): Answer {
  const beside = [
    ["cv", "cross-validation of the other rows"],
    ["sites", "one site out"],
  ].flatMap(([name, words]) => (at(run.metrics, name!) === undefined ? [] : [words!]));
  return [
    "yes",
    `performance is on rows that no training, stopping or threshold saw${beside.length > 0 ? `; beside it ${listed(beside)}` : ""}`,
  ];
}

export function splitHeld({ source, side, openings }: Asked): Answer {
  const grouped = source.test.groups
    ? "groups stay on one side"
    : "no group was told, and none was seen on two sides";
  const opened = openings > 1 ? `; but these test rows were opened ${openings} times by now` : "";
  const clean: Answer = side
    ? [
        openings > 1 ? "probably no" : "probably yes",
        `test rows left before anything was fitted, ${grouped}, no copies; the audit found no sign of earlier scaling or selection${opened}`,
      ]
    : forAuthors("this report was made without the data, so there is no audit");
  const found = suspicionOf(side, [
    ...(["duplicate rows", "near-duplicate rows", "group on two sides"] as const),
    ...(["scaled before the split", "selected before the split", "time order"] as const),
  ]);
  if (!found) return clean;
  return [found.severity === "severe" ? "no" : "probably no", found.detail];
}

export const resampled = ({ source: { run } }: Asked): Answer =>
  at(run.metrics, "cv") === undefined && at(run.metrics, "sites") === undefined
    ? ["not applicable", "nothing was resampled to judge the model"]
    : [
        "yes",
        "recipe, imputation, selection, search, training and threshold are made anew inside each fold",
      ];

export const measures = ({ source }: Asked): Answer => [
  "yes",
  `${
    source.model.target.task === "regression"
      ? "agreement, calibration and errors"
      : "AUROC, calibration curve and decision curve"
  }, with intervals${source.test.groups ? " that resample groups" : ""}`,
];
