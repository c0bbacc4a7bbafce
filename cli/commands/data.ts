/** `golgi data`: what a file holds, and what could make a result from it look too good. */
import type { Prepared, StudyOptions, data as tables } from "../../src/index.ts";
import { UsageError } from "../flags.ts";
import { Page } from "../output/page.ts";
import { auditPage } from "../pages/audit.ts";
import { warnings } from "../pages/findings.ts";
import { profilePage } from "../pages/profile.ts";
import type { Context } from "../program.ts";
import { provedAll, showProofs } from "../proofs.ts";
import { readOptions, studyOptions, type TrainFlags } from "../trainFlags.ts";

export interface DataFlags
  extends Pick<
    TrainFlags,
    | "target"
    | "positive"
    | "task"
    | "group"
    | "id"
    | "ignore"
    | "number"
    | "missing"
    | "dictionary"
    | "skipRagged"
    | "sheet"
    | "stream"
  > {
  readonly splitColumn?: string;
  readonly time?: string;
  readonly site?: string;
  readonly test?: string;
  readonly seed?: number;
  readonly labels?: readonly string[];
  readonly prove?: true;
  readonly proveWithout?: readonly string[];
  readonly proveGroup?: string;
  readonly proveTime?: string;
  readonly proveDuplicates?: true;
  readonly proveSelection?: true;
  readonly strict?: true;
  readonly json?: true;
}

/** What a check that was asked for and failed ends with. */
const failed = 3;

type Table = tables.Table;
type Library = typeof import("../../src/index.ts");

export async function data(file: string, flags: DataFlags, context: Context): Promise<number> {
  const golgi = await import("../../src/index.ts");
  checkFlags(flags);
  const { test, number: numbers = [] } = flags;
  const read = (path: string, told?: string) =>
    golgi.data.read(path, readOptions(flags, context.terminal, told));
  const table = ofLabels(golgi, await read(file), flags);
  const testTable = test === undefined ? null : await read(test, test);
  const options = optionsOf(flags);
  const prepared =
    options && golgi.prepare(table, { ...options, ...(testTable ? { testTable } : {}) });
  const profile = golgi.data.profile(table, {
    numbers,
    ...(prepared ? { target: prepared.target, columns: prepared.columns } : {}),
  });
  const audit = prepared && golgi.audit(prepared);
  const tableOne = prepared && tableOneOf(golgi, prepared);
  const severe = audit?.suspicions.some(({ severity }) => severity === "severe") ?? false;
  const code = flags.strict && severe ? failed : 0;
  const asked = audit && prepared ? { golgi, prepared, audit, flags } : null;
  if (flags.json) {
    const proofs = asked ? await provedAll(asked) : {};
    const { findings } = prepared ?? table;
    context.terminal.out.write(
      `${JSON.stringify({ file, profile, ...(audit ? { audit, tableOne } : {}), ...proofs, findings })}\n`,
    );
    return code;
  }
  warnings(context.terminal.err, prepared?.findings ?? table.findings);
  const page = new Page(context.terminal.out);
  profilePage(page, { path: file, table, profile, prepared, tableOne });
  if (audit) auditPage(page, audit, context.args);
  page.flush();
  if (asked) await showProofs(asked, page, context);
  return code;
}

/** The rows whose target is one of some labels. */
function ofLabels(golgi: Library, table: Table, { labels, target }: DataFlags): Table {
  if (!labels || target === undefined) return table;
  if (table.stored)
    throw new UsageError(
      `--labels takes rows into memory, and ${table.name} is read from disk. Write those rows to a table of their own.`,
    );
  const { cells } = golgi.data.requireColumn(table, target);
  const rows = [...cells.keys()].filter((row) => labels.includes(cells[row] ?? ""));
  if (rows.length > 0) return golgi.data.takeRows(table, rows);
  throw new UsageError(
    `--labels ${labels.join(",")}: no row of ${table.name} has one in ${target}. Check how they are written.`,
  );
}

/** What needs a target. */
function checkFlags(flags: DataFlags): void {
  const { target, prove, strict, splitColumn, test, time, site, labels } = flags;
  if (target !== undefined) return;
  const told = Object.entries({
    ...{ prove, strict, "split-column": splitColumn, test, time, site, labels },
    ...{ "prove-without": flags.proveWithout, "prove-group": flags.proveGroup },
    ...{ "prove-time": flags.proveTime, "prove-duplicates": flags.proveDuplicates },
    ...{ "prove-selection": flags.proveSelection },
  });
  const [asked] = told.find(([, value]) => value !== undefined) ?? [];
  if (asked)
    throw new UsageError(
      `--${asked} is about predicting something. Name the column to predict with --target COLUMN.`,
    );
}

function optionsOf(flags: DataFlags): StudyOptions | null {
  const { target } = flags;
  return target === undefined ? null : studyOptions(flags, target);
}

/** Table 1 by outcome, and of a regression by part. */
function tableOneOf(
  { data: { rowsByLabel, tableOne } }: Library,
  { table, columns, target, split, test }: Prepared,
) {
  const shown = columns.filter(({ name }) => name !== target.column);
  const groups =
    target.task === "regression"
      ? [
          { name: "training", rows: split.training },
          { name: "validation", rows: split.validation },
          ...(test.table === table ? [{ name: "test", rows: split.test }] : []),
        ]
      : rowsByLabel(target);
  return tableOne(table, shown, groups);
}
