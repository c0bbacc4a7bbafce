/** What the leakage audit looks at and what it says. */
import type { Prepared } from "../types.ts";

/**
 * What can make a result look better than it is; the numbers are Kapoor and Narayanan's (Patterns
 * 2023).
 */
export type CheckName =
  | "duplicate rows"
  | "near-duplicate rows"
  | "group on two sides"
  | "row counter"
  | "single feature"
  | "class-wise constant"
  | "scaled before the split"
  | "selected before the split"
  | "time order"
  | "different parts";

export type Severity = "note" | "warning" | "severe";

/** One suspicion. */
export interface Suspicion {
  readonly check: CheckName;
  /** Such as `L1.4`. */
  readonly type: string;
  readonly severity: Severity;
  /** One line for people: what, how much, and what to do. */
  readonly detail: string;
  /** The columns it is about. */
  readonly columns: readonly string[];
  /** Rows of the table it is about, from 0; at most 1000. */
  readonly rows: readonly number[];
  /** What `prove` changes to show what it is worth; none where nothing can be shown. */
  readonly remedy: Remedy | null;
}

export type Remedy =
  | { readonly kind: "ignore"; readonly columns: readonly string[] }
  | { readonly kind: "group"; readonly column: string }
  | { readonly kind: "time"; readonly column: string }
  | { readonly kind: "drop rows"; readonly rows: readonly number[] };

export type Check = (prepared: Prepared) => Suspicion[];

export const mostRows = 1000;
