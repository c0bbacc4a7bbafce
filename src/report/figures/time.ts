/** Rows in time, where the latest are tested. */
import { type Moments, readMoments } from "../../evaluate/protocols/time.ts";
import type { ForwardFacts, Prepared } from "../../evaluate/types.ts";
import { chart } from "../charts/chart.ts";
import { bar, reference } from "../charts/marks.ts";
import { figure } from "../figure.ts";
import { count } from "../format.ts";
import { type Child, el, type Markup } from "../html.ts";

const bins = 24;

/** Some stretch of time: its rows in order, and how many of them are learned from and tested. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly rows: readonly number[];
  readonly learned: number;
  readonly tested: number;
}

/** `null` where the split is none in time, or the test rows have a table of their own. */
export function timeFigure({ table, test, split, forward }: Prepared): Child {
  if (!forward || test.table !== table) return null;
  const tested = new Set(split.test);
  const rows = Int32Array.from([...split.training, ...split.validation, ...split.test]);
  const { of, spell } = readMoments(table, forward.column, rows);
  const ordered = Array.from(rows).sort((a, b) => of[a]! - of[b]!);
  const stretches = stretchesOf(ordered, of, tested);
  const { leftOut, column, from } = forward;
  return figure({
    id: "figure-time",
    title: "Rows in time",
    wide: true,
    picture: pictureOf(forward, stretches, marksOf(ordered, { of, spell, tested })),
    caption: [
      el("strong", {}, `${count(rows.length - tested.size)} rows before ${column} ${from}, `),
      el("strong", {}, `${count(tested.size)} from then on. `),
      `The last is ${column} ${spell(ordered.at(-1)!)}. Validation rows are drawn from all times before; folds go forward in time.${leftOut > 0 ? ` ${count(leftOut)} later rows of groups that began earlier are on neither side.` : ""}`,
    ],
    data: {
      header: ["first", "last", "rows learned from", "rows tested"],
      names: 2,
      rows: stretches
        .filter(({ rows: own }) => own.length > 0)
        .map((each) => [
          ...[each.rows[0]!, each.rows.at(-1)!].map(spell),
          ...[each.learned, each.tested].map(count),
        ]),
    },
  });
}

function stretchesOf(
  ordered: readonly number[],
  of: Float64Array,
  tested: ReadonlySet<number>,
): Stretch[] {
  const [low, last] = [of[ordered[0]!]!, of[ordered.at(-1)!]!];
  const width = (last - low) / bins || 1;
  return Array.from({ length: bins }, (_, i): Stretch => {
    const bin = (row: number) => Math.min(bins - 1, Math.floor((of[row]! - low) / width));
    const rows = ordered.filter((row) => bin(row) === i);
    const late = rows.filter((row) => tested.has(row)).length;
    return {
      ...{ from: low + i * width, to: low + (i + 1) * width, rows },
      ...{ learned: rows.length - late, tested: late },
    };
  });
}

/** First moment, cut and last moment, in the table's own words. */
function marksOf(
  ordered: readonly number[],
  at: Pick<Moments, "of" | "spell"> & { readonly tested: ReadonlySet<number> },
) {
  const cut = ordered.find((row) => at.tested.has(row)) ?? ordered[0]!;
  const rows = [ordered[0]!, cut, ordered.at(-1)!];
  return {
    cut: at.of[cut]!,
    words: new Map(rows.map((row) => [at.of[row]!, at.spell(row)])),
  };
}

function pictureOf(
  { column, from }: ForwardFacts,
  stretches: readonly Stretch[],
  { cut, words }: ReturnType<typeof marksOf>,
): Markup {
  const most = 1.12 * Math.max(1, ...stretches.map(({ rows }) => rows.length));
  const ends = { low: stretches[0]!.from, high: stretches.at(-1)!.to };
  return chart(
    {
      id: "time",
      title: `Rows by ${column}`,
      description: `Learned from before ${from}, tested from then on.`,
      x: {
        ...{ label: column, ...ends, ticks: [...words.keys()] },
        spell: (value) => words.get(value) ?? "",
      },
      y: { label: "rows", low: 0, high: most, spell: count },
      legend: [
        { label: "learned from", series: 0, as: "bar" },
        { label: "tested", series: 1, as: "bar" },
      ],
      ...{ width: 760, height: 280 },
    },
    (place) => [
      stretches.map(({ learned, tested, ...ends }) => [
        bar(place, { ...ends, value: learned }),
        bar(place, { ...ends, base: learned, value: learned + tested }, { series: 1 }),
      ]),
      reference(place, [cut, 0], [cut, most]),
    ],
  );
}
