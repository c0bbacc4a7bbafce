/** A table for people: every column, what is missing together, what goes together, Table 1. */
import type { data, Prepared } from "../../src/index.ts";
import { blocks, decimals, figure, integer, listed, percent, tie } from "../output/numbers.ts";
import type { Page } from "../output/page.ts";
import { harmless, widthOf } from "../output/style.ts";
import { notes } from "./findings.ts";

interface Profiled {
  readonly path: string;
  readonly table: data.Table;
  readonly profile: data.Profile;
  readonly prepared: Prepared | null;
  readonly tableOne: data.TableOne | null;
}

/** So many columns are shown one by one. */
const mostColumns = 40;
const mostOther = 5;
const strongCorrelation = 0.9;

export function profilePage(
  page: Page,
  { path, table, profile, prepared, tableOne }: Profiled,
): void {
  const { strong } = page.style;
  page.line(
    `${strong(harmless(path))} · ${integer(table.rows)} rows · ${integer(table.columns.length)} columns`,
  );
  notes(page, table.findings);
  page.line();
  columnsTable(page, profile);
  missingPatterns(page, profile);
  correlations(page, profile);
  if (tableOne && prepared) tableOneTable(page, tableOne, prepared);
}

function columnsTable(page: Page, { columns, rows }: data.Profile): void {
  const { faint } = page.style;
  const head = ["column", "kind", "missing", "values: lowest – highest (median)"].map(faint);
  const lines = columns
    .slice(0, mostColumns)
    .map((column) => [
      harmless(column.name),
      column.kind,
      column.missing > 0 ? percent(column.missing, rows) : "",
      valuesOf(column),
    ]);
  // a narrow window has the values below their column
  const stacked = (cells: readonly string[]) => [cells.slice(0, 3), cells[3]!];
  const content = [head, ...lines];
  page.table(page.narrow ? content.flatMap(stacked) : content, [
    ...[{}, {}, { align: "right" as const }, {}],
  ]);
  if (columns.length > mostColumns)
    page.line(
      faint(`${integer(columns.length - mostColumns)} more columns: --json lists them all`),
      2,
    );
}

/** A histogram in one line. */
function bars(counts: readonly number[]): string {
  const most = Math.max(...counts);
  return counts
    .map((count) => (count === 0 ? tie : blocks[Math.min(7, Math.floor((8 * count) / most))]))
    .join("");
}

function valuesOf({ numbers, counts, kind, distinct, reason }: data.ColumnProfile): string {
  if (numbers) {
    const { quartiles, low, high, histogram } = numbers;
    const spread = `${figure(low)}${tie}–${tie}${figure(high)}`;
    return `${bars(histogram)}  ${spread}${tie}(${figure(quartiles[1])})`;
  }
  if (counts.length > 0)
    return listed(
      counts.map(({ level, rows }) => `${harmless(level)} ${integer(rows)}`),
      6,
      " · ",
    );
  return kind === "identifier" || kind === "text"
    ? `${integer(distinct)} different`
    : harmless(reason);
}

function missingPatterns(page: Page, { patterns, rows }: data.Profile): void {
  const gaps = patterns.filter(({ columns }) => columns.length > 0);
  if (gaps.length === 0) return;
  page.gap();
  const complete = patterns.find(({ columns }) => columns.length === 0)?.rows ?? 0;
  page.line(
    `${page.style.strong("Missing together")}   ${percent(complete, rows)} of the rows are complete`,
  );
  const lines = gaps
    .slice(0, mostOther)
    .map(({ columns, rows: count }) => [integer(count), listed(columns.map(harmless), 6)]);
  page.table(lines, [{ align: "right" }, {}]);
}

function correlations(page: Page, { correlations: all }: data.Profile): void {
  const strong = all.filter(({ r }) => Math.abs(r) >= strongCorrelation);
  if (strong.length === 0) return;
  page.gap();
  const shown = strong
    .slice(0, mostOther)
    .map(({ first, second, r }) => [decimals(r, 3), `${harmless(first)} and ${harmless(second)}`]);
  page.line(
    `${page.style.strong("Say the same")}   pairs of numbers with |r| of ${strongCorrelation} or more`,
  );
  page.table(shown, [{ align: "right" }, {}]);
}

function tableOneTable(
  page: Page,
  { names, sizes, rows }: data.TableOne,
  prepared: Prepared,
): void {
  const { strong, faint } = page.style;
  page.gap();
  const by = prepared.target.task === "regression" ? "part" : harmless(prepared.target.column);
  page.line(
    `${strong("Table 1")}   by ${by}; the largest difference first, in standard deviations`,
  );
  const ordered = rows.toSorted((a, b) => (b.difference ?? -1) - (a.difference ?? -1));
  const shown = ordered.slice(0, mostColumns / 2);
  const head = [
    "",
    ...names.map((name, i) => `${harmless(name)} (n${tie}=${tie}${integer(sizes[i]!)})`),
    "difference",
  ];
  const lines = shown.flatMap(linesOf);
  const groups = groupsThatFit(page, [head, ...lines]);
  if (groups < names.length) stackedGroups(page, head, lines);
  else
    page.table(
      [head.map(faint), ...lines],
      [{}, ...names.map(() => ({ align: "right" as const })), { align: "right" }],
    );
  if (ordered.length > shown.length)
    page.line(
      faint(`${integer(ordered.length - shown.length)} more columns: --json lists them all`),
      2,
    );
}

/** Where the groups do not fit side by side: a column's name and difference, and its groups below. */
function stackedGroups(
  page: Page,
  head: readonly string[],
  lines: readonly (readonly string[])[],
): void {
  const { faint } = page.style;
  const groups = head.slice(1, -1);
  page.table(
    [
      ["", "difference"].map(faint),
      ...lines.flatMap((cells) => [
        [cells[0]!, cells.at(-1)!],
        groups.map((name, i) => `${faint(name)} ${cells[i + 1]!}`).join("  "),
      ]),
    ],
    [{}, { align: "right" }],
  );
}

/** How many groups' columns leave room for the differences on the same line; none where it is narrow. */
function groupsThatFit(page: Page, rows: readonly (readonly string[])[]): number {
  const width = (i: number) => Math.max(...rows.map((cells) => widthOf(cells.at(i) ?? "")));
  const gap = page.narrow ? 2 : 3;
  let left = page.width - 2 - width(0) - gap - width(-1);
  let count = 0;
  for (let i = 1; i < rows[0]!.length - 1; i++) {
    left -= width(i) + gap;
    if (left < 0) break;
    count++;
  }
  return count;
}

const differenceText = (difference: number | null) =>
  difference === null ? "" : decimals(difference, 2);
function linesOf({ column, levels, groups, difference }: data.TableOneRow): string[][] {
  const apart = differenceText(difference);
  if (levels.length === 0)
    return [
      [
        harmless(column),
        ...groups.map((group) =>
          group.kind === "number"
            ? `${figure(group.mean)}${tie}±${tie}${figure(group.deviation)}`
            : "",
        ),
        apart,
      ],
    ];
  return levels.map((level, k) => [
    `${harmless(column)} = ${harmless(level)}`,
    ...groups.map((group) =>
      group.kind === "levels"
        ? `${integer(group.counts[k]!)} (${percent(group.counts[k]!, group.rows - group.missing)})`
        : "",
    ),
    k === 0 ? apart : "",
  ]);
}
