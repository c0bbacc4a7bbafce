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
  return fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : size >= 0.01 ? 3 : 5);
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

/** `0.994 [0.983, 0.999]`, all three as exact as the largest allows; a dash where nothing exists. */
export function spelled({ value, low, high }: Estimate): string {
  if (value === null) return "—";
  const size = Math.max(...[value, low ?? 0, high ?? 0].map(Math.abs));
  const spell = size < 10 ? fixed : size < 100 ? (x: number) => fixed(x, 1) : short;
  return low === null || high === null
    ? spell(value)
    : `${spell(value)} [${spell(low)},\u00a0${spell(high)}]`;
}

/** Three decimals up to 10, fewer above. */
const usual = (x: number): string =>
  Math.abs(x) < 10 ? fixed(x, 3) : Math.abs(x) < 100 ? fixed(x, 1) : short(x);

/** A number that people read rounded and programs whole. */
export const number = (value: number | null, spell: (value: number) => string = usual): Child =>
  value === null ? "—" : el("data", { value }, spell(value));
