/** The decision curve: what it is worth to act by the model, for whoever weighs harms and benefits so. */
import { chart } from "../charts/chart.ts";
import { band, line, type Point, reference } from "../charts/marks.ts";
import type { Curve } from "../evidence.ts";
import { figure } from "../figure.ts";
import { fixed, methodOf, numbers, percent } from "../format.ts";
import { el, type Markup } from "../html.ts";
import { classColumn, type Setting, sharesAxis, sizeOf } from "./curve.ts";

export function decisionFigure(setting: Setting): Markup {
  const { curves, n } = setting;
  const several = curves.length > 1;
  const shares = curves.map(
    ({ label, prevalence }) => `${percent(prevalence)}${several ? ` ${label}` : ""}`,
  );
  return figure({
    id: "figure-decision",
    title: `Clinical utility: decision curve${several ? " of each class" : ""}`,
    picture: curves.map((each) => pictureOf(each, setting)),
    wide: several,
    caption: [
      el("strong", {}, `${n} (${shares.join(", ")}). `),
      `Net benefit of acting where the probability reaches the threshold: TP/n − FP/n · t/(1 − t), with its 95 % interval (${methodOf(curves[0]!.decision)}). Useful is a model whose curve lies above “treat all” and “treat none” at the thresholds that patients and clinicians would choose. It holds where this share of the rows has the event.`,
    ],
    data: {
      header: [
        ...classColumn(several),
        ...["threshold", "net benefit", "low", "high", "treat all", setting.baseline],
      ],
      names: several ? 2 : 1,
      rows: curves.flatMap(({ label, decision: { points } }) =>
        points.map(({ threshold, netBenefit, low, high, treatAll, baseline }) => [
          ...classColumn(several, label),
          fixed(threshold, 2),
          ...numbers([netBenefit, low, high, treatAll, baseline]),
        ]),
      ),
    },
  });
}

function pictureOf(curve: Curve, { curves, baseline }: Setting): Markup {
  const { series, label, prevalence, decision } = curve;
  const known = bandOf(decision);
  const top = 1.04 * Math.max(0.05, prevalence, ...known.map(([, , high]) => high));
  const drawn = (key: "netBenefit" | "treatAll" | "baseline") =>
    decision.points.flatMap((point): Point[] =>
      point[key] === null ? [] : [[point.threshold, point[key]]],
    );
  const beside = drawn("baseline");
  return chart(
    {
      id: `decision-${series}`,
      title: `Decision curve of ${label}`,
      description: `Net benefit against the threshold probability, compared with treating all and treating none. The share of events is ${percent(prevalence)}.`,
      x: { label: `threshold probability of ${label}`, ...sharesAxis },
      y: { label: "net benefit", low: -0.2 * top, high: top },
      legend: [
        { label: "the network", series: 0, as: "line" },
        ...(beside.length > 0 ? [{ label: baseline, series: 2, as: "line" as const }] : []),
        { label: "treat all", series: 4, as: "line" },
        { label: "treat none", series: 0, as: "reference" },
      ],
      ...sizeOf(curves.length > 1),
    },
    (place) => [
      band(place, known),
      reference(place, [0, 0], [1, 0]),
      line(place, [[0, prevalence], ...drawn("treatAll")], { series: 4, width: 1.75 }),
      line(place, beside, { series: 2, width: 1.75 }),
      line(place, drawn("netBenefit")),
    ],
  );
}

const bandOf = ({ points }: Curve["decision"]) =>
  points.flatMap(({ threshold, low, high }) =>
    low === null || high === null ? [] : [[threshold, low, high] as const],
  );
