/** The decision curve: what it is worth to act by the model, for whoever weighs harms and benefits so. */
import { type DecisionPoint, decisionCurve } from "../../metrics/index.ts";
import { chart } from "../charts/chart.ts";
import { band, line, type Point, reference } from "../charts/marks.ts";
import { figure } from "../figure.ts";
import { fixed, number, percent } from "../format.ts";
import { el, type Markup } from "../html.ts";
import { type Curve, classColumn, type Setting, sharesAxis } from "./curve.ts";

interface Found {
  readonly curve: Curve;
  readonly points: readonly DecisionPoint[];
}

export function decisionFigure(setting: Setting): Markup {
  const { curves, n } = setting;
  const found = curves.map((curve) => ({
    curve,
    points: decisionCurve(curve.scores, curve.events, setting.interval(20)),
  }));
  const several = curves.length > 1;
  const prevalence = curves.map(
    ({ label, eventCount, scores }) => `${percent(eventCount / scores.length)} ${label}`,
  );
  return figure({
    id: "figure-decision",
    title: several
      ? "Clinical utility: decision curve of each class"
      : "Clinical utility: decision curve",
    picture: found.map((each) => pictureOf(each, several)),
    wide: several,
    caption: [
      el("strong", {}, `${n}, ${prevalence.join(", ")}. `),
      `Net benefit of acting where the probability reaches the threshold: TP/n − FP/n · t/(1 − t), with the 95 % interval (${found[0]!.points[0]!.netBenefit.method}). Useful is a model whose curve lies above “treat all” and “treat none” at the thresholds that patients and clinicians would choose. It holds for a population with this share of events.`,
    ],
    data: {
      header: [...classColumn(several), "threshold", "net benefit", "low", "high", "treat all"],
      names: several ? 2 : 1,
      rows: found.flatMap(({ curve, points }) =>
        points.map(({ threshold, netBenefit, treatAll }) => [
          ...classColumn(several, curve.label),
          fixed(threshold, 2),
          ...[netBenefit.value, netBenefit.low, netBenefit.high, treatAll].map((value) =>
            number(value),
          ),
        ]),
      ),
    },
  });
}

function pictureOf({ curve, points }: Found, several: boolean): Markup {
  const { series, label, eventCount, scores } = curve;
  const prevalence = eventCount / scores.length;
  const top = Math.max(0.05, prevalence * 1.08);
  const shown = points.filter(({ netBenefit }) => netBenefit.value !== null);
  return chart(
    {
      id: `decision-${series}`,
      title: `Decision curve of ${label}`,
      description: `Net benefit against the threshold probability, compared with treating all and treating none. The share of events is ${percent(prevalence)}.`,
      x: { label: `threshold probability of ${label}`, ...sharesAxis },
      y: { label: "net benefit", low: -0.2 * top, high: top },
      legend: [
        { label: several ? `by the network, ${label}` : "by the network", series, as: "line" },
        { label: "treat all", series: 4, as: "line" },
        { label: "treat none", series: 0, as: "reference" },
      ],
    },
    (place) => [
      band(
        place,
        shown.flatMap(({ threshold, netBenefit: { low, high } }) =>
          low === null || high === null ? [] : [[threshold, low, high] as const],
        ),
        series,
      ),
      reference(place, [0, 0], [1, 0]),
      line(
        place,
        [[0, prevalence], ...points.map(({ threshold, treatAll }): Point => [threshold, treatAll])],
        { series: 4, width: 1.75 },
      ),
      line(
        place,
        shown.map(({ threshold, netBenefit }): Point => [threshold, netBenefit.value!]),
        { series },
      ),
    ],
  );
}
