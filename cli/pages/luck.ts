/** The luck meter as a picture in text: where the draws lie, and where the first one is among them. */
import type { Luck, Spread } from "../../src/index.ts";
import { blocks, decimals, integer, orNone, percent } from "../output/numbers.ts";
import type { Page } from "../output/page.ts";
import { digitsOf, nameOn, placesOf } from "./results.ts";

/** What is shown of each task; `--json` has all. */
const shown = {
  binary: ["auroc", "accuracy", "brier", "calibrationSlope"],
  classes: ["auroc", "accuracy", "logLoss"],
  regression: ["r2", "rmse", "mae"],
} as const;

export function luckPage(page: Page, found: Luck): void {
  const { strong, faint } = page.style;
  const { rows, all, task, splits, seeds } = found;
  page.line(
    `${integer(rows.drawn)} rows${all ? ", every one" : "; the test rows stayed closed (--all takes them too)"} · ${integer(rows.tested)} tested a time (${percent(rows.tested, rows.drawn)})`,
    2,
  );
  for (const key of shown[task]) {
    const [bySplit, bySeed] = [splits[key], seeds[key]];
    if (!bySplit || !bySeed || bySplit.values.length === 0) continue;
    page.gap();
    page.line(strong(nameOn(page, key, task)));
    const both = [...bySplit.values, ...bySeed.values];
    const ends = [Math.min(...both), Math.max(...both)] as const;
    strip(page, key, { name: "other splits", spread: bySplit, ends });
    strip(page, key, { name: "other seeds", spread: bySeed, ends });
  }
  page.gap();
  page.line(
    faint("▲ the first run of all. One run shows one of these numbers; which one is luck."),
  );
}

const labelWidth = 14;

/** `other splits  ▁ ▃█▅▂  mean 0.973 ± 0.011, 0.942 – 0.994`, and below it where the first lies. */
function strip(
  page: Page,
  key: string,
  { name, spread, ends }: { name: string; spread: Spread; ends: readonly [number, number] },
): void {
  const { faint, accent } = page.style;
  const width = page.narrow ? 16 : 32;
  const [low, high] = ends;
  const place = (value: number) =>
    high > low ? Math.min(width - 1, Math.floor(((value - low) / (high - low)) * width)) : 0;
  const counts = Array.from({ length: width }, () => 0);
  for (const value of spread.values) counts[place(value)]!++;
  const most = Math.max(...counts);
  const picture = counts
    .map((count) => (count === 0 ? "·" : blocks[Math.ceil((count / most) * blocks.length) - 1]))
    .join("");
  const places = placesOf(key, spread.mean);
  const deviation = orNone(spread.deviation, (x) => decimals(x, places));
  const range = `${digitsOf(key, spread.low)} – ${digitsOf(key, spread.high)}`;
  page.line(
    `${faint(name.padEnd(labelWidth))}${accent(picture)}  mean ${digitsOf(key, spread.mean)} ± ${deviation}, ${range}`,
    2,
    2 + labelWidth,
  );
  if (spread.first === null) return;
  const others = spread.values.length - 1;
  page.line(
    `${" ".repeat(labelWidth + place(spread.first))}▲ ${digitsOf(key, spread.first)}, above ${integer(spread.below)} of ${integer(others)}`,
    2,
    2 + labelWidth,
  );
}
