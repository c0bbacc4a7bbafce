/** Cross-validation: what the numbers are on all held-out rows together, and from fold to fold. */
import type { CrossValidation, Evaluation } from "../../src/index.ts";
import { decimals, integer, pValue } from "../output/numbers.ts";
import type { Page } from "../output/page.ts";
import {
  digitsOf,
  estimates,
  heading,
  intervalOf,
  nameOf,
  nameOn,
  overall,
  placesOf,
  type Row,
} from "./results.ts";
import { beside } from "./verdict.ts";

export function crossValidationPage(page: Page, found: CrossValidation, hidden: number): void {
  const { folds, pooled, comparison, baseline } = found;
  const repeats = new Set(folds.map(({ repeat }) => repeat)).size;
  const perRepeat = folds.length / repeats;
  const times = repeats > 1 ? `, ${repeats} times` : "";
  heading(page, `Cross-validation, ${perRepeat} folds${times}`);
  const keys = overall[pooled.task];
  const rows = keys.map(
    (key): Row => [key, nameOn(page, key, pooled.task), pooled.statistics[key]],
  );
  page.line(`all held-out rows together (${integer(pooled.rows)})`, 2);
  estimates(page, rows, 4);
  const ends = page.narrow ? "" : ", lowest – highest";
  page.line(`fold by fold: mean ± standard deviation${ends}`, 2);
  foldTable(page, found, pooled.task);
  foldFacts(page, found);
  beside(page, { comparison, baseline, hidden });
}

/** The mean AUROC with its interval, and the network against its baseline from fold to fold. */
function foldFacts(page: Page, { byFold: { auroc, comparison } }: CrossValidation): void {
  if (auroc && auroc.low !== null)
    page.fact(
      "by fold",
      `mean AUROC ${digitsOf("auroc", auroc.value)} (${intervalOf("auroc", auroc)}, influence curve)`,
    );
  const { statistic, difference, p } = comparison;
  if (difference !== null && p !== null)
    page.fact(
      auroc ? "" : "by fold",
      `${nameOf(statistic)} minus the baseline's ${decimals(difference, placesOf(statistic, difference))} (${pValue(p)}, corrected for folds that share training rows)`,
    );
}

function foldTable(page: Page, { folds, mean }: CrossValidation, task: Evaluation["task"]): void {
  const { strong } = page.style;
  const rows = overall[task].flatMap((key) => {
    const { value = null, deviation = null } = mean[key] ?? {};
    if (value === null) return [];
    const values = folds.flatMap((fold) => fold.values[key] ?? []);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const places = placesOf(key, value);
    const spread = deviation === null ? "" : ` ± ${decimals(deviation, places)}`;
    const whole = `${decimals(low, places)} – ${decimals(high, places)}`;
    const cells = [nameOn(page, key, task), `${strong(digitsOf(key, value))}${spread}`];
    return [page.narrow ? cells : [...cells, whole]];
  });
  page.table(rows, [{ least: page.narrow ? 0 : 24 }, { align: "right" }, {}], 4);
}
