/** Table 1: who the rows are, by outcome and by part. */
import type { TableOne, TableOneRow } from "../../data/index.ts";
import type { DataSide } from "../dataSide.ts";
import { type Cell, type Section, table } from "../figure.ts";
import { count, fixed, likeSpread, number, percent } from "../format.ts";
import { type Child, el } from "../html.ts";
import { withoutData } from "./data.ts";

const mostRows = 200;

export function tableOneSection(side: DataSide | null): Section {
  return {
    id: "table-one",
    title: "Table 1",
    empty: side === null,
    content: side ? contentOf(side) : withoutData("Table 1"),
  };
}

function contentOf({ byOutcome, byPart }: DataSide): Child {
  const parts = "By part: are the test rows like those that trained?";
  if (byPart.rows.length === 0 && !byOutcome?.rows.length)
    return el("p", {}, "No column holds numbers or categories.");
  return [
    byOutcome?.rows.length ? shown("table-by-outcome", "By outcome", byOutcome) : null,
    byPart.rows.length > 0 ? shown("table-by-part", parts, byPart) : null,
  ];
}

const shown = (id: string, title: string, { names, sizes, rows }: TableOne) =>
  table(
    {
      id,
      title,
      note: `Numbers: mean (standard deviation); categories: rows (share). SMD: the largest standardized mean difference of two groups; above 0.1 is commonly called unbalanced.${rows.length > mostRows ? ` The first ${mostRows} of ${count(rows.length)} columns.` : ""}`,
    },
    {
      header: ["column", ...names.map((name, i) => `${name} (n = ${count(sizes[i]!)})`), "SMD"],
      rows: rows.slice(0, mostRows).flatMap((row) => [headOf(row), ...levelsOf(row)]),
    },
  );

function headOf({ column, groups, difference }: TableOneRow): Cell[] {
  const spreads = groups.map((group) => (group.kind === "number" ? group.deviation || 0 : 0));
  const spell = likeSpread(Math.max(...spreads));
  const cells = groups.map((group) => {
    const missing = group.missing > 0 ? `${count(group.missing)} missing` : "";
    if (group.kind !== "number") return missing;
    const told = Number.isNaN(group.mean)
      ? "—"
      : `${spell(group.mean)} (${Number.isNaN(group.deviation) ? "—" : spell(group.deviation)})`;
    return missing ? `${told}; ${missing}` : told;
  });
  return [column, ...cells, number(difference, (value) => fixed(value, 2))];
}

const levelsOf = ({ levels, groups }: TableOneRow): Cell[][] =>
  levels.map((level, k) => [
    `\u2003${level}`,
    ...groups.map((group) => {
      if (group.kind !== "levels") return "";
      const known = group.rows - group.missing;
      return `${count(group.counts[k]!)} (${known === 0 ? "—" : percent(group.counts[k]! / known)})`;
    }),
    "",
  ]);
