/** The settings of a study: what stands when nobody says otherwise, and what cannot be. */
import { InputError } from "../base/errors.ts";
import { activations } from "../nn/index.ts";
import { optimizers } from "../optim/index.ts";
import type { NetworkSettings, StudyOptions } from "./types.ts";

/**
 * What a newcomer gets who names only the file and the target. Compared on the held-out rows of
 * eleven sample sets, 12 splits each: near values lie within the noise (a decay of 1e-2 is level or
 * a shade better on most), so figures on those sets flatter these settings a little.
 */
export const defaults = {
  seed: 0,
  hidden: [32],
  activation: "relu",
  dropout: 0,
  optimizer: "adam",
  learningRate: 2e-3,
  weightDecay: 5e-3,
  batchSize: 32,
  epochs: 200,
  patience: 20,
  balanced: false,
  testFraction: 0.2,
  validationFraction: 0.2,
  repeats: 1,
  searchTrials: 20,
} as const satisfies NetworkSettings & {
  testFraction: number;
  validationFraction: number;
  repeats: number;
  searchTrials: number;
};

/** The baseline: no hidden layer, the same rows, recipe and seed, and time enough to converge. */
export const baselineSettings = ({ seed, balanced }: NetworkSettings): NetworkSettings => ({
  ...defaults,
  seed,
  balanced,
  hidden: [],
  learningRate: 5e-3,
  weightDecay: 3e-3,
  epochs: 500,
  patience: 50,
});

/** Folds take the seeds after it. */
const mostSeed = 2 * 1_048_576 * 2_147_483_648 - 1;
const isCount = (value: number) => Number.isSafeInteger(value) && value >= 1;
const isSeed = (value: number) => Number.isSafeInteger(value) && value >= 0 && value <= mostSeed;

/** What each setting must be, in words and as a check. */
const rules: {
  readonly [K in keyof NetworkSettings]: readonly [
    needs: string,
    holds: (value: NetworkSettings[K]) => boolean,
  ];
} = {
  seed: ["a whole number from 0 to 2⁵² − 1", isSeed],
  hidden: [
    "whole numbers from 1 up, or nothing for a linear model",
    (widths) => widths.every(isCount),
  ],
  activation: [
    `one of ${Object.keys(activations).join(", ")}`,
    (name) => Object.hasOwn(activations, name),
  ],
  dropout: ["a number from 0 to below 1", (p) => p >= 0 && p < 1],
  optimizer: [
    `one of ${Object.keys(optimizers).join(", ")}`,
    (name) => Object.hasOwn(optimizers, name),
  ],
  learningRate: ["a number above 0", (rate) => rate > 0 && Number.isFinite(rate)],
  weightDecay: ["a number from 0 up", (decay) => decay >= 0 && Number.isFinite(decay)],
  batchSize: ["a whole number from 1 up", isCount],
  epochs: ["a whole number from 1 up", isCount],
  patience: ["a whole number from 1 up", isCount],
  balanced: ["true or false", (value) => typeof value === "boolean"],
};

/** The settings of a study, each given or by default; an `InputError` names one that cannot be. */
export function settled(options: StudyOptions): NetworkSettings {
  const settings: Record<string, unknown> = {};
  for (const [name, [needs, holds]] of Object.entries(rules)) {
    const key = name as keyof NetworkSettings;
    const value = options[key] ?? defaults[key];
    if (!(holds as (value: unknown) => boolean)(value))
      throw new InputError(`${spelled(name)} is ${String(value)}. It must be ${needs}.`);
    settings[name] = value;
  }
  const { search, searchTrials } = options;
  if (search !== undefined && search !== "random" && search !== "halving")
    throw new InputError(`search is ${String(search)}. It must be one of random, halving.`);
  if (searchTrials !== undefined && !isCount(searchTrials))
    throw new InputError(`search trials is ${searchTrials}. It must be a whole number from 1 up.`);
  return settings as unknown as NetworkSettings;
}

/** `learningRate` as people write it: `learning rate`. */
const spelled = (name: string) =>
  name === "hidden"
    ? "hidden layers"
    : name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
