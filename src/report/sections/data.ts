/** Where the rows come from, what they hold, and how they were divided. */
import type { ColumnProfile } from "../../data/index.ts";
import type { DataSide } from "../dataSide.ts";
import { type Cell, note, type Section, table } from "../figure.ts";
import { flowFigure } from "../figures/flow.ts";
import { timeFigure } from "../figures/time.ts";
import { count, fixed, likeSpread, number, percent } from "../format.ts";
import { type Child, el } from "../html.ts";
import type { ReportSource } from "../source.ts";

/** Of wider tables the first columns are shown. */
const mostColumns = 200;

export function dataSection(source: ReportSource, side: DataSide | null): Section {
  return {
    id: "data",
    title: "Data and flow of rows",
    content: side
      ? [
          flowFigure(source, side),
          timeFigure(side.prepared),
          columnsTable(side),
          patternsTable(side),
          correlationsTable(side),
        ]
      : [
          withoutData(
            "what the columns hold, Table 1, the leakage audit, subgroups and explanations",
          ),
          flowFigure(source, null),
        ],
  };
}

/** What a report without the data lacks, and how to get it. */
export const withoutData = (what: string): Child =>
  note(
    `This report was made without the data file and lacks ${what}. To have that too: `,
    el("code", {}, "golgi report RUN --data FILE"),
    ".",
  );

function columnsTable({ profile, prepared }: DataSide): Child {
  const { labels, task } = prepared.target;
  const byLabel = task === "regression" ? [] : labels;
  const shown = profile.columns.slice(0, mostColumns);
  const units = shown.some(({ unit }) => unit !== undefined && unit !== null);
  const gaps = shown.some(({ missing }) => missing > 0);
  const features = new Set(prepared.recipe.inputs.map(({ name }) => name));
  const leftOut = new Map(prepared.recipe.leftOut.map(({ name, reason }) => [name, reason]));
  const roleOf = ({ name }: ColumnProfile) =>
    name === prepared.target.column
      ? "target"
      : features.has(name)
        ? "predictor"
        : (leftOut.get(name) ?? "left out");
  return table(
    {
      id: "columns",
      title: "Columns",
      note: `${count(profile.rows)} rows with a known outcome. Numbers: mean (standard deviation), median, range.${gaps ? "" : " No value is missing in any row."}${profile.columns.length > shown.length ? ` The first ${count(shown.length)} of ${count(profile.columns.length)} columns.` : ""}`,
    },
    {
      header: [
        ...["column", "role", "kind", ...(units ? ["unit"] : []), "values"],
        ...(gaps ? ["missing", ...byLabel.map((label) => `missing in ${label}`)] : []),
      ],
      rows: shown.map((column) => [
        ...[column.name, roleOf(column), column.kind],
        ...(units ? [column.unit ?? ""] : []),
        valuesOf(column),
        ...(gaps ? missingOf(column, profile.rows, byLabel.length) : []),
      ]),
    },
  );
}

/** How many values are missing, and their share by outcome. */
function missingOf({ missing, missingByLabel }: ColumnProfile, rows: number, labels: number) {
  if (missing === 0) return ["0", ...Array.from({ length: labels }, () => "")];
  return [
    `${count(missing)} (${percent(missing / rows, 1)})`,
    ...Array.from({ length: labels }, (_, k) => percent(missingByLabel[k] ?? 0, 1)),
  ];
}

const mostLevels = 6;

function valuesOf({ numbers, counts, distinct }: ColumnProfile): Cell {
  if (numbers) {
    const { mean, deviation, quartiles, low, high } = numbers;
    const spell = likeSpread(deviation);
    return `${spell(mean)} (${spell(deviation)}), ${spell(quartiles[1])}, ${spell(low)} to ${spell(high)}`;
  }
  if (counts.length === 0) return `${count(distinct)} different`;
  const shown = counts.slice(0, mostLevels).map(({ level, rows }) => `${level}: ${count(rows)}`);
  return `${shown.join(", ")}${counts.length > mostLevels ? `, ${count(counts.length - mostLevels)} more` : ""}`;
}

function patternsTable({ profile }: DataSide): Child {
  const { patterns, rows } = profile;
  if (patterns.every(({ columns }) => columns.length === 0)) return null;
  return table(
    {
      id: "patterns",
      title: "What is missing together",
      note: "The commonest patterns, at most ten.",
    },
    {
      header: ["missing columns", "rows", "share"],
      rows: patterns.map((pattern) => [
        pattern.columns.length === 0 ? "none" : pattern.columns.join(", "),
        count(pattern.rows),
        percent(pattern.rows / rows, 1),
      ]),
    },
  );
}

function correlationsTable({ profile }: DataSide): Child {
  const strong = profile.correlations.filter(({ r }) => Math.abs(r) >= 0.9);
  if (strong.length === 0) return null;
  return table(
    {
      id: "correlations",
      title: "Numbers that say nearly the same",
      note: "Pearson's r of at least 0.9 in size; at most twenty pairs. Their importances stand in for each other.",
    },
    {
      header: ["column", "and", "r"],
      names: 2,
      rows: strong.map(({ first, second, r }) => [
        first,
        second,
        number(r, (value) => fixed(value, 3)),
      ]),
    },
  );
}
