/** Sequences as counts of their words of k letters. */
import { InputError } from "../../base/errors.ts";
import { quoted } from "../findings.ts";
import { byCodeUnit } from "../table.ts";
import type { KmersInput } from "./types.ts";

const most = 4096;

/** Each word of k letters of the alphabet, from each place; words with any other letter are none. */
function* wordsOf(sequence: string, k: number, alphabet: string): Generator<string> {
  const letters = sequence.toUpperCase();
  const text = alphabet === "ACGT" ? letters.replaceAll("U", "T") : letters;
  for (let place = 0; place + k <= text.length; place++) {
    const word = text.slice(place, place + k);
    if ([...word].every((letter) => alphabet.includes(letter))) yield word;
  }
}

/** How often each of the k-mers occurs. */
export function countKmers(
  sequence: string,
  { k, alphabet, kmers }: Pick<KmersInput, "k" | "alphabet" | "kmers">,
): Float64Array {
  const places = new Map(kmers.map((word, place) => [word, place]));
  const counts = new Float64Array(kmers.length);
  for (const word of wordsOf(sequence, k, alphabet)) {
    const place = places.get(word);
    if (place !== undefined) counts[place]!++;
  }
  return counts;
}

/** The k-mers of training sequences, with mean and deviation (over n) of each count. */
export function fitKmers(
  name: string,
  sequences: readonly string[],
  { k, alphabet }: { readonly k: number; readonly alphabet: string },
): KmersInput {
  const seen = new Set(sequences.flatMap((sequence) => [...wordsOf(sequence, k, alphabet)]));
  const kmers = [...seen].sort(byCodeUnit);
  if (kmers.length === 0 || kmers.length > most)
    throw new InputError(
      `The sequences of ${quoted(name)} have ${kmers.length} words of ${k} letters; from 1 to ${most} can be counted. Ask for ${kmers.length === 0 ? "shorter" : "other"} words with --kmers.`,
    );
  const counts = sequences.map((sequence) => countKmers(sequence, { k, alphabet, kmers }));
  const n = sequences.length;
  const means = kmers.map((_, j) => counts.reduce((sum, own) => sum + own[j]!, 0) / n);
  const deviations = kmers.map((_, j) => {
    const squares = counts.reduce(
      (sum, own) => sum + (own[j]! - means[j]!) * (own[j]! - means[j]!),
      0,
    );
    return Math.sqrt(squares / n) || 1;
  });
  return { kind: "kmers", name, k, alphabet, kmers, means, deviations };
}
