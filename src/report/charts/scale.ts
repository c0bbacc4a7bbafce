/** Where a value stands on an axis, and at which values the axis has its marks. */
import { fixed } from "../format.ts";

/** Round numbers from `low` to `high`, about `wanted` of them, 1, 2 or 5 times a power of ten apart. */
export function ticks(low: number, high: number, wanted = 5): number[] {
  const step = roundStep((high - low) / wanted);
  if (!(step > 0)) return [low];
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first) + 1 }, (_, i) => tidy((first + i) * step));
}

/** The nearest of 1, 2, 5 times a power of ten that is not below. */
function roundStep(least: number): number {
  if (!(least > 0) || !Number.isFinite(least)) return 0;
  let power = 1;
  while (power * 10 <= least) power *= 10;
  while (power > least) power /= 10;
  for (const times of [1, 2, 5]) if (least <= times * power * (1 + 1e-9)) return times * power;
  return 10 * power;
}

const tidy = (value: number) => Number(value.toPrecision(12)) + 0;

/** Marks with as many decimals as their distance needs. */
export function spellTicks(marks: readonly number[]): (value: number) => string {
  const step = marks.length > 1 ? Math.abs(marks[1]! - marks[0]!) : Math.abs(marks[0] ?? 1);
  let decimals = 0;
  for (let unit = step; decimals < 6 && Math.abs(unit - Math.round(unit)) > 1e-6 * unit; unit *= 10)
    decimals++;
  return (value) => (Math.abs(value) >= 1e6 ? value.toExponential(1) : fixed(value, decimals));
}

/** Ends that are round numbers and hold all values. */
export function roundEnds(values: Iterable<number>, wanted = 5): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(low <= high)) return [0, 1];
  if (low === high) return [low - 0.5, high + 0.5];
  const step = roundStep((high - low) / wanted);
  return [tidy(Math.floor(low / step) * step), tidy(Math.ceil(high / step) * step)];
}
