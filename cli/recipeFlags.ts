/** `--steps log,winsorize=0.02,pca=10` and the other flags of the recipe, as the library calls them. */
import type { data } from "../src/index.ts";
import { nearest, UsageError } from "./flags.ts";

type RecipePlan = data.RecipePlan;
type StepPlan = data.StepPlan;

export interface RecipeFlags {
  readonly steps?: readonly string[];
  readonly select?: number;
  readonly impute?: string;
  readonly ordinal?: readonly string[];
  readonly kmers?: number;
  readonly withoutIndicators?: true;
}

const decimal = /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** What `=` may be followed by, for each step. */
const steps: { readonly [name: string]: (value: string | null) => StepPlan } = {
  log: (columns) => ({ kind: "log", ...(columns === null ? {} : { columns: columns.split("+") }) }),
  winsorize: (share) => ({
    kind: "winsorize",
    share: share === null ? 0.01 : numberOf("winsorize", share),
  }),
  variance: (above) => ({
    kind: "variance",
    above: above === null ? 0 : numberOf("variance", above),
  }),
  variable: (count) => ({ kind: "variable", count: countOf("variable", count) }),
  select: (count) => ({ kind: "select", count: countOf("select", count) }),
  welch: (count) => ({ kind: "select", count: countOf("welch", count), test: "welch" }),
  pca: (count) => ({ kind: "pca", count: countOf("pca", count) }),
};

function numberOf(name: string, text: string): number {
  if (decimal.test(text.trim())) return Number(text);
  throw new UsageError(`--steps ${name}=${text}: “${text}” is no number. Write ${name}=0.01, say.`);
}

function countOf(name: string, text: string | null): number {
  const count = text !== null && /^\d+$/.test(text.trim()) ? Number(text) : 0;
  if (count >= 1) return count;
  throw new UsageError(
    `--steps ${name}${text === null ? "" : `=${text}`}: how many? Write ${name}=20, say.`,
  );
}

function stepOf(text: string): StepPlan {
  const [name, ...rest] = text.split("=");
  const known = Object.hasOwn(steps, name!) ? steps[name!] : undefined;
  if (known) return known(rest.length > 0 ? rest.join("=") : null);
  const near = nearest(name!, Object.keys(steps));
  throw new UsageError(
    `--steps: “${name}” is no step. ${near ? `Did you mean ${near}?` : `The steps are ${Object.keys(steps).join(", ")}.`}`,
  );
}

/** `median`, `knn`, `knn=7`, `iterative`, `iterative=5`; `null` for the median. */
function imputeOf(text: string): RecipePlan["impute"] | null {
  const [, name, count] = /^(median|knn|iterative)(?:=(\d{1,9}))?$/.exec(text.trim()) ?? [];
  if (name === undefined || (name === "median" && count !== undefined))
    throw new UsageError(
      `--impute is “${text}”; it must be median, knn, iterative, or with a number as knn=7.`,
    );
  if (name === "knn") return { kind: "knn", neighbors: Number(count ?? 5) };
  return name === "iterative" ? { kind: "iterative", rounds: Number(count ?? 10) } : null;
}

/** `stage`, or `grade=low<medium<high`. */
function ordinalOf(text: string): data.OrdinalPlan {
  const at = text.indexOf("=");
  if (at < 0) return { column: text };
  const levels = text
    .slice(at + 1)
    .split("<")
    .map((level) => level.trim());
  if (levels.length >= 2 && !levels.includes("")) return { column: text.slice(0, at), levels };
  throw new UsageError(`--ordinal ${text}: put levels in order, as grade=low<medium<high.`);
}

/** The steps that the flags tell; a selection on its own comes before components. */
function stepsOf({ steps: texts = [], select }: RecipeFlags): StepPlan[] {
  const told = texts.map(stepOf);
  if (select === undefined) return told;
  const components = told.findIndex(({ kind }) => kind === "pca");
  const place = components < 0 ? told.length : components;
  return told.toSpliced(place, 0, { kind: "select", count: select });
}

/** The plan that the flags tell; none where they tell nothing. */
export function recipePlan(flags: RecipeFlags): RecipePlan | undefined {
  const { ordinal = [], kmers, withoutIndicators } = flags;
  const steps = stepsOf(flags);
  const impute = flags.impute === undefined ? null : imputeOf(flags.impute);
  const plan: RecipePlan = {
    ...(steps.length > 0 ? { steps } : {}),
    ...(impute ? { impute } : {}),
    ...(ordinal.length > 0 ? { ordinal: ordinal.map(ordinalOf) } : {}),
    ...(kmers === undefined ? {} : { kmers }),
    ...(withoutIndicators ? { indicators: false } : {}),
  };
  return Object.keys(plan).length > 0 ? plan : undefined;
}
