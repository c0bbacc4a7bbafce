/** Published figures beside ours, a block of rows a paper. */
import type { Figures, Paper, Reproduced } from "../../src/node.ts";
import { decimals, duration, integer, tie } from "../output/numbers.ts";
import type { Column, Page } from "../output/page.ts";
import { digitsOf, intervalOf, nameOf } from "./results.ts";

const linear = { binary: "logistic", classes: "softmax", regression: "linear" } as const;
const short: Readonly<Record<string, string>> = { "Brier score": "Brier" };
const called = (key: string) => short[nameOf(key)] ?? nameOf(key);

/** So wide that the blocks of all papers are one table. */
const columns = (page: Page): Column[] => {
  const facts = page.narrow ? [] : [{ least: 16 }, { least: 8 }];
  return [
    ...facts,
    { least: 8 },
    { align: "right", least: 5 },
    { align: "right", least: 13 },
    { align: "right", least: 6 },
  ];
};

export function papersHead(page: Page, seed: number): void {
  const { strong, faint } = page.style;
  page.line(
    `${strong("Papers")}   the data, splits and settings of others, trained by Golgi; seed ${integer(seed)}`,
    0,
    9,
  );
  page.line();
  if (page.narrow) page.line(faint(`each: Golgi, 95${tie}%${tie}interval, scikit-learn`), 2);
  else
    page.table(
      [["", "", "", "Golgi", `95${tie}%${tie}interval`, "sklearn"].map(faint)],
      columns(page),
    );
}

export function paperRows(page: Page, paper: Paper, found: Reproduced): void {
  const { strong, faint, warn } = page.style;
  const { title, folds, scikitLearn, published } = paper;
  const { task, rows, features, differing } = found;
  const how = folds
    ? `${folds.folds}-fold${folds.repeats > 1 ? ` × ${folds.repeats}` : ""}`
    : "its own split";
  const facts = [strong(title), faint(`${integer(rows)} × ${integer(features)}`), faint(how)];
  const models = [
    [linear[task], found.linear, scikitLearn.linear],
    ["network", found.network, scikitLearn.network],
  ] as const;
  page.line();
  if (page.narrow) page.line(facts.join("  "));
  let row = 0;
  for (const [model, ours, theirs] of models) {
    const cells = rowsOf(ours, theirs);
    if (page.narrow) {
      page.line(model, 2);
      page.table(cells, columns(page));
    } else {
      const lines = cells.map((each, i) => [facts[row++] ?? "", i === 0 ? model : "", ...each]);
      page.table(lines, columns(page));
    }
  }
  for (const { model, statistic, ours, theirs } of differing)
    page.line(
      `${warn("!")} ${model === "linear" ? linear[task] : model} ${called(statistic)} ${digitsOf(statistic, ours.value)}: scikit-learn's ${figure(statistic, theirs)} ${ours.low === null ? "is another" : `lies outside of ${intervalOf(statistic, ours)}`}`,
      2,
      4,
    );
  if (published) page.line(faint(`${published.source}: ${published.says}`), 2, 4);
}

const rowsOf = (ours: Reproduced["linear"], theirs: Figures) =>
  Object.entries(ours).map(([key, estimate]) => [
    called(key),
    digitsOf(key, estimate.value),
    intervalOf(key, estimate),
    theirs[key] === undefined ? "—" : figure(key, theirs[key]),
  ]);

/** With the digits that others print. */
const figure = (key: string, value: number): string =>
  decimals(value, key === "rmse" ? 1 : key === "accuracy" || key === "r2" ? 3 : 4);

export function papersEnd(page: Page, found: readonly Reproduced[], seconds: number): void {
  if (found.length === 0) return;
  const differing = found.flatMap((each) => each.differing);
  const verdict =
    differing.length === 0
      ? "no figure of others lies outside of our intervals"
      : `${integer(differing.length)} of the figures of others lie outside of our intervals (marked !)`;
  page.line();
  page.line(`${integer(found.length)} of them in ${duration(seconds)}: ${verdict}.`);
  page.line(
    page.style.faint(
      "Intervals tell of other patients. Other folds and first weights move a figure too, the more the fewer the rows: try --seed 1.",
    ),
  );
}
