/** Cross-validation of the rows that are not tested: recipe, network and baseline in every fold. */
import type { Session } from "../backends/backend.ts";
import { joined } from "../base/joined.ts";
import type { Split } from "../data/index.ts";
import type { IntervalOptions } from "../metrics/index.ts";
import { type Checkpoints, checkpointOf, type Notes } from "./checkpoints.ts";
import { foldEvidence } from "./fold-evidence.ts";
import { joinPredictions } from "./judged.ts";
import { type LessonSource, learn, lessonOf, predictPart } from "./learn.ts";
import { tasks } from "./network.ts";
import { chosenSettings, search } from "./protocols/search.ts";
import { baselineSettings } from "./settings.ts";
import { type FoldSplit, foldSplits } from "./sides.ts";
import { compare, statisticsOf } from "./statistics.ts";
import type {
  CrossValidation,
  FoldMean,
  FoldResult,
  Predictions,
  Prepared,
  Searched,
  StudyEvent,
} from "./types.ts";

/** What judging one split after another takes. */
export interface FoldOptions {
  readonly source: LessonSource;
  readonly interval: IntervalOptions;
  readonly session: Session;
  readonly tell: (event: StudyEvent) => void;
  readonly signal?: AbortSignal;
  readonly checkpoints?: Checkpoints;
  readonly notes?: Notes;
}

/** Held-out rows of one fold, predicted by models that never saw them. */
export interface Judged {
  readonly network: Predictions;
  readonly baseline: Predictions;
  readonly truth: Float64Array;
  /** The row of the table, or its group: what intervals resample. */
  readonly units: Int32Array;
  /** What a search inside the split's learning rows chose. */
  readonly chosen: Searched | null;
}

/** Few resamples: a fold's own intervals are not shown. */
const quick = { resamples: 100 };

/**
 * Stratified K-fold, repeated if asked: every fold fits its recipe, stops by validation rows drawn
 * from its own training side, and is held out once a repeat. Pooled statistics take all held-out
 * rows together; with repeats, a row's (or group's) predictions are resampled together.
 */
export async function crossValidate(
  prepared: Prepared,
  options: FoldOptions,
): Promise<CrossValidation | null> {
  const folds = foldSplits(prepared, prepared.options);
  const judged: Judged[] = [];
  const results: FoldResult[] = [];
  for (const [index, fold] of folds.entries()) {
    const { signal } = options;
    if (signal?.aborted) return null;
    const { result, ...held } = await judgeFold(prepared, fold, index, options);
    judged.push(held);
    results.push(result);
    options.tell({ event: "fold", of: folds.length, ...result });
  }
  return {
    ...{ folds: results, mean: foldMeans(results) },
    ...pool(prepared, judged, options.interval),
    byFold: foldEvidence(prepared, judged, results),
  };
}

async function judgeFold(
  prepared: Prepared,
  { repeat, fold, split }: FoldSplit,
  index: number,
  options: FoldOptions,
) {
  const seed = prepared.settings.seed + index + 1;
  const training = `fold-${index + 1}`;
  const judged = await judgeSplit(prepared, split, { ...options, seed, training });
  const { statistics } = statisticsOf(judged.network, judged.truth, quick);
  const values = Object.entries(statistics).map(([name, { value }]) => [name, value]);
  const sizes = {
    training: split.training.length,
    validation: split.validation.length,
    held: split.test.length,
  };
  const result: FoldResult = {
    ...{ repeat, fold, rows: sizes, values: Object.fromEntries(values) },
    ...(judged.chosen ? { chosen: judged.chosen } : {}),
  };
  return { ...judged, result };
}

/** Network and baseline learned from one split by a seed, and what they say of its held rows. */
export async function judgeSplit(
  prepared: Prepared,
  split: Split,
  options: Omit<FoldOptions, "interval"> & {
    readonly seed: number;
    readonly training: string;
  },
): Promise<Judged> {
  const { groups } = prepared;
  const { source, session, signal, seed, training } = options;
  const found = await search(prepared, split, options);
  const chosen = found && chosenSettings(found);
  const settings = { ...prepared.settings, ...chosen, seed };
  const lesson = lessonOf(source, split);
  const stop = signal ? { signal } : {};
  const [network, simple] = [
    await learn(lesson, {
      ...{ settings, session, ...stop },
      ...(await checkpointOf(options, training)),
    }),
    await learn(lesson, {
      ...{ settings: baselineSettings(settings), session, ...stop },
      ...(await checkpointOf(options, `${training}-baseline`)),
    }),
  ];
  const { truth } = lesson.held;
  const [ours, theirs] = [network, simple].map(({ model }) =>
    predictPart(model, lesson.held, session),
  );
  return {
    network: ours!,
    baseline: theirs!,
    truth,
    units: groups ? split.test.map((row) => groups.of[row]!) : split.test,
    chosen,
  };
}

/** The statistics of all folds' held-out rows together. */
export function pool({ target }: Prepared, judged: readonly Judged[], options: IntervalOptions) {
  const [network, baseline] = (["network", "baseline"] as const).map((which) =>
    joinPredictions(judged.map((fold) => fold[which])),
  );
  const truth = joined(
    Float64Array,
    judged.map((fold) => fold.truth),
  );
  const groups = Int32Array.from(judged.flatMap(({ units }) => Array.from(units)));
  const interval = { ...options, groups };
  const { baseline: name } = tasks[target.task];
  return {
    pooled: statisticsOf(network!, truth, interval),
    baseline: statisticsOf(baseline!, truth, interval),
    comparison: compare(name, [network!, baseline!], truth, interval),
  };
}

/** Mean and standard deviation (n − 1) of each statistic over the folds where it exists. */
function foldMeans(results: readonly FoldResult[]): Record<string, FoldMean> {
  const names = Object.keys(results[0]!.values);
  return Object.fromEntries(
    names.map((name) => {
      const values = results.flatMap(({ values }) => values[name] ?? []);
      const folds = values.length;
      if (folds === 0) return [name, { value: null, deviation: null, folds }];
      const value = values.reduce((sum, x) => sum + x, 0) / folds;
      const squares = values.reduce((sum, x) => sum + (x - value) * (x - value), 0);
      return [
        name,
        { value, deviation: folds > 1 ? Math.sqrt(squares / (folds - 1)) : null, folds },
      ];
    }),
  );
}
