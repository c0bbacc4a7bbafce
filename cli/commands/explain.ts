/** `golgi explain`: what each column has to do with what a network says of each row. */
import type { data, explain as explanations } from "../../src/index.ts";
import type { Cell } from "../../src/node.ts";
import { UsageError } from "../flags.ts";
import { Page } from "../output/page.ts";
import { refuseExisting } from "../outputFile.ts";
import { explainedPage } from "../pages/explained.ts";
import { warnings } from "../pages/findings.ts";
import type { Context } from "../program.ts";
import { readOptions } from "../trainFlags.ts";

export interface ExplainFlags {
  readonly method?: explanations.Method;
  readonly label?: string;
  readonly line?: readonly string[];
  readonly background?: string;
  readonly sheet?: string;
  readonly out?: string;
  readonly force?: true;
  readonly json?: true;
}

export async function explain(
  run: string,
  file: string,
  flags: ExplainFlags,
  { terminal }: Context,
): Promise<number> {
  const { out, force, json, method = "integrated", label } = flags;
  if (out !== undefined) refuseExisting(out, { force });
  const [golgi, node] = await Promise.all([
    import("../../src/index.ts"),
    import("../../src/node.ts"),
  ]);
  const model = golgi.fromRun(await node.readRun(run), `${run}/model.json`);
  const table = await golgi.data.read(file, readOptions(flags, terminal));
  const background = flags.background
    ? await golgi.data.read(flags.background, readOptions(flags, terminal, flags.background))
    : table;
  const found = golgi.explain.explainTable(model, table, {
    ...{ method, background },
    ...(label === undefined ? {} : { label }),
    ...(flags.line ? { rows: rowsOf(table, flags.line) } : {}),
  });
  warnings(terminal.err, [...table.findings, ...found.findings]);
  const identifiers = golgi.identifierColumns(model.recipe);
  if (out !== undefined) {
    const { header, rows } = asTable(found, table, identifiers);
    await node.writeFileAtomic(out, node.csvPieces(header, rows));
  }
  if (json) {
    const { findings, rows: chosen, values, outputs, ...facts } = found;
    terminal.out.write(
      `${JSON.stringify({ run, file, ...facts, lines: Array.from(chosen, (row) => table.lines[row]), outputs: [...outputs], values: [...values] })}\n`,
    );
    return 0;
  }
  const page = new Page(terminal.out);
  explainedPage(page, { run, file, table, found });
  page.flush();
  if (out !== undefined) terminal.err.write(`written to ${out}\n`);
  return 0;
}

/** Rows of the lines that were asked for, as `predict` numbers them. */
function rowsOf(table: data.Table, lines: readonly string[]): Int32Array {
  return Int32Array.from(lines, (text) => {
    const row = table.lines.indexOf(Number(text));
    if (row >= 0) return row;
    throw new UsageError(
      `--line ${text}: ${table.name} has no row on that line; its rows are on lines ${table.lines[0]} to ${table.lines.at(-1)}.`,
    );
  });
}

/** The line of the file, identifiers, the output, and a number for each column. */
function asTable(
  { columns, rows, values, outputs, output }: explanations.ExplainedTable,
  table: data.Table,
  identifiers: readonly string[],
): { header: string[]; rows: Cell[][] } {
  const named = table.columns.filter(({ name }) => identifiers.includes(name));
  return {
    header: ["line", ...named.map(({ name }) => name), output, ...columns],
    rows: Array.from(rows, (row, i) => [
      table.lines[row]!,
      ...named.map(({ cells }) => cells[row]!),
      outputs[i]!,
      ...values.subarray(i * columns.length, (i + 1) * columns.length),
    ]),
  };
}
