/** What the validation rows decide, before any test row is looked at; it is saved with the model. */
import { InputError } from "../../base/errors.ts";
import { stream } from "../../base/random.ts";
import {
  anyNumber,
  anyText,
  type Check,
  fields,
  type Json,
  listOf,
  orNull,
} from "../../io/json.ts";
import {
  type ConformalScore,
  conformalQuantiles,
  conformalWidth,
  isotonic,
  platt,
  type Recalibration,
  temperature,
} from "../../metrics/index.ts";
import { positives } from "../interpret.ts";
import type { Predictions } from "../types.ts";
import type { ThresholdChoice } from "./rule.ts";

/** Plain JSON. */
export interface Frozen {
  /** How many validation rows decided. */
  readonly rows: number;
  /** `null` unless binary. */
  readonly threshold: ThresholdChoice | null;
  /** Maps to better calibrated probabilities; those that could be fitted. */
  readonly recalibration: readonly Recalibration[];
  readonly conformal: readonly ConformalRule[];
}

/** When a class belongs to a row's conformal set, or how far an interval reaches. */
export interface ConformalRule {
  readonly score: ConformalScore | "residual";
  /** A quantile for each class (Mondrian). */
  readonly byClass: boolean;
  /** The share of rows whose set may miss the truth. */
  readonly alpha: number;
  /** How many rows it was calibrated with: one a group. */
  readonly rows: number;
  /** The largest strangeness in a set, one a class; `null`: too few rows, so everything belongs. */
  readonly quantiles: readonly (number | null)[];
}

interface Validation {
  readonly predictions: Predictions;
  readonly truth: Float64Array;
  readonly groups: Int32Array | null;
  readonly seed: number;
  /** What conformal sets promise, 0.9 unless told. */
  readonly coverage?: number | undefined;
}

/** Recalibration and conformal quantiles from the validation rows. */
export function freeze(
  { predictions, truth, groups, seed, coverage = usualCoverage }: Validation,
  threshold: ThresholdChoice | null,
): Frozen {
  const kept = groups ? oneRowEach(groups, seed) : truth.map((_, row) => row);
  return {
    rows: truth.length,
    threshold,
    recalibration: mapsOf(predictions, truth),
    conformal: truth.length === 0 ? [] : rulesOf(predictions, { truth, kept, coverage }),
  };
}

/** A row of each group, drawn by the seed: rows of one patient are not exchangeable. */
function oneRowEach(groups: Int32Array, seed: number): Float64Array {
  const rows = new Map<number, number[]>();
  groups.forEach((group, row) => {
    const own = rows.get(group);
    if (own) own.push(row);
    else rows.set(group, [row]);
  });
  const draws = stream({ seed, purpose: "conformal" });
  return Float64Array.from(rows.values(), (own) => own[draws.nextInteger(own.length)]!);
}

function mapsOf({ task, labels, probabilities, ...rest }: Predictions, truth: Float64Array) {
  if (task === "regression") return [];
  const fits = [() => temperature(probabilities!, truth, labels.length)];
  if (task === "binary") {
    const p = positives({ task, labels, probabilities, ...rest });
    if (new Set(truth).size < 2) return [];
    fits.unshift(
      () => platt(p, truth),
      () => isotonic(p, truth),
    );
  }
  return truth.length === 0 ? [] : fits.flatMap((fit) => fitted(fit));
}

/** A map that has no finite fit is left out. */
function fitted(fit: () => Recalibration): Recalibration[] {
  try {
    return [fit()];
  } catch (error) {
    if (error instanceof InputError) return [];
    throw error;
  }
}

const usualCoverage = 0.9;

interface Calibrating {
  readonly truth: Float64Array;
  readonly kept: Float64Array;
  readonly coverage: number;
}

function rulesOf(
  { task, labels, probabilities, values }: Predictions,
  { truth, kept, coverage }: Calibrating,
): ConformalRule[] {
  // 1 − 0.9 as 0.1
  const alpha = Math.round((1 - coverage) * 1e12) / 1e12;
  const own = Float64Array.from(kept, (row) => truth[row]!);
  const common = { alpha, rows: kept.length };
  if (task === "regression") {
    const width = conformalWidth(
      Float64Array.from(kept, (row) => values[row]!),
      own,
      { alpha },
    );
    return [{ ...common, score: "residual", byClass: false, quantiles: [finiteOr(width)] }];
  }
  const classes = labels.length;
  const given = {
    probabilities: Float64Array.from(
      Array.from(kept).flatMap((row) => [
        ...probabilities!.subarray(row * classes, (row + 1) * classes),
      ]),
    ),
    labels: own,
    classes,
  };
  const kinds = [
    ["lac", false],
    ["aps", false],
    ["lac", true],
  ] as const;
  return kinds.map(([score, byClass]) => ({
    ...{ ...common, score, byClass },
    quantiles: conformalQuantiles(given, { alpha, score, byClass }).map(finiteOr),
  }));
}

const finiteOr = (value: number) => (Number.isFinite(value) ? value : null);

const anyFlag: Check<boolean> = (value, place) => {
  if (typeof value === "boolean") return value;
  throw new InputError(`${place} must be true or false.`);
};
const oneOf =
  <T extends string>(...words: readonly T[]): Check<T> =>
  (value, place) => {
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    throw new InputError(`${place} must be one of ${words.join(", ")}.`);
  };

const checkMap: Check<Recalibration> = (value, place) => {
  const { kind } = fields<{ kind: Recalibration["kind"] }>({
    kind: oneOf("platt", "isotonic", "temperature"),
  })(value, place);
  if (kind === "platt")
    return { kind, ...fields({ slope: anyNumber, intercept: anyNumber })(value, place) };
  if (kind === "temperature") return { kind, ...fields({ temperature: anyNumber })(value, place) };
  return { kind, ...fields({ from: listOf(anyNumber), to: listOf(anyNumber) })(value, place) };
};

const checkChoice = fields<Omit<ThresholdChoice, "reason">>({
  rule: anyText,
  value: anyNumber,
  sensitivity: orNull(anyNumber),
  specificity: orNull(anyNumber),
});

const checkFrozen = fields<{ [K in keyof Frozen]: Frozen[K] }>({
  rows: anyNumber,
  threshold: orNull(checkChoice),
  recalibration: listOf(checkMap),
  conformal: listOf(
    fields<{ [K in keyof ConformalRule]: ConformalRule[K] }>({
      score: oneOf("lac", "aps", "residual"),
      byClass: anyFlag,
      alpha: anyNumber,
      rows: anyNumber,
      quantiles: listOf(orNull(anyNumber)),
    }),
  ),
});

/** What a run folder holds of it; `null` in a run of before it was kept. */
export const parseFrozen = (value: Json, source: string): Frozen | null =>
  value === null ? null : checkFrozen(value, `${source}: what was frozen`);
