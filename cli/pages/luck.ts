/** The luck meter as a picture in text: where the draws lie, and where the first one is among them. */
import type { Luck, Spread } from "../../src/index.ts";
import { blocks, decimals, integer, orNone, percent, tie } from "../output/numbers.ts";
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
  const range = [spread.low, spread.high].map((end) => digitsOf(key, end)).join(`${tie}–${tie}`);
  const drawn = `${faint(name.padEnd(labelWidth))}${accent(picture)}`;
  const told = `mean ${digitsOf(key, spread.mean)} ± ${deviation}, ${range}`;
  if (page.narrow) page.line(drawn, 2);
  else page.line(`${drawn}  ${told}`, 2, 2 + labelWidth);
  if (spread.first !== null) {
    const others = spread.values.length - 1;
    const mark = `${" ".repeat(labelWidth + place(spread.first))}▲`;
    const below = `${digitsOf(key, spread.first)}, above ${integer(spread.below)} of ${integer(others)}`;
    page.line(page.narrow ? mark : `${mark} ${below}`, 2, 2 + labelWidth);
    if (page.narrow) page.line(`▲ ${below}`, 4);
  }
  if (page.narrow) page.line(told, 4);
}
