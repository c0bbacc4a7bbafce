/** `--steps log,winsorize=0.02,pca=10` and the other flags of the recipe, as the library calls them. */
import type { data } from "../src/index.ts";
import { nearest, UsageError } from "./flags.ts";

type RecipePlan = data.RecipePlan;
type StepPlan = data.StepPlan;

export interface RecipeFlags {
  readonly steps?: readonly string[];
  readonly select?: number;
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

/** The plan that the flags tell; none where they tell nothing. */
export function recipePlan(flags: RecipeFlags): RecipePlan | undefined {
  const told = (flags.steps ?? []).map(stepOf);
  if (flags.select !== undefined) told.push({ kind: "select", count: flags.select });
  return told.length > 0 ? { steps: told } : undefined;
}
