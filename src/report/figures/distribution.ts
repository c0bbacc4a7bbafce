/** Which probabilities rows with and without the event get. */
import { chart } from "../charts/chart.ts";
import { bar, reference } from "../charts/marks.ts";
import type { Curve } from "../evidence.ts";
import { figure } from "../figure.ts";
import { count, fixed, percent } from "../format.ts";
import { el, type Markup } from "../html.ts";
import { classColumn, type Setting, sharesAxis, sizeOf } from "./curve.ts";

export function distributionFigure(setting: Setting): Markup {
  const { curves, n, threshold } = setting;
  const several = curves.length > 1;
  return figure({
    id: "figure-distribution",
    title: "Probabilities by outcome",
    picture: curves.map((each) => pictureOf(each, setting)),
    wide: several,
    caption: [
      el("strong", {}, `${n}. `),
      `Share of the rows of each outcome by predicted probability: above those with the event, below those without. The less they overlap, the better the model tells them apart.${threshold === null ? "" : ` Dashed: the threshold ${fixed(threshold)}.`}`,
    ],
    data: {
      header: [
        ...classColumn(several),
        ...["probability from", "to", "rows with the event", "rows without"],
      ],
      names: several ? 3 : 2,
      rows: curves.flatMap(({ label, distribution: { edges, events, others } }) =>
        events.map((rows, i) => [
          ...classColumn(several, label),
          ...[edges[i]!, edges[i + 1]!].map((edge) => fixed(edge, 2)),
          ...[rows, others[i]!].map(count),
        ]),
      ),
    },
  });
}

function pictureOf(curve: Curve, { curves, threshold }: Setting): Markup {
  const { label, other, events, rows, series, distribution } = curve;
  const totals = [rows - events, events];
  const shares = [distribution.others, distribution.events].map((all, outcome) =>
    all.map((found) => found / Math.max(1, totals[outcome]!)),
  );
  const most = 1.12 * Math.max(0.05, ...shares.flat());
  const x = { label: `predicted probability of ${label}`, ...sharesAxis };
  const spell = (value: number) => percent(Math.abs(value));
  const bars = (outcome: number) =>
    shares[outcome]!.map((share, i) => ({
      ...{ from: distribution.edges[i]!, to: distribution.edges[i + 1]! },
      value: outcome === 1 ? share : -share,
    }));
  return chart(
    {
      id: `distribution-${series}`,
      title: `Probabilities of ${label} by outcome`,
      description: `Histogram of the predicted probability of ${label}: ${count(totals[1]!)} rows with ${label} above, ${count(totals[0]!)} without below.`,
      x,
      y: { label: "share of the rows", low: -most, high: most, spell },
      legend: [
        { label: `${label} (${count(totals[1]!)})`, series: 0, as: "bar" },
        { label: `${other} (${count(totals[0]!)})`, series: 1, as: "bar" },
      ],
      ...sizeOf(curves.length > 1),
    },
    (place) => [
      [0, 1].map((outcome) =>
        bars(outcome).map((each) => bar(place, each, { series: 1 - outcome })),
      ),
      reference(place, [0, 0], [1, 0]),
      threshold === null ? null : reference(place, [threshold, -most], [threshold, most]),
    ],
  );
}
