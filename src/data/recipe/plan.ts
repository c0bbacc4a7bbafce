/** What a recipe is asked to do beyond standardizing and one-hot, before it is fitted. */
import { InputError } from "../../base/errors.ts";
import type { ImputePlan } from "./impute.ts";
import type { NumberStepPlan } from "./numbers.ts";
import type { MatrixStepPlan } from "./steps.ts";

export type StepPlan = NumberStepPlan | MatrixStepPlan;

/** Plain data, kept in `run.json`; everything in it is fitted on training rows alone. */
export interface RecipePlan {
  /** In the order they happen; steps of one column (logarithm, winsorizing) come first. */
  readonly steps?: readonly StepPlan[];
  /** How gaps of numbers are filled; by the median unless told. */
  readonly impute?: ImputePlan;
  /** Categories that become the place of their level, not a 0/1 feature each. */
  readonly ordinal?: readonly OrdinalPlan[];
  /** Sequences become counts of their words of so many letters, not letters by place. */
  readonly kmers?: number;
  /** A 0/1 feature for each column with gaps in training (default true). */
  readonly indicators?: boolean;
}

export interface OrdinalPlan {
  readonly column: string;
  /** From the first to the last; numbers by size and text by the alphabet unless told. */
  readonly levels?: readonly string[];
}

interface OfColumns {
  /** The columns of numbers it is for; all unless told. */
  readonly columns?: readonly string[];
}

/**
 * Builds the steps of a recipe.
 *
 *     fitRecipe(table, { rows, target, plan: { steps: [steps.log(), steps.winsorize(), steps.select(20)] } });
 */
export const steps = {
  /** ln(1 + x); where training values lie below 0, ln(1 + x − lowest). */
  log: (options: OfColumns = {}): StepPlan => ({ kind: "log", ...options }),
  /** Values beyond the quantiles `share` and 1 − `share` become them (default 0.01). */
  winsorize: ({ share = 0.01, ...options }: OfColumns & { share?: number } = {}): StepPlan => ({
    ...{ kind: "winsorize", share },
    ...options,
  }),
  /** Keeps features whose variance, as measured (after logarithm and winsorizing), is above it. */
  variance: (above = 0): StepPlan => ({ kind: "variance", above }),
  /** Keeps so many features of the largest variance. */
  variable: (count: number): StepPlan => ({ kind: "variable", count }),
  /** Keeps the features that tell most of the target: F-test for classes, correlation for a number. */
  select: (count: number): StepPlan => ({ kind: "select", count }),
  /** So many principal components instead of the features. */
  pca: (count: number): StepPlan => ({ kind: "pca", count }),
  /** The same by Welch’s t-test between two classes. */
  welch: (count: number): StepPlan => ({ kind: "select", count, test: "welch" }),
} as const;

/**
 * Builds how the gaps of numbers are filled, from the other numbers of the row.
 *
 *     fitRecipe(table, { rows, plan: { impute: impute.knn(5) } });
 */
export const impute = {
  /** The mean of so many nearest training rows (default 5), which the model then holds. */
  knn: (neighbors = 5): ImputePlan => ({ kind: "knn", neighbors }),
  /** Ridge regressions of each column on the others, in so many rounds (default 10). */
  iterative: (rounds = 10): ImputePlan => ({ kind: "iterative", rounds }),
} as const;

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 1;

/** What each step must be told. */
const needs: { readonly [K in StepPlan["kind"]]: (plan: never) => string | null } = {
  log: () => null,
  winsorize: ({ share }: { share: number }) =>
    share > 0 && share < 0.5
      ? null
      : `winsorize: the share is ${share}; give one between 0 and 0.5.`,
  variance: ({ above }: { above: number }) =>
    above >= 0 && Number.isFinite(above)
      ? null
      : `variance: the limit is ${above}; give a number from 0 up.`,
  variable: ({ count }: { count: number }) => countFault("variable", count),
  select: ({ count }: { count: number }) => countFault("select", count),
  pca: ({ count }: { count: number }) => countFault("pca", count),
};

const countFault = (name: string, count: number) =>
  isCount(count) ? null : `${name}: ${count} features; ask for a whole number from 1 up.`;

const ofColumn = (plan: StepPlan): plan is NumberStepPlan =>
  plan.kind === "log" || plan.kind === "winsorize";

/** The steps of one column and those of all features; an `InputError` names what cannot be. */
export function checkPlan({ steps = [], impute, ordinal, kmers, indicators }: RecipePlan): Checked {
  for (const plan of steps) {
    if (!Object.hasOwn(needs, plan.kind))
      throw new InputError(
        `“${plan.kind}” is no step. Steps are ${Object.keys(needs).join(", ")}.`,
      );
    const fault = needs[plan.kind](plan as never);
    if (fault) throw new InputError(fault);
  }
  const first = steps.findIndex((plan) => !ofColumn(plan));
  const late = first < 0 ? undefined : steps.slice(first).find(ofColumn);
  if (late)
    throw new InputError(
      `The step ${late.kind} is about one column and comes after ${steps[first]!.kind}, which is about all features. Put ${late.kind} first.`,
    );
  checkOthers({ ...(impute ? { impute } : {}), ...(kmers === undefined ? {} : { kmers }) });
  return {
    plain: !(steps.length || impute || ordinal?.length || kmers || indicators === false),
    numberSteps: steps.filter(ofColumn),
    matrixSteps: steps.filter((plan): plan is MatrixStepPlan => !ofColumn(plan)),
    impute: impute ?? null,
    ordinal: ordinal ?? [],
    kmers: kmers ?? null,
    indicators: indicators ?? true,
  };
}

/** A plan with nothing left open. */
export interface Checked {
  /** Nothing was asked for. */
  readonly plain: boolean;
  readonly numberSteps: readonly NumberStepPlan[];
  readonly matrixSteps: readonly MatrixStepPlan[];
  readonly impute: ImputePlan | null;
  readonly ordinal: readonly OrdinalPlan[];
  readonly kmers: number | null;
  readonly indicators: boolean;
}

function checkOthers({ impute, kmers }: RecipePlan): void {
  if (kmers !== undefined && !(isCount(kmers) && kmers <= 12))
    throw new InputError(`k-mers of ${kmers} letters; ask for 1 to 12, as 3.`);
  const count = impute?.kind === "knn" ? impute.neighbors : impute?.rounds;
  if (impute && !(isCount(count) && count! <= 100))
    throw new InputError(
      `Imputation by ${impute.kind} with ${count} ${impute.kind === "knn" ? "neighbors" : "rounds"}; ask for 1 to 100.`,
    );
}
