/** Settings searched inside the rows that may be learned from: by folds of their own. */
import type { Session } from "../../backends/backend.ts";
import { InputError } from "../../base/errors.ts";
import { log } from "../../base/math.ts";
import type { Split } from "../../data/index.ts";
import { type Checkpoints, checkpointOf, type Notes } from "../checkpoints.ts";
import { type Lesson, type LessonSource, learn, lessonOf, predictPart } from "../learn.ts";
import { validationScore } from "../score.ts";
import { defaults } from "../settings.ts";
import { type FoldSplit, foldSplits } from "../sides.ts";
import type {
  Prepared,
  Searched,
  SearchResult,
  SearchTrial,
  StudyEvent,
  StudyOptions,
} from "../types.ts";
import { candidates, halvingRounds, type Round } from "./space.ts";

/** Folds of the learning rows that judge each trial. */
const searchFolds = 3;
/** Seeds of the search lie beyond those of folds and sites. */
const afterSites = 4_000_000;

type Sides = Pick<Prepared, "table" | "target" | "groups" | "split">;

/** The folds of a search: of the rows that learn and validate, forward in time where the study is. */
export function innerSplits(
  sides: Sides,
  { seed = defaults.seed, time }: Pick<StudyOptions, "seed" | "time">,
): FoldSplit[] {
  const forward = time === undefined ? {} : { time };
  try {
    return foldSplits(sides, { ...forward, seed: seed + afterSites, folds: searchFolds });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`search, in ${searchFolds} folds of the learning rows: ${error.message}`);
  }
}

interface Options {
  readonly source: LessonSource;
  readonly session: Session;
  readonly tell: (event: StudyEvent) => void;
  /** What the settings are for: `network`, `fold-3`. */
  readonly training: string;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly checkpoints?: Checkpoints;
  readonly notes?: Notes;
}

/**
 * The best settings by the mean loss on the folds' held rows; `null` unless the study searches.
 * Neither the split's test rows nor anything outside it takes part.
 *
 *     const found = await search(prepared, prepared.split, options);
 *     found.trials[found.chosen - 1].settings; // { hidden: [64, 64], learningRate: 0.0031, … }
 */
export async function search(
  prepared: Prepared,
  split: Split,
  options: Options,
): Promise<SearchResult | null> {
  const { search: strategy, searchTrials: count = defaults.searchTrials } = prepared.options;
  if (strategy === undefined) return null;
  const { settings } = prepared;
  const lessons = innerSplits({ ...prepared, split }, { ...prepared.options, seed: options.seed });
  const sources = lessons.map((fold) => lessonOf(options.source, fold.split));
  const drawn = candidates(prepared.options, settings, { seed: options.seed, count });
  const rounds: Round[] =
    strategy === "halving"
      ? halvingRounds(count, settings.epochs)
      : [{ candidates: count, epochs: settings.epochs }];
  const of = rounds.reduce((sum, round) => sum + round.candidates, 0);
  const known = await knownTrials(options);
  let trials: SearchTrial[] = drawn.map((each, i) => untried(each, i + 1));
  let done = 0;
  for (const [round, { candidates: kept, epochs }] of rounds.entries()) {
    const going = new Set(ranked(trials).slice(0, kept));
    const next: SearchTrial[] = [];
    for (const trial of trials) {
      if (!going.has(trial)) next.push(trial);
      else {
        const asked = { ...trial, epochs, round: round + 1 };
        const judged = known.find(asked) ?? (await judgeTrial(prepared, sources, asked, options));
        await known.keep(judged);
        next.push(judged);
        done++;
        options.tell({ event: "trial", search: options.training, done, of, ...judged });
      }
    }
    trials = next;
  }
  const [best] = ranked(trials);
  if (best!.loss === null) throw new InputError(`search: no trial came to an end. ${best!.reason}`);
  const statistic = prepared.target.task === "regression" ? "rmse" : "logLoss";
  return { strategy, folds: searchFolds, statistic, trials, chosen: best!.trial };
}

/** The chosen settings of a search, over those that stood before. */
export const chosenSettings = ({ trials, chosen }: SearchResult): Searched =>
  trials[chosen - 1]!.settings;

const untried = (settings: Searched, trial: number): SearchTrial => ({
  ...{ trial, settings, epochs: 0, round: 0, loss: null, score: null },
});

/** Those that came furthest first, then the lowest loss, then the first. */
const ranked = (trials: readonly SearchTrial[]): SearchTrial[] =>
  trials.toSorted(
    (a, b) =>
      b.round - a.round ||
      (a.loss ?? Number.MAX_VALUE) - (b.loss ?? Number.MAX_VALUE) ||
      a.trial - b.trial,
  );

/** One trial over all folds; settings that come apart have no loss, and say why. */
async function judgeTrial(
  prepared: Prepared,
  lessons: readonly Lesson[],
  trial: SearchTrial,
  options: Options,
): Promise<SearchTrial> {
  if (options.signal?.aborted)
    throw new InputError(
      "the search is not over, so there is nothing to finish. Go on without it.",
    );
  const { session, seed } = options;
  const { checkpoint } = await checkpointOf(options, "search");
  // trials are repeated, not kept: only the wish to pause is handed on
  const pause = checkpoint?.pause;
  const still = pause ? { checkpoint: { pause, every: 1, write: async () => {} } } : {};
  const found: { loss: number; score: number | null }[] = [];
  try {
    for (const [fold, lesson] of lessons.entries()) {
      const settings = { ...prepared.settings, ...trial.settings, epochs: trial.epochs };
      const own = { ...settings, seed: seed + afterSites + fold };
      const { model } = await learn(lesson, { settings: own, session, ...still });
      found.push(judge(lesson, predictPart(model, lesson.held, session)));
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...trial, loss: null, score: null, reason: error.message };
  }
  const mean = (values: readonly number[]) =>
    values.length < found.length ? null : values.reduce((sum, x) => sum + x, 0) / values.length;
  return {
    ...trial,
    loss: mean(found.map(({ loss }) => loss)),
    score: mean(found.flatMap(({ score }) => score ?? [])),
  };
}

/** Probabilities below it would make one row decide a mean. */
const least = Number.EPSILON;

/** Log loss and AUROC, or RMSE and R², of a lesson's held rows. */
function judge({ held }: Lesson, { task, labels, probabilities, values }: Predicted) {
  const { truth } = held;
  let sum = 0;
  truth.forEach((y, row) => {
    const off = values[row]! - y;
    const p = probabilities ? probabilities[row * labels.length + y]! : 1;
    sum += task === "regression" ? off * off : -log(Math.max(p, least));
  });
  if (task === "regression") {
    const mean = truth.reduce((total, y) => total + y, 0) / truth.length;
    const all = truth.reduce((total, y) => total + (y - mean) * (y - mean), 0);
    return { loss: Math.sqrt(sum / truth.length), score: all > 0 ? 1 - sum / all : null };
  }
  const shown =
    task === "binary"
      ? Float32Array.from(truth, (_, row) => probabilities![2 * row + 1]!)
      : Float32Array.from(probabilities!);
  return { loss: sum / truth.length, score: validationScore(held)(shown) };
}

type Predicted = ReturnType<typeof predictPart>;

/** Trials that were judged before a stop; the same trial would be judged the same. */
async function knownTrials({ notes, training }: Options) {
  const name = `search-${training}`;
  const kept = ((await notes?.read(name)) ?? []) as SearchTrial[];
  const key = ({ trial, epochs, settings }: SearchTrial) =>
    JSON.stringify([trial, epochs, settings]);
  const places = new Map(kept.map((trial) => [key(trial), trial]));
  return {
    find: (asked: SearchTrial) => places.get(key(asked)),
    keep: async (judged: SearchTrial) => {
      if (!notes || places.has(key(judged))) return;
      places.set(key(judged), judged);
      await notes.write(name, [...places.values()]);
    },
  };
}
