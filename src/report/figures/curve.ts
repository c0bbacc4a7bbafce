/** What all figures of probabilities share. */
import type { Estimate } from "../../metrics/index.ts";
import type { Curve } from "../evidence.ts";

export interface Setting {
  readonly curves: readonly Curve[];
  /** Of a binary model. */
  readonly threshold: number | null;
  /** At the threshold; `null` unless binary. */
  readonly operating: { readonly sensitivity: Estimate; readonly specificity: Estimate } | null;
  /** Whether some rows share a patient, or another group. */
  readonly grouped: boolean;
  /** What the model without hidden layers is called. */
  readonly baseline: string;
  /** How rows are counted: `114 test rows`. */
  readonly n: string;
}

/** Where each class has a picture, three stand beside each other. */
export const sizeOf = (several: boolean) => (several ? { width: 320, height: 280 } : {});

/** An axis of shares or probabilities. */
export const sharesAxis = { low: 0, high: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] };

/** The column that names the class, where there are several. */
export const classColumn = (several: boolean, name = "class"): string[] => (several ? [name] : []);
