import { readFileSync } from "node:fs";

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../goldens/calibration/${name}`, import.meta.url), "utf8"));

interface Errors {
  readonly ece: number;
  readonly mce: number;
  readonly bins: number;
}

/** By dcurves, MAPIE, scikit-learn, SciPy and definition (test/goldens/calibration/make.py). */
export const fromPython: Readonly<
  Record<"murphy" | "thresholds" | "netBenefit" | "treatAll" | "isotonic" | "grid", number[]>
> & {
  readonly errors: Record<"width10" | "mass10" | "mass7" | "confidence15", Errors>;
  readonly lac: Record<string, number[][]>;
  readonly aps: Record<string, number[][]>;
  readonly platt: [number, number];
  readonly bca: [number, number];
  readonly temperature: number;
  readonly corrected: {
    readonly first: number[];
    readonly second: number[];
    readonly t: number;
    readonly p: number;
    readonly interval: [number, number];
  };
  readonly t: [number, number, number][];
  readonly uncertainty: {
    readonly members: number[][][];
    readonly total: number[];
    readonly aleatoric: number[];
  };
} = read("fromPython.json");

type Triple = [number, number, number];

/** By R's loess, rms and pROC (test/goldens/calibration/make.R). */
export const fromR: {
  readonly spiegelhalter: Record<"first" | "second", { readonly z: number; readonly p: number }>;
  readonly likelihoodRatios: { readonly positive: Triple; readonly negative: Triple };
  /** Of the Pima predictions, which are not shipped. */
  readonly pima: Record<"ici" | "e50" | "e90" | "emax", number>;
} = read("fromR.json");
