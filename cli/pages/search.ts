/** What a search tried, the best first, and what it chose; in folds, what each of them chose. */
import type { CrossValidation, Searched, SearchResult, SiteValidation } from "../../src/index.ts";
import { decimals, figure, integer, orNone } from "../output/numbers.ts";
import type { Column, Page } from "../output/page.ts";
import { harmless } from "../output/style.ts";
import { digitsOf, nameOf } from "./results.ts";

/** Lines of the table; metrics.json has all. */
const most = 8;
const right: Column = { align: "right" };
const settingColumns = [{}, right, right, right];

const names = ["hidden", "rate", "drop", "decay"];
const cellsOf = ({ hidden, learningRate, dropout, weightDecay }: Searched): string[] => [
  hidden.join(",") || "none",
  String(learningRate),
  decimals(dropout, 1),
  String(weightDecay),
];

export function searchPage(page: Page, found: SearchResult): void {
  const { strong, faint } = page.style;
  const { strategy, folds, statistic, chosen } = found;
  const score = statistic === "rmse" ? "r2" : "auroc";
  page.gap();
  page.line(
    `${strong(`Search, ${integer(found.trials.length)} trials`)}  ${faint(`${strategy}, by ${folds} folds of the learning rows; the test rows took no part`)}`,
    0,
    2,
  );
  const order = found.trials.toSorted(
    (a, b) => b.round - a.round || (a.loss ?? Number.MAX_VALUE) - (b.loss ?? Number.MAX_VALUE),
  );
  const rows = order
    .slice(0, most)
    .map(({ trial, settings, epochs, loss, score: value }) => [
      trial === chosen ? strong(`${trial} ←`) : String(trial),
      ...cellsOf(settings),
      integer(epochs),
      strong(orNone(loss, (x) => (statistic === "rmse" ? figure(x, 4) : decimals(x, 4)))),
      digitsOf(score, value),
    ]);
  const head = ["trial", ...names, "epochs", nameOf(statistic), nameOf(score)].map(faint);
  page.table([head, ...rows], [{}, ...settingColumns, right, right, right]);
  const left = order.length - rows.length;
  if (left > 0) page.line(faint(`${integer(left)} more in metrics.json`), 2);
}

/** The settings that the search inside each fold, or without each site, chose. */
export function chosenInParts(
  page: Page,
  folded: CrossValidation | null,
  sites: SiteValidation | null,
): void {
  const parts = [
    ...(folded?.folds ?? []).map(({ repeat, fold, chosen }) => ({
      name: `fold ${repeat > 0 ? `${repeat + 1}.` : ""}${fold + 1}`,
      chosen,
    })),
    ...(sites?.sites ?? []).map(({ site, chosen }) => ({
      name: `without ${harmless(site)}`,
      chosen,
    })),
  ];
  const rows = parts.flatMap(({ name, chosen }) => (chosen ? [[name, ...cellsOf(chosen)]] : []));
  if (rows.length === 0) return;
  page.gap();
  page.line(page.style.strong("Chosen inside each part"));
  page.table([["", ...names].map(page.style.faint), ...rows], [{}, ...settingColumns]);
}
