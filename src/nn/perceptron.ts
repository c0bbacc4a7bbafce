/**
 * The perceptron and the single layer of perceptrons: step activation, and the learning rule that
 * corrects mistakes (Rosenblatt 1958, Psychological Review 65:386). Host numbers, float64.
 */
import { InputError } from "../base/errors.ts";
import { stream } from "../base/random.ts";

type Matrix = readonly (readonly number[])[];

/** Perceptrons side by side: output i fires where weights[i]·x + biases[i] > 0. */
export interface Perceptrons {
  /** [outputs, inputs]. */
  readonly weights: Matrix;
  /** [outputs]. */
  readonly biases: readonly number[];
}

export interface LearnedPerceptrons extends Perceptrons {
  /** How many outputs were wrong in each epoch; the last is 0 if the rule converged. */
  readonly mistakes: readonly number[];
  /** Whether an epoch passed without a mistake: lines were found that separate the classes. */
  readonly converged: boolean;
  /** The outcome in a sentence. */
  readonly verdict: string;
}

export interface PerceptronOptions {
  /** When to give up (default 100). */
  readonly epochs?: number;
  /** η, the length of a correction (default 1); from zero weights it only scales the result. */
  readonly learningRate?: number;
  /** Visit the rows of each epoch in random order by this seed (default: as they come). */
  readonly seed?: number;
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((total, x, i) => total + x * b[i]!, 0);

/** What each perceptron says of each row, 0 or 1: [rows, outputs]. */
export const firePerceptrons = ({ weights, biases }: Perceptrons, inputs: Matrix): number[][] =>
  inputs.map((x) => weights.map((w, i) => +(dot(w, x) + biases[i]! > 0)));

/** Rows in equal numbers, of equal lengths, targets 0 or 1. */
function check(inputs: Matrix, targets: Matrix): void {
  const [width, outputs] = [inputs[0]?.length, targets[0]?.length];
  if (!width || !outputs || inputs.length !== targets.length)
    throw new InputError(
      `perceptron: ${inputs.length} rows of inputs, ${targets.length} rows of targets. Give one row of targets a row of inputs, and at least one.`,
    );
  const badRow = inputs.findIndex(
    (x, row) => x.length !== width || targets[row]!.length !== outputs || !x.every(Number.isFinite),
  );
  if (badRow >= 0)
    throw new InputError(
      `perceptron: row ${badRow} has not ${width} finite numbers and ${outputs} targets as the first row does. Mend it.`,
    );
  const badTarget = targets.flat().find((target) => target !== 0 && target !== 1);
  if (badTarget !== undefined)
    throw new InputError(`perceptron: target ${badTarget}. Targets are 0 or 1.`);
}

/**
 * Learns from rows [rows, inputs] and targets 0 or 1 [rows, outputs]: after a mistake
 * w ← w + η (y − ŷ) x, b ← b + η (y − ŷ), from zero. Where a line separates the classes it is found
 * after at most (R/γ)² mistakes (Novikoff 1962); elsewhere the rule never settles, and `converged` is false.
 * Throws an `InputError` for rows of unequal lengths or other targets.
 *
 *     const and = learnPerceptrons([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [0], [0], [1]]);
 *     and.converged; // true
 */
export function learnPerceptrons(
  inputs: Matrix,
  targets: Matrix,
  { epochs = 100, learningRate = 1, seed }: PerceptronOptions = {},
): LearnedPerceptrons {
  check(inputs, targets);
  const weights = targets[0]!.map(() => inputs[0]!.map(() => 0));
  const biases = targets[0]!.map(() => 0);
  const correct = (row: number): number => {
    const x = inputs[row]!;
    const [said] = firePerceptrons({ weights, biases }, [x]);
    const errors = targets[row]!.map((y, i) => y - said![i]!);
    for (const [i, error] of errors.entries()) {
      if (error === 0) continue;
      for (const [j, value] of x.entries()) weights[i]![j]! += learningRate * error * value;
      biases[i]! += learningRate * error;
    }
    return errors.filter((error) => error !== 0).length;
  };
  const mistakes: number[] = [];
  while (mistakes.length < epochs && mistakes.at(-1) !== 0) {
    const order =
      seed === undefined
        ? inputs.keys()
        : stream({ seed, purpose: "perceptron", epoch: mistakes.length }).permutation(
            inputs.length,
          );
    let wrong = 0;
    for (const row of order) wrong += correct(row);
    mistakes.push(wrong);
  }
  const converged = mistakes.at(-1) === 0;
  return { weights, biases, mistakes, converged, verdict: verdictOf(mistakes, converged) };
}

const verdictOf = (mistakes: readonly number[], converged: boolean): string =>
  converged
    ? `Separated: epoch ${mistakes.length} passed without a mistake.`
    : `Not separated: still ${mistakes.at(-1) ?? "unknown"} mistakes in epoch ${mistakes.length}. The classes may not be linearly separable; a hidden layer can separate them, more epochs only if a line exists.`;
