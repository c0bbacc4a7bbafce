/** The steps of a fitted recipe, for people. */
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
export const stepText = ({ why, kept, of, p }: MatrixStep): string =>
  `${why}: ${kept} of ${of} features stay${p ? `, p up to ${short(Math.max(...p))}` : ""}`;
