/** Numbers as a report prints them. */
import type { Estimate } from "../metrics/index.ts";
import { type Child, el } from "./html.ts";

/** `1 234`, with a narrow space that does not break. */
export const count = (value: number): string =>
  String(Math.round(value)).replace(/\B(?=(?:\d{3})+$)/g, "\u202f");

/** A number with so many decimals and a true minus sign. */
export function fixed(value: number, decimals = 3): string {
  const text = value.toFixed(decimals);
  return /^-0\.?0*$/.test(text) ? text.slice(1) : text.replace("-", "−");
}

/** Three figures that matter, whatever the size: `0.00123`, `1.23`, `123`, `1 234`. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1e6 || size < 1e-4) return value.toExponential(2).replace(/-/g, "−");
  if (size >= 1000) return `${value < 0 ? "−" : ""}${count(size)}`;
  return fixed(value, decimalsOf(size));
}

/** Decimals that show three figures of a size. */
function decimalsOf(size: number): number {
  let decimals = 2;
  for (let unit = 10; size >= unit && decimals > 0; unit *= 10) decimals--;
  for (let unit = 1; size < unit && decimals < 8; unit /= 10) decimals++;
  return decimals;
}

/** Spells all numbers of one kind with the decimals that show three figures of their spread. */
export function likeSpread(spread: number): (value: number) => string {
  if (!(spread > 1e-6) || spread >= 1e6) return short;
  const decimals = decimalsOf(spread);
  return (value) =>
    decimals === 0 && Math.abs(value) >= 1000 ? short(value) : fixed(value, decimals);
}

/** `37 %`, of a share. */
export const percent = (share: number, decimals = 0): string =>
  `${fixed(100 * share, decimals)}\u00a0%`;

/** `0.52`, `0.004`, `< 0.001`. */
export const pValue = (p: number): string => (p < 0.001 ? "< 0.001" : fixed(p, p < 0.01 ? 3 : 2));

/** `1 row`, `2 rows`. */
export const counted = (number: number, noun: string): string =>
  `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

/** `A, B and C`. */
export const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/** Three decimals if the largest of them is below 10, one up to 1000, fewer above. */
function usualOf(...values: readonly (number | null)[]): (value: number) => string {
  const size = Math.max(...values.map((value) => Math.abs(value ?? 0)));
  return size < 10 ? fixed : size < 1000 ? (x) => fixed(x, 1) : short;
}

/** `0.994 [0.983, 0.999]`, all three as exact as the largest allows; a dash where nothing exists. */
export function spelled({ value, low, high }: Pick<Estimate, "value" | "low" | "high">): string {
  if (value === null) return "—";
  const spell = usualOf(value, low, high);
  return low === null || high === null
    ? spell(value)
    : `${spell(value)} [${spell(low)},\u00a0${spell(high)}]`;
}

/** A number that people read rounded and programs whole. */
export const number = (value: number | null, spell = usualOf(value)): Child =>
  value === null ? "—" : el("data", { value }, spell(value));

/** Numbers that stand beside each other, with the same decimals. */
export const numbers = (values: readonly (number | null)[], spell = usualOf(...values)): Child[] =>
  values.map((value) => number(value, spell));

/** How an interval was made, or why there is none, with its counts as the report spells them. */
export const methodOf = (from: { method: string; reason?: string } | null | undefined): string =>
  (from?.reason ?? from?.method ?? "").replace(/\d{4,}/g, (digits) => count(Number(digits)));
