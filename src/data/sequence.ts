/** Strings of one length over a small alphabet: DNA, RNA, protein. */

/** IUPAC-IUB 1985: what each letter of a nucleotide sequence may be. */
const nucleotides: Readonly<Record<string, string>> = {
  A: "A",
  C: "C",
  G: "G",
  T: "T",
  U: "T",
  R: "AG",
  Y: "CT",
  S: "CG",
  W: "AT",
  K: "GT",
  M: "AC",
  B: "CGT",
  D: "AGT",
  H: "ACT",
  V: "ACG",
  N: "ACGT",
};
const shortest = 10;

/** Why these values are sequences; `null` where they are not. */
export function findSequence(values: readonly string[]): string | null {
  const length = values[0]!.length;
  if (length < shortest || !values.every((value) => value.length === length)) return null;
  const letters = lettersOf(values);
  if (isNucleic(letters) && values.length >= 3) return `${length} nucleotides`;
  const protein = values.length > 10 && values.every((value) => /^[A-Z*-]+$/.test(value));
  return protein && letters.length <= 28 ? `${length} letters` : null;
}

/** The letters that occur, upper case, sorted. */
function lettersOf(values: readonly string[]): string {
  const letters = new Set<string>();
  for (const value of values) for (const letter of value.toUpperCase()) letters.add(letter);
  return [...letters].sort().join("");
}

const isNucleic = (letters: string) =>
  [...letters].every((letter) => letter === "-" || nucleotides[letter] !== undefined);

/** The alphabet to encode with: ACGT for nucleotides, otherwise the letters that occur. */
export function alphabetOf(values: readonly string[]): string {
  const letters = lettersOf(values);
  return isNucleic(letters) ? "ACGT" : letters.replace("-", "");
}

/**
 * The share of each letter of the alphabet at one place: 1 for the letter itself; a nucleotide that
 * may be several (R: A or G) is shared equally; a gap is none. `null` for a letter never seen.
 */
export function letterShares(letter: string, alphabet: string): readonly number[] | null {
  const upper = letter.toUpperCase();
  const meant = alphabet === "ACGT" ? nucleotides[upper] : upper;
  if (upper === "-") return Array.from(alphabet, () => 0);
  if (meant === undefined || ![...meant].every((each) => alphabet.includes(each))) return null;
  return Array.from(alphabet, (each) => (meant.includes(each) ? 1 / meant.length : 0));
}
