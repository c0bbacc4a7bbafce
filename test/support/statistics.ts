import { readFileSync } from "node:fs";
import { expect } from "vitest";

const path = new URL("../goldens/statistics/statistics.json", import.meta.url);

interface Golden {
  readonly value: number;
  readonly wilson: [number, number];
  readonly exact: [number, number];
  readonly error: number;
}

interface Cut {
  readonly score: number;
  readonly sensitivity: number;
  readonly specificity: number;
}

type Rate = "sensitivity" | "specificity" | "ppv" | "npv" | "accuracy";

/** Statistics of synthetic models, by scikit-learn and SciPy (test/goldens/statistics/make.py). */
export const goldens: {
  readonly binary: Readonly<
    Record<"labels" | "first" | "second" | "groups" | "discordant", number[]> &
      Record<"auroc" | "aurocSecond" | "variance" | "covariance" | "z" | "p", number> &
      Record<"averagePrecision" | "brier" | "scaledBrier" | "logLoss" | "logLossCertain", number> &
      Record<"balancedAccuracy" | "f1" | "mcc" | "kappa" | "mcnemar", number> &
      Record<"interval" | "aurocBootstrap" | "aurocClusterBootstrap", [number, number]> &
      Record<"differenceClusterBootstrap" | "averagePrecisionBootstrap", [number, number]> &
      Record<"brierBootstrap", [number, number]> &
      Record<"inTheLarge" | "slope" | "intercept", Golden> &
      Record<"youden" | "atSensitivity90", Cut>
  > & {
    readonly confusion: Record<string, number>;
    readonly rates: Record<Rate, Golden>;
    readonly mcnemarExact: [number, number, number][];
  };
  readonly classes: {
    readonly labels: number[];
    readonly classes: number;
    readonly probabilities: number[];
    readonly macroAuroc: number;
    readonly logLoss: number;
    readonly accuracy: Golden;
    readonly recalls: Golden[];
  };
  readonly regression: Readonly<
    Record<"targets" | "first" | "second" | "rmseBootstrap" | "differenceBootstrap", number[]> &
      Record<"rmse" | "mae" | "r2", number>
  >;
  readonly entropy: Readonly<
    Record<"p" | "q" | "firstLabels" | "secondLabels", number[]> &
      Record<"entropy" | "entropyBits" | "klDivergence" | "crossEntropy" | "jointEntropy", number> &
      Record<"conditionalEntropy" | "mutualInformation" | "labelInformation", number>
  > & { readonly joint: number[][] };
} = JSON.parse(readFileSync(path, "utf8"));

/** Equal to about `digits` significant digits. */
export function expectNear(got: number | null, right: number, digits = 12): void {
  expect(got).not.toBeNull();
  const tolerance = 10 ** -digits * Math.max(1e-3, Math.abs(right));
  expect(Math.abs(got! - right), `${got} against ${right}`).toBeLessThanOrEqual(tolerance);
}

/** Both ends of an interval within an absolute distance. */
export function expectEnds(
  got: { low: number | null; high: number | null },
  right: readonly number[],
  distance = 1e-12,
): void {
  expect(Math.abs(got.low! - right[0]!), `low ${got.low}`).toBeLessThanOrEqual(distance);
  expect(Math.abs(got.high! - right[1]!), `high ${got.high}`).toBeLessThanOrEqual(distance);
}
