/** How often the test rows were looked at: a number that was chosen by them is no proof. */
import type { Opening } from "../../io/openings.ts";
import { chart } from "../charts/chart.ts";
import { marks, type Point } from "../charts/marks.ts";
import { roundEnds } from "../charts/scale.ts";
import { nameOf } from "../estimates.ts";
import { figure, type Section } from "../figure.ts";
import { count, counted, number } from "../format.ts";
import { el, type Markup } from "../html.ts";
import type { ReportSource } from "../source.ts";

/** `openings` are those of the same rows, in their order. */
export function openingsSection(
  { name, run }: ReportSource,
  openings: readonly Opening[],
): Section | null {
  if (openings.length === 0) return null;
  const own = openings.map(
    (each) => each.run === name && each.opened === run.circumstances.created,
  );
  return {
    id: "openings",
    title: "Openings of the test rows",
    content:
      openings.length === 1 && own[0]
        ? el("p", {}, "Once, by this run, as far as the log of this machine knows.")
        : figureOf(openings, own),
  };
}

function figureOf(openings: readonly Opening[], own: readonly boolean[]): Markup {
  const { statistic } = openings.at(-1)!;
  const known = openings.map((each) => (each.statistic === statistic ? each.value : null));
  const [low, high] = roundEnds(known.filter((value) => value !== null));
  const points = (mine: boolean) =>
    known.flatMap((value, i): Point[] =>
      value === null || own[i] !== mine ? [] : [[i + 1, value]],
    );
  const ticks = openings.length > 12 ? {} : { ticks: openings.map((_, i) => i + 1) };
  const before = own.includes(true) ? own.indexOf(true) : openings.length;
  return figure({
    id: "figure-openings",
    title: `Opened ${counted(openings.length, "time")}`,
    picture: chart(
      {
        id: "openings-chart",
        title: `${nameOf(statistic)} at each opening of these test rows`,
        description: `${count(before)} openings before this run's.`,
        x: { label: "opening", low: 0, high: openings.length + 1, ...ticks },
        y: { label: nameOf(statistic), low, high },
        legend: [
          { label: "another run", series: 0, as: "mark" },
          { label: "this run", series: 1, as: "mark" },
        ],
        ...{ height: 260 },
      },
      (place) => [
        marks(place, points(false), { opacity: 0.7 }),
        marks(place, points(true), { series: 1, radius: 6 }),
      ],
    ),
    caption: [
      el("strong", {}, `${count(before)} before this run. `),
      "Every run that looks at these rows is logged on this machine by their SHA-256, whatever their file. Whoever chooses among runs by these numbers needs other rows to judge by.",
    ],
    data: {
      header: ["opened", "run", "statistic", "value"],
      rows: openings.map((each) => [
        each.opened,
        each.run,
        nameOf(each.statistic),
        number(each.value),
      ]),
    },
  });
}
