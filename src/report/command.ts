/** The call of `golgi train` that makes a run again, every setting spelled out. */
import type { OrdinalPlan, RecipePlan, StepPlan } from "../data/index.ts";
import type { Reading, RunFacts } from "../evaluate/run.ts";
import type { Searched, SearchResult, StudyOptions } from "../evaluate/types.ts";
import { at } from "./estimates.ts";
import type { ReportSource } from "./source.ts";
import { isObject } from "./testRows.ts";

/** What a flag of its own tells; the others are spelled below. */
type Setting =
  | Exclude<keyof StudyOptions, "recipe" | "subgroups">
  | keyof Reading
  | keyof Pick<RunFacts, "backend">;

/** How the library calls a setting, and the flag that tells it. */
const flags: Readonly<Record<Setting, string>> = {
  ...{ skipRagged: "skip-ragged", sheet: "sheet", stream: "stream" },
  ...{ target: "target", positive: "positive", task: "task", group: "group", identifiers: "id" },
  ...{ ignore: "ignore", numbers: "number", splitColumn: "split-column", testTable: "test" },
  ...{ time: "time", site: "site", testFraction: "test-fraction", folds: "cv" },
  ...{ repeats: "repeat", threshold: "threshold", prevalence: "prevalence" },
  ...{ ensemble: "ensemble", mcDropout: "mc-dropout", coverage: "coverage" },
  ...{ optimism: "optimism", search: "search", searchTrials: "search-trials" },
  ...{ hidden: "hidden", activation: "activation", dropout: "dropout", optimizer: "optimizer" },
  ...{ learningRate: "learning-rate", weightDecay: "weight-decay", batchSize: "batch-size" },
  ...{ epochs: "epochs", patience: "patience", balanced: "balanced", seed: "seed" },
  ...{ backend: "backend" },
};

/**
 * The call that trains the same network on the same file.
 *
 *     commandOf(source); // golgi train wdbc.csv --target Diagnosis --seed 0 …
 */
export function commandOf({ run, model }: ReportSource): string {
  const { data, settings } = run.manifest;
  const told = isObject(settings) ? settings : {};
  const found = searched(run.metrics);
  const words = Object.entries(flags).flatMap(([name, flag]) => {
    const value = told[name];
    if (value === undefined || value === false || found.has(name)) return [];
    if (value === true) return [`--${flag}`];
    const text = Array.isArray(value) ? value.join(",") || "none" : String(value);
    return [`--${flag} ${quoted(text)}`];
  });
  const subgroups = Array.isArray(told.subgroups) ? told.subgroups : [];
  const { missing, dictionary } = model.recipe;
  return [
    `golgi train ${quoted(data[0]?.name ?? "FILE")}`,
    ...(dictionary ? [`--dictionary ${quoted(dictionary.name)}`] : []),
    ...words,
    ...subgroups.map((column) => `--subgroup ${quoted(String(column))}`),
    ...(missing.length > 0 ? [`--missing ${quoted(missing.join(","))}`] : []),
    ...recipeWords((told.recipe ?? {}) as RecipePlan),
  ].join(" ");
}

/** Settings that the trials of a search differ in: whoever tells them searches no more. */
function searched(metrics: unknown): ReadonlySet<string> {
  const found = at(metrics, "search") as SearchResult | undefined;
  const names = ["hidden", "learningRate", "dropout", "weightDecay"] as const;
  const differs = (name: keyof Searched) =>
    new Set(found?.trials.map(({ settings }) => JSON.stringify(settings[name]))).size > 1;
  return new Set(names.filter(differs));
}

function recipeWords({ steps = [], impute, ordinal = [], kmers, indicators }: RecipePlan) {
  const count = impute && (impute.kind === "knn" ? impute.neighbors : impute.rounds);
  return [
    ...(steps.length > 0 ? [`--steps ${quoted(steps.map(stepWord).join(","))}`] : []),
    ...(impute ? [`--impute ${impute.kind}=${count}`] : []),
    ...(ordinal.length > 0 ? [`--ordinal ${quoted(ordinal.map(ordinalWord).join(","))}`] : []),
    ...(kmers === undefined ? [] : [`--kmers ${kmers}`]),
    ...(indicators === false ? ["--without-indicators"] : []),
  ];
}

function stepWord(step: StepPlan): string {
  switch (step.kind) {
    case "log":
      return step.columns ? `log=${step.columns.join("+")}` : "log";
    case "winsorize":
      return `winsorize=${step.share}`;
    case "variance":
      return `variance=${step.above}`;
    case "select":
      return `${step.test === "welch" ? "welch" : "select"}=${step.count}`;
    case "variable":
    case "pca":
      return `${step.kind}=${step.count}`;
  }
}

const ordinalWord = ({ column, levels }: OrdinalPlan) =>
  levels ? `${column}=${levels.join("<")}` : column;

/** As a shell takes it. */
const quoted = (word: string): string =>
  /^[\w./:,@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
