/** Cross-validation of the rows that are not tested: from fold to fold, and all held-out rows together. */
import type { Estimate } from "../../metrics/index.ts";
import { at, baselineOf, comparisonAt, estimateAt, nameOf } from "../estimates.ts";
import { type Section, table } from "../figure.ts";
import { type ForestPanel, forestFigure } from "../figures/forest.ts";
import { count, methodOf, number, pValue } from "../format.ts";
import { type Child, el, type Markup } from "../html.ts";
import type { ReportSource } from "../source.ts";
import { isObject } from "../testRows.ts";

const shown = {
  binary: ["auroc", "auprc", "brier", "calibrationSlope"],
  classes: ["auroc", "accuracy", "logLoss"],
  regression: ["r2", "rmse", "mae"],
};

type Fold = Readonly<Record<string, unknown>>;

export function crossValidationSection(source: ReportSource): Section | null {
  const found = at(source.run.metrics, "cv", "folds");
  if (!Array.isArray(found) || found.length === 0) return null;
  const folds = found.filter(isObject);
  return {
    id: "cross-validation",
    title: "Cross-validation",
    content: [
      foldsFigure(source, folds),
      comparisonFigure(source, folds),
      foldsTable(source, folds),
    ],
  };
}

const valueIn = (fold: Fold, key: string): number | null => {
  const value = fold[key];
  return typeof value === "number" ? value : null;
};

/** `5 folds, 10 times`. */
function timesOf(folds: readonly Fold[]): string {
  const repeats = new Set(folds.map(({ repeat }) => repeat)).size;
  return `${count(folds.length / repeats)} folds${repeats > 1 ? `, ${count(repeats)} times` : ""}`;
}

const heldIn = (folds: readonly Fold[]) =>
  folds.reduce((sum, { rows }) => sum + Number(at(rows, "held") ?? 0), 0);

function foldsFigure(source: ReportSource, folds: readonly Fold[]): Markup {
  const { metrics } = source.run;
  const keys = shown[source.model.target.task];
  const area = estimateAt(metrics, "cv", "byFold", "auroc");
  const pooled = estimateAt(metrics, "cv", keys[0]!);
  const panel = (key: string): ForestPanel => ({
    label: nameOf(key),
    estimates: [
      null,
      key === "auroc" && area ? area : meanOf(source, key),
      estimateAt(metrics, "cv", key),
      estimateAt(metrics, "test", key),
    ],
    dots: [folds.flatMap((fold) => valueIn(fold, key) ?? []), [], [], []],
  });
  return forestFigure({
    id: "figure-folds",
    title: "From fold to fold",
    what: "rows",
    rows: [
      { name: "each fold" },
      { name: "mean of the folds", series: 0 },
      { name: "all held-out rows", series: 1 },
      { name: "the test rows", series: 2 },
    ],
    panels: keys.map(panel),
    caption: [
      el("strong", {}, `${timesOf(folds)}, ${count(heldIn(folds))} held-out predictions. `),
      `None of the test rows takes part; recipe, network and baseline are fitted anew in each fold. 95 % intervals: ${area ? `mean AUROC of the folds by ${methodOf(area)}; ` : ""}all held-out rows together by ${methodOf(pooled)}. What the folds differ by is the luck of a split.`,
    ],
  });
}

/** Without an interval: folds share training rows, so their spread gives none. */
function meanOf({ run }: ReportSource, key: string): Estimate | null {
  const value = at(run.metrics, "cv", "mean", key, "value");
  return typeof value === "number" ? { value, low: null, high: null, method: "" } : null;
}

/** Network minus baseline, wherever both were judged. */
function comparisonFigure(source: ReportSource, folds: readonly Fold[]): Child {
  const { metrics } = source.run;
  const all = (
    [
      ["fold by fold", ["cv", "byFold", "comparison"]],
      ["all held-out rows", ["cv", "comparison"]],
      ["one site out", ["sites", "comparison"]],
      ["the test rows", ["comparison"]],
    ] as const
  ).flatMap(([name, path]) => {
    const found = comparisonAt(metrics, ...path);
    return found === null || found.difference === null ? [] : [{ ...found, name }];
  });
  if (all.length === 0) return null;
  const baseline = baselineOf(metrics).name;
  const told = all.map(
    ({ name, method, p }) =>
      `${name} by ${methodOf({ method })}${p === null ? "" : `, p ${p < 0.001 ? "" : "= "}${pValue(p)}`}`,
  );
  return forestFigure({
    id: "figure-against-baseline",
    title: `Network minus ${baseline}`,
    what: "rows",
    rows: all.map(({ name }, series) => ({ name, series })),
    panels: [
      {
        label: `difference in ${nameOf(all[0]!.statistic)}`,
        estimates: all.map(({ difference, low, high, method }) => ({
          ...{ value: difference, low, high, method },
        })),
        against: { value: 0, label: "no difference" },
      },
    ],
    caption: [
      el("strong", {}, `${timesOf(folds)}. `),
      `${all[0]!.statistic === "rmse" ? "Below" : "Above"} 0 the network is better. 95 % intervals and p: ${told.join("; ")}.`,
    ],
  });
}

/** Settings that a search inside each fold chose, as people read them. */
function chosenText(chosen: unknown): string {
  if (!isObject(chosen)) return "";
  const { hidden, learningRate, dropout, weightDecay } = chosen;
  const widths = Array.isArray(hidden) ? hidden.join(",") || "none" : "";
  return `hidden ${widths}; rate ${learningRate}; dropout ${dropout}; decay ${weightDecay}`;
}

function foldsTable(source: ReportSource, folds: readonly Fold[]): Child {
  const keys = shown[source.model.target.task];
  const searched = folds.some(({ chosen }) => isObject(chosen));
  return table(
    {
      id: "folds",
      title: "Fold by fold",
      note: `What each fold's held-out rows give.${searched ? " The settings were searched inside each fold's own learning rows." : ""}`,
    },
    {
      header: [
        ...["repeat", "fold", "rows learned", "rows held out"],
        ...keys.map(nameOf),
        ...(searched ? ["settings chosen"] : []),
      ],
      names: 2,
      rows: folds.map((fold) => [
        ...[fold.repeat, fold.fold].map((index) => count(Number(index) + 1)),
        count(Number(at(fold, "rows", "training")) + Number(at(fold, "rows", "validation"))),
        count(Number(at(fold, "rows", "held"))),
        ...keys.map((key) => number(valueIn(fold, key))),
        ...(searched ? [chosenText(fold.chosen)] : []),
      ]),
    },
  );
}
