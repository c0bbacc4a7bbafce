/** Which probabilities rows with and without the event get. */
import { chart } from "../charts/chart.ts";
import { bar, reference } from "../charts/marks.ts";
import { figure } from "../figure.ts";
import { count, fixed, percent } from "../format.ts";
import { el, type Markup } from "../html.ts";
import { histogram } from "./calibration.ts";
import { type Curve, classColumn, type Setting, sharesAxis } from "./curve.ts";

const bins = 25;

interface Counted {
  readonly curve: Curve;
  /** Rows in each bin, of the others and of the events. */
  readonly counts: readonly (readonly number[])[];
}

export function distributionFigure(setting: Setting): Markup {
  const { curves, n, threshold } = setting;
  const several = curves.length > 1;
  const found = curves.map((curve) => ({
    curve,
    counts: [0, 1].map((outcome) => histogram(curve.scores, curve.events, outcome, bins)),
  }));
  return figure({
    id: "figure-distribution",
    title: "Probabilities by outcome",
    picture: found.map((each) => pictureOf(each, threshold)),
    wide: several,
    caption: [
      el("strong", {}, `${n}. `),
      `Share of the rows of each outcome by predicted probability, in steps of ${fixed(1 / bins, 2)}: above those with the event, below those without. The less they overlap, the better the model tells them apart.${threshold === null ? "" : ` Dashed: the threshold ${fixed(threshold, 2)}.`}`,
    ],
    data: {
      header: [
        ...classColumn(several),
        "probability from",
        "to",
        "rows with the event",
        "rows without",
      ],
      names: several ? 3 : 2,
      rows: found.flatMap(({ curve, counts }) =>
        Array.from({ length: bins }, (_, i) => [
          ...classColumn(several, curve.label),
          fixed(i / bins, 2),
          fixed((i + 1) / bins, 2),
          count(counts[1]![i]!),
          count(counts[0]![i]!),
        ]),
      ),
    },
  });
}

function pictureOf({ curve, counts }: Counted, threshold: number | null): Markup {
  const { label, other, eventCount, scores, series } = curve;
  const totals = [scores.length - eventCount, eventCount];
  const shares = counts.map((all, outcome) =>
    all.map((rows) => rows / Math.max(1, totals[outcome]!)),
  );
  const most = 1.12 * Math.max(0.05, ...shares.flat());
  const colors = [series === 0 ? 1 : 0, series];
  const x = { label: `predicted probability of ${label}`, ...sharesAxis };
  const spell = (value: number) => percent(Math.abs(value));
  const bars = (outcome: number) =>
    shares[outcome]!.map((share, i) => ({
      ...{ from: i / bins, to: (i + 1) / bins, value: outcome === 1 ? share : -share },
    }));
  return chart(
    {
      id: `distribution-${series}`,
      title: `Probabilities of ${label} by outcome`,
      description: `Histogram of the predicted probability of ${label}: ${count(totals[1]!)} rows with ${label} above, ${count(totals[0]!)} without below.`,
      x,
      y: { label: "share of the rows", low: -most, high: most, spell },
      legend: [
        { label: `${label} (${count(totals[1]!)})`, series: colors[1]!, as: "bar" },
        { label: `${other} (${count(totals[0]!)})`, series: colors[0]!, as: "bar" },
      ],
    },
    (place) => [
      [0, 1].map((outcome) =>
        bars(outcome).map((each) => bar(place, each, { series: colors[outcome]! })),
      ),
      reference(place, [0, 0], [1, 0]),
      threshold === null ? null : reference(place, [threshold, -most], [threshold, most]),
    ],
  );
}
