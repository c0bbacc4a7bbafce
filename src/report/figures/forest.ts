/** A forest: a row a thing, its estimate with the interval; small multiples for several statistics. */
import type { Estimate } from "../../metrics/index.ts";
import { chart, nameLetter } from "../charts/chart.ts";
import { markAt, reference, whisker } from "../charts/marks.ts";
import { roundEnds } from "../charts/scale.ts";
import { type Cell, figure } from "../figure.ts";
import { numbers, spelled } from "../format.ts";
import type { Child, Markup } from "../html.ts";

export interface ForestRow {
  readonly name: string;
  /** The name in the table, where headings do not stand above it. */
  readonly full?: string;
  /** Only a name above the rows that follow; not in the table. */
  readonly heading?: boolean;
  /** Only in the table. */
  readonly unseen?: boolean;
  /** What the table tells before the estimates: rows, events. */
  readonly about?: readonly Cell[];
  /** Too few rows to say anything. */
  readonly faded?: boolean;
  /** Which color and mark (0 unless told). */
  readonly series?: number;
}

/** One statistic of every row. */
export interface ForestPanel {
  readonly label: string;
  readonly estimates: readonly (Estimate | null)[];
  /** Of rows that stand for many: small dots, one a value. */
  readonly dots?: readonly (readonly number[])[];
  /** A dashed line: all rows together, what was promised, the ideal. */
  readonly against?: { readonly value: number | null; readonly label: string };
  /** Values that cannot be passed, such as 0 and 1 of a share. */
  readonly within?: readonly [low: number, high: number];
  /** Only in the table. */
  readonly unseen?: boolean;
}

export interface ForestOptions {
  readonly id: string;
  readonly title: string;
  /** What the rows are: “subgroup”, “site”. */
  readonly what: string;
  /** Headers of what the rows tell beside their names. */
  readonly about?: readonly string[];
  readonly rows: readonly ForestRow[];
  readonly panels: readonly ForestPanel[];
  /** All panels have one axis. */
  readonly alike?: boolean;
  readonly caption: Child;
}

/** The figure: a picture a panel, and all panels in one table. */
export function forestFigure(options: ForestOptions): Markup {
  const { id, title, what, about = [], rows, panels, caption } = options;
  const seen = panels.filter(({ unseen }) => !unseen);
  return figure({
    ...{ id, title, caption, pairs: seen.length > 1 },
    picture: seen.map((panel, i) => pictureOf(panel, options, i)),
    data: {
      header: [what, ...about, ...panels.flatMap(({ label }) => [label, "low", "high"])],
      rows: rows.flatMap(({ name, full = name, about: own = [], heading }, i) => {
        if (heading) return [];
        const cells = panels.flatMap(({ estimates }) => {
          const { value = null, low = null, high = null } = estimates[i] ?? {};
          return numbers([value, low, high]);
        });
        return [[full, ...own, ...cells]];
      }),
    },
  });
}

const [rowHeight, mostLeft] = [24, 220];

function pictureOf(
  panel: ForestPanel,
  { id, title, rows: all, panels, alike }: ForestOptions,
  place: number,
): Markup {
  const { label, estimates, against, dots = [] } = panel;
  const rows = all.filter(({ unseen }) => !unseen); // they come last
  const longest = Math.max(...rows.map(({ name }) => name.length));
  const line = against?.value ?? null;
  const [low, high] = rangeOf(alike ? panels.filter(({ unseen }) => !unseen) : [panel]);
  return chart(
    {
      id: `${id}-${place}`,
      title: `${title}: ${label}`,
      description: rows
        .flatMap(({ name, full = name, heading }, i) =>
          heading ? [] : `${full} ${estimates[i] ? spelled(estimates[i]) : "—"}`,
        )
        .join("; "),
      x: { label, low, high },
      y: { label: "", low: 0, high: rows.length, names: rows.map(({ name }) => name).reverse() },
      legend:
        against && line !== null ? [{ label: against.label, series: 0, as: "reference" }] : [],
      left: Math.min(mostLeft, 16 + Math.ceil(nameLetter * longest)),
      height: 76 + (line === null ? 0 : 20) + rowHeight * rows.length,
    },
    (at) => [
      line === null ? null : reference(at, [line, 0], [line, rows.length]),
      rows.map(({ faded = false, series = 0 }, i): Child => {
        const { value = null, low: from = null, high: to = null } = estimates[i] ?? {};
        const y = rows.length - i - 0.5;
        return [
          (dots[i] ?? []).map((x) =>
            markAt(at.x(x), at.y(y), { series, radius: 3, opacity: 0.45 }),
          ),
          from === null || to === null
            ? null
            : whisker(at, [y, from, to], { along: true, faded, series }),
          value === null ? null : markAt(at.x(value), at.y(y), { faded, series }),
        ];
      }),
    ],
  );
}

/** Round ends that hold all intervals and the line. */
function rangeOf(panels: readonly ForestPanel[]): readonly [number, number] {
  const values = panels.flatMap(({ estimates, dots = [], against }) => [
    ...estimates.flatMap((each) => [each?.value, each?.low, each?.high]),
    ...dots.flat(),
    against?.value,
  ]);
  const within = panels[0]?.within;
  const known = values.filter((value) => typeof value === "number");
  const [low, high] = roundEnds(known);
  return within ? [Math.max(low, within[0]), Math.min(high, within[1])] : [low, high];
}
