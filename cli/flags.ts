/** What people type after a flag, checked one by one; a fault names flag, value and what is allowed. */

/** A fault in how the command was called: one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The value typed after `--flag`, as the program wants it. */
export type Parse<T> = (flag: string) => (text: string) => T;

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

const fault = (flag: string, text: string, allowed: string) =>
  new UsageError(`--${flag} is “${text}”; it must be ${allowed}.`);

const numberWhere =
  (test: (value: number) => boolean, allowed: string): Parse<number> =>
  (flag) =>
  (text) => {
    const value = decimal.test(text.trim()) ? Number(text) : Number.NaN;
    if (!test(value)) throw fault(flag, text, allowed);
    return value;
  };

const within = (low: number, high: number) => (value: number) =>
  Number.isInteger(value) && value >= low && value <= high;

/** A whole number, an example of which the message gives. */
export const whole = (low: number, high: number, example: number): Parse<number> =>
  numberWhere(within(low, high), `a whole number from ${low} to ${high}, such as ${example}`);

export const above0 = (example: string): Parse<number> =>
  numberWhere((value) => value > 0 && value <= 1e6, `a number above 0, such as ${example}`);

export const from0 = (example: string): Parse<number> =>
  numberWhere((value) => value >= 0 && value <= 1e6, `a number from 0 up, such as ${example}`);

/** From 0 to below 1: a probability of dropout. */
export const below1 = (example: string): Parse<number> =>
  numberWhere((value) => value >= 0 && value < 1, `a number from 0 to below 1, such as ${example}`);

/** Between 0 and 1, without either: a share of rows. */
export const share = (example: string): Parse<number> =>
  numberWhere((value) => value > 0 && value < 1, `a share between 0 and 1, such as ${example}`);

const mostWide = 65_536;
const mostLayers = 64;

/** `32,16`, or `none` for a network without hidden layers. */
export const widths: Parse<readonly number[]> = (flag) => (text) => {
  if (text.trim() === "none") return [];
  const parts = text.split(",").map((part) => part.trim());
  const found = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : 0));
  if (found.length > mostLayers || !found.every(within(1, mostWide)))
    throw fault(flag, text, "widths of hidden layers such as 32,16, or none");
  return found;
};

/** One of some words; the nearest is offered. */
export const oneOf =
  <Word extends string>(...words: readonly Word[]): Parse<Word> =>
  (flag) =>
  (text) => {
    const found = words.find((word) => word.toLowerCase() === text.trim().toLowerCase());
    if (found === undefined) throw fault(flag, text, `one of ${words.join(", ")}`);
    return found;
  };

/** A column, a label, a path: anything but nothing. */
export const name: Parse<string> = (flag) => (text) => {
  if (text.trim() === "") throw new UsageError(`--${flag} is empty. Give it a value.`);
  return text;
};

/** `A,B`; given again, the flag adds to what it said before. */
export const names =
  (flag: string, example: string) =>
  (text: string, before: readonly string[] = []): readonly string[] => {
    const found = text.split(",").map((part) => part.trim());
    if (found.includes(""))
      throw fault(flag, text, `a list with commas between, such as ${example}`);
    return [...before, ...found];
  };

/** Of some words the nearest to `word`, if it is near. */
export function nearest(word: string, among: readonly string[]): string | undefined {
  const ranked = among
    .map((candidate) => ({ candidate, distance: distanceOf(word, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  const most = word.length < 4 ? 1 : Math.max(2, word.length / 3);
  return best && best.distance <= most ? best.candidate : undefined;
}

/** Edits that turn one word into the other; a beginning of the other is one away. */
function distanceOf(word: string, other: string): number {
  if (word.length > 1 && other.startsWith(word)) return 1;
  let above = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 0; i < Math.min(word.length, 100); i++) {
    const line = [i + 1];
    for (let j = 0; j < other.length; j++) {
      const change = above[j]! + Number(word[i] !== other[j]);
      line.push(Math.min(change, above[j + 1]! + 1, line[j]! + 1));
    }
    above = line;
  }
  return above.at(-1)!;
}
