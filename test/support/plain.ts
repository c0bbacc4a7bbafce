import { readFileSync } from "node:fs";
import { expect } from "vitest";

/** An interval of replicates, and their standard deviation. */
interface Ends {
  readonly low: number;
  readonly high: number;
  readonly deviation: number;
}

/** Written out in NumPy (test/goldens/statistics/plain.py) over the rows of statistics.json. */
export const plain: {
  readonly grouped: Readonly<
    Record<"inTheLarge" | "slope" | "observedOverExpected" | "ici", Ends>
  > & { readonly benefit: Readonly<Record<string, Ends>> };
  readonly few: Readonly<Record<"values" | "groups" | "strata", number[]>> & {
    readonly mean: Ends;
  };
  readonly bca: {
    readonly values: number[];
    readonly variance: Ends;
    readonly aurocOfPatients: Ends;
  };
  readonly nearOne: {
    readonly scores: number[];
    readonly auroc: number;
    readonly interval: [number, number];
    readonly interval90: [number, number];
    readonly bounds90: [number, number, number];
  };
  readonly crossValidated: Readonly<Record<"auroc" | "error" | "jackknife", number>>;
  readonly hosmerLemeshow: { readonly statistic: number; readonly p: number };
  readonly specificity90: Readonly<Record<"score" | "sensitivity" | "specificity", number>>;
} = JSON.parse(readFileSync(new URL("../goldens/statistics/plain.json", import.meta.url), "utf8"));

/** Two bootstraps of one interval: their ends differ by a small share of the replicates' deviation. */
export function expectBootstrap(
  got: { readonly low: number | null; readonly high: number | null },
  right: Ends,
  share = 0.15,
): void {
  for (const end of ["low", "high"] as const)
    expect(Math.abs(got[end]! - right[end]) / right.deviation, `${end} ${got[end]}`).toBeLessThan(
      share,
    );
}
