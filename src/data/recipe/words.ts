/** The steps of a fitted recipe, for people. */
import type { Imputer } from "./impute.ts";
import type { NumberStep } from "./numbers.ts";
import type { MatrixStep } from "./steps.ts";

/** Four significant digits. */
const short = (x: number): string => String(Number(x.toPrecision(4)));

/** `ln(x + 1)`, `held in 2 … 9`. */
export const numberStepText = (step: NumberStep): string =>
  step.kind === "log"
    ? `ln(x + ${short(step.shift)})`
    : `held in ${short(step.low)} … ${short(step.high)}`;

/** `20 best by F-test: 20 of 3051 features stay, p up to 1e-7`. */
export function stepText(step: MatrixStep): string {
  if (step.kind === "keep") {
    const { why, kept, of, p } = step;
    const worst = p ? `, p up to ${short(p.reduce((most, each) => Math.max(most, each), 0))}` : "";
    return `${why}: ${kept} of ${of} features stay${worst}`;
  }
  const shares = step.shares.slice(0, 5).map((share) => `${short(100 * share)} %`);
  const more = step.shares.length > 5 ? ", …" : "";
  return `${stepName(step)}: ${shares.join(", ")}${more} of the variance of ${step.means.length} features`;
}

/** `20 best by F-test`, `10 principal components`. */
const stepName = (step: MatrixStep): string =>
  step.kind === "keep" ? step.why : `${step.directions.length} principal components`;

/** What becomes of the gaps of numbers. */
export const imputerText = (imputer: Imputer): string =>
  imputer.kind === "knn"
    ? `gaps of numbers: the mean of the ${imputer.neighbors} nearest of ${imputer.donors.length} training rows, which the model holds`
    : `gaps of numbers: ridge regressions on the other columns, ${imputer.rounds.length} rounds`;
