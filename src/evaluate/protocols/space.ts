/** The settings that a search may choose, drawn by a seed; what was told stays as it was told. */
import { exp, log } from "../../base/math.ts";
import { type Stream, stream } from "../../base/random.ts";
import type { Searched, StudyOptions } from "../types.ts";

const widths = [8, 16, 32, 64, 128];
const deepest = 3;
const dropouts = [0, 0.1, 0.2, 0.3, 0.4, 0.5];

const oneOf = <T>(choices: readonly T[], random: Stream): T =>
  choices[random.nextInteger(choices.length)]!;

/** Uniform on the log scale, two digits: what is shown can be typed. */
const between = (low: number, high: number, random: Stream): number =>
  Number(exp(log(low) + random.nextFloat() * (log(high) - log(low))).toPrecision(2));

/** How each setting is drawn: every one takes its draws, told or not, so that others stay the same. */
const draws: { readonly [K in keyof Searched]: (random: Stream) => Searched[K] } = {
  hidden: (random) => {
    const width = oneOf(widths, random);
    return Array.from({ length: 1 + random.nextInteger(deepest) }, () => width);
  },
  learningRate: (random) => between(3e-4, 1e-2, random),
  dropout: (random) => oneOf(dropouts, random),
  weightDecay: (random) => between(1e-4, 1e-1, random),
};

/** The names of the settings that nobody told. */
const searchedNames = (options: StudyOptions): (keyof Searched)[] =>
  (Object.keys(draws) as (keyof Searched)[]).filter((name) => options[name] === undefined);

/**
 * So many settings to try; the first are those that stand without a search.
 *
 *     candidates(options, settings, { seed: 0, count: 20 })[1]; // { hidden: [64, 64], learningRate: 0.0031, … }
 */
export function candidates(
  options: StudyOptions,
  standing: Searched,
  { seed, count }: { readonly seed: number; readonly count: number },
): Searched[] {
  const { hidden, learningRate, dropout, weightDecay } = standing;
  const first = { hidden, learningRate, dropout, weightDecay };
  const free = searchedNames(options);
  return Array.from({ length: count }, (_, index) => {
    const random = stream({ seed, purpose: "search", index });
    const drawn = Object.entries(draws).map(([name, draw]) => [name, draw(random)] as const);
    const told = drawn.filter(([name]) => free.includes(name as keyof Searched));
    return index === 0 ? first : { ...first, ...Object.fromEntries(told) };
  });
}

/** How many candidates train for how many epochs, the best third of each round going on. */
export interface Round {
  readonly candidates: number;
  readonly epochs: number;
}

const factor = 3;

/**
 * Successive halving (Jamieson & Talwalkar 2016) by thirds, as scikit-learn's
 * `HalvingRandomSearchCV` with `min_resources="exhaust"`: the last round has all the epochs.
 *
 *     halvingRounds(27, 200); // 27 for 22 epochs, 9 for 66, 3 for 198, 1 for 200
 */
export function halvingRounds(count: number, epochs: number): Round[] {
  const rounds: Round[] = [];
  let last = 0;
  for (let left = count; left >= factor; left = Math.floor(left / factor)) last++;
  let most = 1;
  for (let i = 0; i < last; i++) most *= factor;
  let resource = Math.max(1, Math.floor(epochs / most));
  for (let [i, left] = [0, count]; i <= last; i++) {
    rounds.push({ candidates: left, epochs: Math.min(resource, epochs) });
    left = Math.ceil(left / factor);
    resource *= factor;
  }
  return rounds;
}
