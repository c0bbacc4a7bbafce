/** Explanations for people: which columns count in all, and what made each row what it is. */
import type { data, explain } from "../../src/index.ts";
import { counted, decimals, integer, placesFor } from "../output/numbers.ts";
import type { Page } from "../output/page.ts";
import { harmless } from "../output/style.ts";

interface Shown {
  readonly run: string;
  readonly file: string;
  readonly table: data.Table;
  readonly found: explain.ExplainedTable;
}

const mostColumns = 10;
const mostRows = 5;
const perRow = 6;

const sentences: Readonly<Record<explain.Method, string>> = {
  integrated: "integrated gradients from the training means",
  shapley: "Shapley values against rows of the background",
  gradientInput: "gradient × input",
  saliency: "saliency: how fast the output changes",
};

export function explainedPage(page: Page, { run, file, table, found }: Shown): void {
  const { strong, faint } = page.style;
  const { output, method, rows, base, gap } = found;
  page.line(
    `${strong(harmless(run))} on ${strong(harmless(file))} · ${harmless(output)}, ${sentences[method]}`,
  );
  if (base !== null && gap !== null)
    page.line(
      faint(`values add up to the output minus ${show(base)}; at most ${show(gap)} is left over`),
      2,
    );
  page.gap();
  overall(page, found, table.rows);
  for (let i = 0; i < Math.min(mostRows, rows.length); i++) oneRow(page, found, table, i);
  if (rows.length > mostRows)
    page.line(
      faint(
        `${integer(rows.length - mostRows)} more rows: --line N for one of them, --out FILE for all`,
      ),
      2,
    );
}

/** Three digits of the largest of these, the same decimals for all. */
function shower(values: Iterable<number>): (value: number) => string {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  const places = Math.max(1, Math.min(6, placesFor(most, 3)));
  return (value) => decimals(value, places);
}
const show = (value: number) => decimals(value, Math.max(3, Math.min(6, placesFor(value, 2))));

/** What a row has in a column, or at a place of a sequence. */
function cellOf(table: data.Table, row: number, name: string): string {
  const [, sequence, place] = /^(.*)\[(\d+)\]$/.exec(name) ?? [];
  const column = (wanted: string) => table.columns.find((each) => each.name === wanted);
  const own = column(name);
  if (own) return own.cells[row] ?? "missing";
  return column(sequence ?? "")?.cells[row]?.[Number(place) - 1] ?? "missing";
}

/** Mean |value| over the rows. */
function overall(page: Page, { columns, rows, values }: explain.ExplainedTable, all: number): void {
  const width = columns.length;
  const means = columns.map((name, k) => {
    let sum = 0;
    for (let i = 0; i < rows.length; i++) sum += Math.abs(values[i * width + k]!);
    return { name, mean: sum / Math.max(rows.length, 1) };
  });
  means.sort((a, b) => b.mean - a.mean);
  const most = means[0]?.mean ?? 0;
  const sized = shower([most]);
  const over = `${counted(rows.length, "row")}${rows.length < all ? ` of ${integer(all)}` : ""}`;
  page.line(`${page.style.strong("Columns")}   mean size over ${over}`);
  page.table(
    means
      .slice(0, mostColumns)
      .map(({ name, mean }) => [
        harmless(name),
        sized(mean),
        bar(mean, most, page.narrow ? 8 : 20),
      ]),
    [{}, { align: "right" }, {}],
  );
  if (means.length > mostColumns)
    page.line(page.style.faint(`${integer(means.length - mostColumns)} more columns`), 2);
}

const bar = (value: number, most: number, width: number) =>
  most > 0 ? "█".repeat(Math.round((width * value) / most)) : "";

function oneRow(
  page: Page,
  { columns, rows, values, outputs, output }: explain.ExplainedTable,
  table: data.Table,
  i: number,
): void {
  const row = rows[i]!;
  const own = values.subarray(i * columns.length, (i + 1) * columns.length);
  const order = Array.from(own.keys()).sort((a, b) => Math.abs(own[b]!) - Math.abs(own[a]!));
  const sized = shower(own);
  page.gap();
  page.line(
    `${page.style.strong(`Line ${integer(table.lines[row]!)}`)}   ${harmless(output)} ${show(outputs[i]!)}`,
  );
  page.table(
    order.slice(0, perRow).map((k) => {
      const cell = cellOf(table, row, columns[k]!);
      const value = own[k]!;
      return [
        `${harmless(columns[k]!)} = ${harmless(cell.length > 20 ? `${cell.slice(0, 19)}…` : cell)}`,
        `${value > 0 ? "+" : ""}${sized(value)}`,
      ];
    }),
    [{}, { align: "right" }],
  );
}
