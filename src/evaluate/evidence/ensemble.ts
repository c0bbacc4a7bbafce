/** Deep ensembles: the same study by other seeds, what their mean is worth, how much they disagree. */
import type { Session } from "../../backends/backend.ts";
import { bootstrap, weightedMean } from "../../metrics/bootstrap.ts";
import { type Estimate, type IntervalOptions, uncertainty } from "../../metrics/index.ts";
import { type Checkpoints, checkpointOf } from "../checkpoints.ts";
import { called } from "../interpret.ts";
import { type Lesson, learn, predictPart } from "../learn.ts";
import { statisticsOf } from "../statistics.ts";
import type { Evaluation, NetworkSettings, Predictions } from "../types.ts";

/** On the test rows; the saved model stays the single network. */
export interface EnsembleEvidence {
  /** Seeds of the networks, the study's own first. */
  readonly seeds: readonly number[];
  /** AUROC (of several classes its mean) or RMSE of each network alone. */
  readonly each: readonly (number | null)[];
  /** Of the mean of their probabilities or numbers. */
  readonly mean: Evaluation;
  /**
   * Entropy in nats, mean over the rows: of the mean probability; the mean of each network's; their
   * difference, how much the networks disagree (Depeweg et al. 2018). `null` for a regression.
   */
  readonly entropy: Entropy | null;
}

export type Entropy = Readonly<Record<"total" | "aleatoric" | "epistemic", Estimate>>;

interface EnsembleOptions {
  readonly members: number;
  readonly settings: NetworkSettings;
  readonly session: Session;
  readonly interval: IntervalOptions;
  readonly threshold: number | null;
  readonly checkpoints?: Checkpoints;
}

/** Far from the seeds of folds, which follow the study's own. */
const stride = 104_729;

/** Trains the other networks on the rows of the lesson and joins them with the first. */
export async function ensembleEvidence(
  lesson: Lesson,
  first: Predictions,
  options: EnsembleOptions,
): Promise<EnsembleEvidence> {
  const { members, settings, session, threshold } = options;
  const { truth, groups } = lesson.held;
  const seeds = Array.from({ length: members }, (_, i) => settings.seed + i * stride);
  const all = [first];
  for (const [i, seed] of seeds.entries()) {
    if (i === 0) continue;
    const { model } = await learn(lesson, {
      ...{ settings: { ...settings, seed }, session },
      ...(await checkpointOf(options, `ensemble-${i}`)),
    });
    all.push(predictPart(model, lesson.held, session));
  }
  const interval = { ...options.interval, ...(groups ? { groups } : {}) };
  const key = first.task === "regression" ? "rmse" : "auroc";
  const quick = { resamples: 100 };
  return {
    seeds,
    each: all.map((each) => statisticsOf(each, truth, quick).statistics[key]?.value ?? null),
    mean: statisticsOf(meanOf(all, threshold), truth, { ...interval, threshold }),
    entropy: entropyOf(all, interval),
  };
}

const averaged = (lists: readonly Float64Array[]): Float64Array =>
  lists[0]!.map((_, i) => lists.reduce((sum, list) => sum + list[i]!, 0) / lists.length);

/** The mean of what several networks say, and its calls. */
export function meanOf(all: readonly Predictions[], threshold: number | null): Predictions {
  const { task, labels } = all[0]!;
  if (task === "regression")
    return { ...all[0]!, values: averaged(all.map((each) => each.values)) };
  const probabilities = averaged(all.map((each) => each.probabilities!));
  return called({ task, labels, probabilities, threshold });
}

/** How unsure several networks are together: in nats, mean over the rows. */
export function entropyOf(all: readonly Predictions[], interval: IntervalOptions): Entropy | null {
  const { task, labels, rows } = all[0]!;
  if (task === "regression") return null;
  const members = all.map((each) => each.probabilities!);
  const { total, aleatoric, epistemic } = uncertainty(members, { classes: labels.length });
  const of = (values: Float64Array) => bootstrap({ ...interval, rows }, weightedMean(values));
  return { total: of(total), aleatoric: of(aleatoric), epistemic: of(epistemic) };
}
