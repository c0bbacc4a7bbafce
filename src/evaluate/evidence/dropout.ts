/** Monte Carlo dropout: the same network thinned anew each time, and how much its thinned selves disagree. */
import type { Session } from "../../backends/backend.ts";
import { InputError } from "../../base/errors.ts";
import type { Part } from "../../data/index.ts";
import { bootstrap, weightedMean } from "../../metrics/bootstrap.ts";
import type { Estimate, IntervalOptions } from "../../metrics/index.ts";
import type { AnyLayer } from "../../nn/index.ts";
import type { Spec } from "../../nn/spec.ts";
import { predictDrawn } from "../../train/index.ts";
import { interpret } from "../interpret.ts";
import { statisticsOf } from "../statistics.ts";
import type { Evaluation, FittedModel, Predictions } from "../types.ts";
import { type Entropy, entropyOf, meanOf } from "./ensemble.ts";

/** On the test rows, with dropout left on (Gal & Ghahramani 2016); the saved model stays as it is. */
export interface DropoutEvidence {
  /** Passes, each with other values dropped. */
  readonly draws: number;
  /** Of the mean of their probabilities or numbers. */
  readonly mean: Evaluation;
  /** In nats, mean over the rows, as an ensemble's; `null` for a regression. */
  readonly entropy: Entropy | null;
  /** Standard deviation (n − 1) of a row's numbers over the passes, mean over the rows; `null` unless a regression. */
  readonly deviation: Estimate | null;
}

const drops = (spec: Spec): boolean =>
  spec.layer === "sequential"
    ? spec.layers.some(drops)
    : spec.layer === "dropout" && spec.probability > 0;

/** Whether a network drops values while it trains. */
export const hasDropout = ({ spec }: AnyLayer): boolean => drops(spec);

/** An `InputError` unless so many draws of such a network tell something. */
export function checkDraws(draws: number, dropout: boolean): void {
  if (!(Number.isInteger(draws) && draws >= 2))
    throw new InputError(`MC dropout by ${draws} passes. It takes 2 or more, better 50.`);
  if (!dropout)
    throw new InputError(
      "MC dropout needs a network that was trained with dropout. Train with --dropout 0.2, or leave it out.",
    );
}

interface DropoutOptions {
  readonly draws: number;
  readonly seed: number;
  readonly session?: Session | undefined;
  readonly interval: IntervalOptions;
}

/** What the model says of the rows when dropout stays on. */
export function dropoutEvidence(
  { network, weights, target, threshold }: FittedModel,
  part: Part,
  { draws, seed, session, interval }: DropoutOptions,
): DropoutEvidence {
  checkDraws(draws, hasDropout(network));
  const where = session ? { session } : {};
  const all = predictDrawn({ model: network, weights }, part, { seed, draws, ...where }).map(
    (outputs) => interpret(outputs, target, threshold),
  );
  return {
    draws,
    mean: statisticsOf(meanOf(all, threshold), part.truth, { ...interval, threshold }),
    entropy: entropyOf(all, interval),
    deviation: target.task === "regression" ? deviationOf(all, interval) : null,
  };
}

function deviationOf(all: readonly Predictions[], interval: IntervalOptions): Estimate {
  const { rows } = all[0]!;
  const each = new Float64Array(rows).map((_, row) => {
    const mean = all.reduce((sum, { values }) => sum + values[row]!, 0) / all.length;
    const gap = ({ values }: Predictions) => (values[row]! - mean) * (values[row]! - mean);
    return Math.sqrt(all.reduce((sum, one) => sum + gap(one), 0) / (all.length - 1));
  });
  return bootstrap({ ...interval, rows }, weightedMean(each));
}
