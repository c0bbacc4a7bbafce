/** What the model rests on: what is lost without a column, and how much each moves the output. */

import type { Importance } from "../../explain/importance.ts";
import { chart, nameLetter } from "../charts/chart.ts";
import { levelBar, markAt, reference, whisker } from "../charts/marks.ts";
import { roundEnds } from "../charts/scale.ts";
import type { Attributed, Explained } from "../explained.ts";
import { figure, type Section } from "../figure.ts";
import { count, fixed, methodOf, number, numbers, short, spelled } from "../format.ts";
import { type Child, el, type Markup } from "../html.ts";
import { withoutData } from "./data.ts";

const mostBars = 15;

export function explanationsSection(explained: Explained | null, n: string): Section {
  return {
    id: "explanations",
    title: "What the model rests on",
    empty: explained === null,
    content: explained
      ? [
          el(
            "p",
            {},
            "An explanation says what the model uses, not what causes the outcome. Columns that tell the same stand in for each other: each may look idle.",
          ),
          el(
            "div",
            { class: "figures" },
            importanceFigure(explained, n),
            explained.attributed.map((each, series) => attributionFigure(each, explained, series)),
          ),
        ]
      : withoutData("explanations"),
  };
}

const names = { auroc: "AUROC", r2: "R²" };

/** Room for names, up to what leaves the bars theirs. */
const leftOf = (names: readonly string[]) =>
  Math.min(160, 20 + Math.ceil(nameLetter * Math.max(...names.map(({ length }) => length))));

/** Rows of a chart, the first at the top: its axis runs upward. */
const rowOf = (shown: number, i: number) => shown - i - 0.5;

function importanceFigure({ importance, columns }: Explained, n: string): Child {
  if (importance === null)
    return el(
      "p",
      {},
      `Permutation importance of ${count(columns.length)} columns would take too long here.`,
    );
  const { statistic, repeats } = importance;
  const sorted = importance.columns.toSorted((a, b) => (b.drop.value ?? 0) - (a.drop.value ?? 0));
  const shown = sorted.slice(0, mostBars);
  return figure({
    id: "figure-importance",
    title: "Permutation importance",
    picture: importancePicture(shown, names[statistic]),
    caption: [
      el("strong", {}, `${n}. `),
      `${names[statistic]} lost when the column is shuffled among the test rows: mean of ${repeats} shuffles, 95 % interval (${methodOf(shown[0]?.drop)}).${sorted.length > shown.length ? ` The first ${shown.length} of ${count(sorted.length)} columns; all in the table.` : ""}`,
    ],
    data: {
      header: ["column", `loss of ${names[statistic]}`, "low", "high"],
      rows: sorted.map(({ column, drop }) => [
        column,
        ...numbers([drop.value, drop.low, drop.high], (x) => fixed(x, 4)),
      ]),
    },
  });
}

function importancePicture(shown: readonly Importance[], statistic: string): Markup {
  const ends = shown.flatMap(({ drop }) => [
    drop.low ?? drop.value ?? 0,
    drop.high ?? drop.value ?? 0,
  ]);
  // what is lost by rounding alone is nothing
  const lost = ends.some((end) => Math.abs(end) > 1e-6);
  const [low, high] = lost ? roundEnds([0, ...ends]) : [-0.01, 0.01];
  return chart(
    {
      id: "importance",
      title: "Permutation importance",
      description: `Loss of ${statistic} when a column is shuffled. The largest: ${shown[0]?.column ?? "none"}, ${shown[0] ? spelled(shown[0].drop) : ""}.`,
      x: { label: `loss of ${statistic}`, low, high },
      y: {
        label: "",
        low: 0,
        high: shown.length,
        names: shown.map(({ column }) => column).reverse(),
      },
      ...{ left: leftOf(shown.map(({ column }) => column)), height: 70 + 24 * shown.length },
    },
    (place) => [
      reference(place, [0, 0], [0, shown.length]),
      shown.map(({ drop }, i) => {
        const y = rowOf(shown.length, i);
        const interval =
          drop.low === null || drop.high === null
            ? null
            : whisker(place, [y, drop.low, drop.high], { along: true });
        return [interval, markAt(place.x(drop.value ?? 0), place.y(y), {})];
      }),
    ],
  );
}

function attributionFigure(
  attributed: Attributed,
  { columns, rows }: Explained,
  series: number,
): Markup {
  const { output, sizes, gap, sanity } = attributed;
  const order = Array.from(columns.keys()).sort((a, b) => sizes[b]! - sizes[a]!);
  const shown = order.slice(0, mostBars);
  const [, high] = roundEnds([0, sizes[shown[0]!] ?? 1]);
  const picture = chart(
    {
      id: `attribution-${series}`,
      title: `Attributions to the ${output}`,
      description: `Mean size of the integrated gradients of each column. The largest: ${columns[shown[0]!] ?? "none"}.`,
      x: { label: "mean |attribution|", low: 0, high },
      y: { label: "", low: 0, high: shown.length, names: shown.map((k) => columns[k]!).reverse() },
      ...{ left: leftOf(shown.map((k) => columns[k]!)), height: 70 + 24 * shown.length },
    },
    (place) =>
      shown.map((k, i) => {
        const y = rowOf(shown.length, i);
        return levelBar(place, { from: y - 0.32, to: y + 0.32, value: sizes[k]! }, { series });
      }),
  );
  return figure({
    id: `figure-attribution-${series}`,
    title: `Integrated gradients: ${output}`,
    picture,
    caption: [
      el("strong", {}, `${count(rows)} test rows. `),
      `How far each column moves the ${output} from that of the training means (Sundararajan et al. 2017, 64 steps); largest completeness gap ${short(gap)}. Randomization test: correlation with a network of fresh weights ${fixed(sanity.correlation, 2)}, ${sanity.depends ? "so the explanation depends on what was learned" : "so it tells more of the inputs than of what was learned: do not rely on it"}.`,
    ],
    data: {
      header: ["column", "mean |attribution|"],
      rows: order.map((k) => [columns[k]!, number(sizes[k]!, (x) => fixed(x, 5))]),
    },
  });
}
