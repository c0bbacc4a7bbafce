/** The leakage audit: every check on a prepared study, nothing trained. */
import type { Prepared } from "../types.ts";
import {
  classConstants,
  rowCounters,
  scaledBefore,
  selectedBefore,
  singleFeatures,
} from "./columns.ts";
import { differentParts, timeOrder } from "./parts.ts";
import { dividedGroups, duplicates, nearDuplicates } from "./rows.ts";
import type { Check, CheckName, Severity, Suspicion } from "./types.ts";

const checks: Readonly<Record<CheckName, Check>> = {
  "duplicate rows": duplicates,
  "near-duplicate rows": nearDuplicates,
  "group on two sides": dividedGroups,
  "row counter": rowCounters,
  "single feature": singleFeatures,
  "class-wise constant": classConstants,
  "scaled before the split": scaledBefore,
  "selected before the split": selectedBefore,
  "time order": timeOrder,
  "different parts": differentParts,
};

const order: readonly Severity[] = ["severe", "warning", "note"];

/** What was looked for, and what was found, the worst first. */
export interface Audit {
  readonly checks: readonly CheckName[];
  readonly suspicions: readonly Suspicion[];
}

/**
 * Looks for what makes results look better than they are (Kapoor & Narayanan, Patterns 2023):
 * duplicates and patients across the split, columns that know the answer, preprocessing of all rows,
 * time order. A suspicion is no proof: `prove` retrains without its cause.
 *
 *     audit(prepare(table, { target: "Diagnosis" })).suspicions;
 */
export function audit(prepared: Prepared): Audit {
  const names = Object.keys(checks) as CheckName[];
  return {
    checks: names,
    suspicions: names
      .flatMap((name) => checks[name](prepared))
      .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity)),
  };
}
