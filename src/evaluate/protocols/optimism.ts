/** Optimism by bootstrap: the whole fit again on resamples of the learning rows. */
import { InputError } from "../../base/errors.ts";
import { stream } from "../../base/random.ts";
import { partOf, type Split, splitRows } from "../../data/index.ts";
import {
  type Optimism,
  type OptimismStatistic,
  optimism,
  type Refit,
} from "../../metrics/index.ts";
import { checkpointOf } from "../checkpoints.ts";
import type { FoldOptions } from "../cross-validate.ts";
import { positives } from "../interpret.ts";
import { learn, lessonOf, predictPart } from "../learn.ts";
import { defaults } from "../settings.ts";
import { learningRows } from "../sides.ts";
import type { FittedModel, Prepared } from "../types.ts";
import { chosenSettings, search } from "./search.ts";

/** The model on the rows that it learned and validated with, corrected for how much that flatters it. */
export interface OptimismEvidence {
  /** `bootstrap of 455 rows, 200 refits`. */
  readonly method: string;
  readonly rows: number;
  /** What was resampled whole; `null` where it is rows. */
  readonly groups: number | null;
  /** Refits; one on a resample that cannot be learned from is counted and lacks its statistics. */
  readonly times: number;
  readonly statistics: Readonly<Record<OptimismStatistic, Optimism>>;
}

/** Splits and seeds of the refits lie beyond those of a search. */
const afterSearch = 6_000_000;

/**
 * Harrell's optimism of a binary model: each refit draws rows (or whole groups) with replacement from
 * the learning rows, splits what it drew in training and validation, and fits recipe, searched
 * settings and network anew (Harrell, Lee & Mark 1996). `null` when interrupted.
 */
export async function optimismEvidence(
  prepared: Prepared,
  model: FittedModel,
  options: FoldOptions & { readonly times: number },
): Promise<OptimismEvidence | null> {
  const { times, tell } = options;
  const rows = learningRows(prepared.split);
  const units = unitsOf(rows, prepared.groups);
  const { truth } = learningPart(prepared, model, rows);
  const refits: Refit[] = [];
  for (let time = 0; time < times; time++) {
    if (options.signal?.aborted) return null;
    const counts = drawnCounts(units, { seed: prepared.settings.seed, index: time });
    const refit = await refitted(prepared, { rows, counts, time }, options);
    refits.push(refit);
    tell({ event: "optimism", done: time + 1, of: times });
  }
  const probabilities = said(prepared, model, { rows, session: options.session });
  const groups = prepared.groups ? units.count : null;
  const what = groups === null ? `of ${rows.length} rows` : `over ${groups} groups`;
  return {
    method: `bootstrap ${what}, ${times} refits`,
    ...{ rows: rows.length, groups, times },
    statistics: optimism(probabilities, truth, refits),
  };
}

interface Units {
  /** The unit of each learning row. */
  readonly of: Int32Array;
  readonly count: number;
}

/** Groups, or rows where none are told. */
function unitsOf(rows: Int32Array, groups: Prepared["groups"]): Units {
  const places = new Map<number, number>();
  const of = rows.map((row) => {
    const unit = groups ? groups.of[row]! : row;
    const place = places.get(unit) ?? places.size;
    places.set(unit, place);
    return place;
  });
  return { of, count: places.size };
}

/** How often each row is drawn when as many units as there are are drawn with replacement. */
function drawnCounts(
  { of, count }: Units,
  key: { readonly seed: number; readonly index: number },
): Int32Array {
  const draws = stream({ ...key, purpose: "optimism" });
  const counts = new Int32Array(count);
  for (let i = 0; i < count; i++) counts[draws.nextInteger(count)]!++;
  return of.map((unit) => counts[unit]!);
}

interface Resample {
  readonly rows: Int32Array;
  readonly counts: Int32Array;
  readonly time: number;
}

/** A model learned from a resample; one that nothing can be learned from counts no row. */
async function refitted(
  prepared: Prepared,
  { rows, counts, time }: Resample,
  options: FoldOptions,
): Promise<Refit> {
  const { session, signal } = options;
  const seed = prepared.settings.seed + afterSearch + time;
  const training = `optimism-${time + 1}`;
  try {
    const split = resampleSplit(prepared, { rows, counts, time });
    const found = await search(prepared, split, { ...options, seed, training });
    const settings = { ...prepared.settings, ...(found && chosenSettings(found)), seed };
    const { model } = await learn(lessonOf(options.source, split), {
      ...{ settings, session, ...(signal ? { signal } : {}) },
      ...(await checkpointOf(options, training)),
    });
    return { probabilities: said(prepared, model, { rows, session }), counts };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { probabilities: new Float64Array(rows.length).fill(0.5), counts: counts.fill(0) };
  }
}

/** The rows that were drawn, each as often as it was and always on one side. */
function resampleSplit(prepared: Prepared, { rows, counts, time }: Resample): Split {
  const { target, groups } = prepared;
  const split = splitRows({
    ...{ target, rows: rows.filter((_, i) => counts[i]! > 0), index: afterSearch + time },
    ...{ test: 0, validation: defaults.validationFraction, seed: prepared.settings.seed },
    ...(groups ? { groups } : {}),
  });
  const times = new Map(Array.from(rows, (row, i) => [row, counts[i]!]));
  const repeated = (part: Int32Array) =>
    Int32Array.from(Array.from(part).flatMap((row) => Array<number>(times.get(row)!).fill(row)));
  // the held rows are not read: the learning rows are predicted as one part
  return {
    training: repeated(split.training),
    validation: repeated(split.validation),
    test: new Int32Array(),
  };
}

const learningPart = ({ table, target, groups }: Prepared, model: FittedModel, rows: Int32Array) =>
  partOf({ table, target, groups, recipe: model.recipe, scale: model.target.scale }, rows);

/** The model's probability of the event in each learning row. */
const said = (
  prepared: Prepared,
  model: FittedModel,
  { rows, session }: { readonly rows: Int32Array; readonly session: FoldOptions["session"] },
): Float64Array => positives(predictPart(model, learningPart(prepared, model, rows), session));
