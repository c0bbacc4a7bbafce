/** Cross-validation: what the numbers are on all held-out rows together, and from fold to fold. */
import type { CrossValidation, Evaluation } from "../../src/index.ts";
import { decimals, integer, placesFor } from "../output/numbers.ts";
import type { Page } from "../output/page.ts";
import { digitsOf, estimates, heading, nameOf, overall, type Row } from "./results.ts";
import { beside } from "./verdict.ts";

export function crossValidationPage(page: Page, found: CrossValidation, hidden: boolean): void {
  const { folds, pooled, comparison, baseline } = found;
  const repeats = new Set(folds.map(({ repeat }) => repeat)).size;
  const perRepeat = folds.length / repeats;
  const times = repeats > 1 ? `, ${repeats} times` : "";
  heading(page, `Cross-validation, ${perRepeat} folds${times}`);
  const keys = overall[pooled.task];
  const rows = keys.map((key): Row => [key, nameOf(key, pooled.task), pooled.statistics[key]]);
  page.line(`all held-out rows together (${integer(pooled.rows)})`, 2);
  estimates(page, rows, 4);
  page.line("fold by fold: mean ± standard deviation, lowest – highest", 2);
  foldTable(page, found, pooled.task);
  beside(page, { comparison, baseline, hidden });
}

function foldTable(page: Page, { folds, mean }: CrossValidation, task: Evaluation["task"]): void {
  const { strong } = page.style;
  const rows = overall[task].flatMap((key) => {
    const { value = null, deviation = null } = mean[key] ?? {};
    if (value === null) return [];
    const values = folds.flatMap((fold) => fold.values[key] ?? []);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const places = key === "rmse" || key === "mae" ? placesFor(value, 3) : 3;
    const spread = deviation === null ? "" : ` ± ${decimals(deviation, places)}`;
    const whole = `${decimals(low, places)} – ${decimals(high, places)}`;
    return [[nameOf(key, task), `${strong(digitsOf(key, value))}${spread}`, whole]];
  });
  page.table(rows, [{ least: page.narrow ? 0 : 24 }, { align: "right" }, {}], 4);
}
