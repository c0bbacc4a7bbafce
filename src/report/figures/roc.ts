/** The ROC curve, with the area under it. */
import { auroc, confusion, type Estimate, wilson } from "../../metrics/index.ts";
import { chart } from "../charts/chart.ts";
import { line, markAt, type Point, reference, whisker } from "../charts/marks.ts";
import type { Place } from "../charts/place.ts";
import { figure } from "../figure.ts";
import { fixed, number, spelled } from "../format.ts";
import { type Child, el, type Markup } from "../html.ts";
import { type Curve, classColumn, type Setting, sharesAxis } from "./curve.ts";

interface Corner {
  readonly threshold: number;
  readonly alarms: number;
  readonly hits: number;
}

/** Of all curves together. */
const mostCorners = 300;

/** (1 − specificity, sensitivity) at each threshold, from the highest down; beyond `most` evenly thinned. */
function rocCorners({ scores, events, eventCount }: Curve, most: number): Corner[] {
  const order = Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
  const others = scores.length - eventCount;
  const corners: Corner[] = [{ threshold: Infinity, alarms: 0, hits: 0 }];
  let [hits, alarms] = [0, 0];
  order.forEach((row, i) => {
    if (events[row] === 1) hits++;
    else alarms++;
    const threshold = scores[row]!;
    if (scores[order[i + 1]!] === threshold) return;
    corners.push({ threshold, alarms: alarms / others, hits: hits / eventCount });
  });
  return thinned(corners, most);
}

/** Every so many, the first and the last among them. */
function thinned<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  const place = (i: number) => Math.round((i * (all.length - 1)) / (most - 1));
  return Array.from({ length: most }, (_, i) => all[place(i)]!);
}

interface Drawn {
  readonly curve: Curve;
  readonly area: Estimate;
  readonly corners: readonly Corner[];
}

/** The figure; curves of several classes share it. */
export function rocFigure(setting: Setting): Markup {
  const { curves, n } = setting;
  const several = curves.length > 1;
  const most = Math.max(20, Math.round(mostCorners / curves.length));
  const drawn = curves.flatMap((curve): Drawn[] => {
    const area = auroc(curve.scores, curve.events, setting.interval());
    return area.value === null ? [] : [{ curve, area, corners: rocCorners(curve, most) }];
  });
  return figure({
    id: "figure-roc",
    title: `Discrimination: ROC curve${several ? " of each class against the others" : ""}`,
    picture: pictureOf(drawn, setting),
    caption: [el("strong", {}, `${n}. `), captionOf(setting, drawn[0]!.area.method)],
    data: {
      header: [...classColumn(several), "threshold", "1 − specificity", "sensitivity"],
      rows: drawn.flatMap(({ curve, corners }) =>
        corners.map(({ threshold, alarms, hits }) => [
          ...classColumn(several, curve.label),
          threshold === Infinity ? "above all" : number(threshold),
          number(alarms),
          number(hits),
        ]),
      ),
      names: several ? 2 : 1,
    },
  });
}

function pictureOf(drawn: readonly Drawn[], setting: Setting): Markup {
  const several = setting.curves.length > 1;
  const areas = drawn.map(({ curve, area }) => ({
    label: `${several ? curve.label : "AUROC"} ${spelled(area)}`,
    series: curve.series,
    as: "line" as const,
  }));
  return chart(
    {
      id: "roc",
      title: "ROC curve",
      description: `Sensitivity against 1 − specificity. ${several ? "AUROC: " : ""}${areas.map(({ label }) => label).join("; ")}.`,
      x: { label: "1 − specificity", ...sharesAxis },
      y: { label: "sensitivity", ...sharesAxis },
      legend: [...areas, { label: "chance", series: 0, as: "reference" }],
    },
    (place) => [
      reference(place, [0, 0], [1, 1]),
      drawn.map(({ curve: { series }, corners }) =>
        line(
          place,
          corners.map(({ alarms, hits }): Point => [alarms, hits]),
          { series },
        ),
      ),
      operatingPoint(setting, place),
    ],
  );
}

function captionOf({ threshold, grouped }: Setting, method: string): string {
  const area = `AUROC is the chance that a row with the event gets a higher probability than one without; 95 % interval: ${method}.`;
  if (threshold === null) return area;
  const whiskers = grouped ? "" : ", with Wilson 95 % intervals of both rates";
  return `${area} The square is the threshold ${fixed(threshold, 2)}, chosen on the validation rows${whiskers}.`;
}

/** Where the model stands at its threshold, with the intervals of both rates. */
function operatingPoint({ curves, threshold, grouped }: Setting, place: Place): Child {
  const [curve] = curves;
  if (threshold === null || !curve || curve.eventCount % curve.scores.length === 0) return null;
  const { truePositive, falsePositive } = confusion(curve.scores, curve.events, threshold);
  const others = curve.scores.length - curve.eventCount;
  const at: Point = [falsePositive / others, truePositive / curve.eventCount];
  const series = 1;
  const [hits, alarms] = [wilson(truePositive, curve.eventCount), wilson(falsePositive, others)];
  return [
    grouped ? null : whisker(place, [at[0], ...hits], { series }),
    grouped ? null : whisker(place, [at[1], ...alarms], { series, along: true }),
    markAt(place.x(at[0]), place.y(at[1]), { series, radius: 5 }),
  ];
}
