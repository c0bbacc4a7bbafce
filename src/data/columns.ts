/** What a person should know about the columns of a table before anything is trained. */
import { counted, type Finding, listed } from "./findings.ts";
import type { ColumnFacts } from "./kinds.ts";

/**
 * Notes and warnings on described columns: what is left out and why, whole numbers taken as a
 * category, missing values, an identifier that repeats although no `group` is told. Columns in
 * `except` (the target, the told group, ignored ones) are passed over.
 *
 *     columnFindings(describeColumns(table), { rows: table.rows, except: ["Diagnosis"] });
 */
export function columnFindings(
  facts: readonly ColumnFacts[],
  options: { rows: number; except?: readonly string[]; group?: string },
): Finding[] {
  const { rows, except = [], group } = options;
  const passed = new Set(group === undefined ? except : [...except, group]);
  return facts
    .filter(({ name }) => !passed.has(name))
    .flatMap((column) => [
      ...(group === undefined ? repeats(column, rows) : []),
      ...leftOut(column),
      ...wholeNumbers(column),
      ...missing(column, rows),
    ]);
}

function repeats({ name, kind, distinct, missing }: ColumnFacts, rows: number): Finding[] {
  const present = rows - missing;
  if (kind !== "identifier" || distinct === present) return [];
  const message =
    `${name} repeats (${distinct} values in ${present} rows): rows of one patient could land on ` +
    `both sides; --group ${name} keeps them together`;
  return [
    {
      kind: "repeated identifier",
      level: "warning",
      column: name,
      distinct,
      rows: present,
      message,
    },
  ];
}

const features: ReadonlySet<string> = new Set(["number", "binary", "category", "sequence"]);

function leftOut({ name, kind, reason }: ColumnFacts): Finding[] {
  if (features.has(kind)) return [];
  const message = `${name} is left out: ${kind}, ${reason}`;
  return [{ kind: "left out", level: "warning", column: name, because: kind, message }];
}

function wholeNumbers({ name, kind, levels, range }: ColumnFacts): Finding[] {
  if (kind !== "category" || !range) return [];
  const message =
    `${name} is a category of ${levels.length} values (${listed(levels)}): one-hot; ` +
    `--number ${name} to keep it a number`;
  return [
    {
      kind: "whole numbers as category",
      level: "note",
      column: name,
      count: levels.length,
      message,
    },
  ];
}

function missing({ name, kind, missing: count }: ColumnFacts, rows: number): Finding[] {
  if (count === 0 || !features.has(kind)) return [];
  const share = Math.round((100 * count) / rows);
  const remedy = {
    number: "imputed by the training median, with an indicator",
    binary: "taken as the commoner training value, with an indicator",
    category: "a category of its own",
  }[kind as string];
  const message =
    `${name} is missing in ${counted(count, "row")} (${share} %): ` +
    `${remedy ?? "taken as no letter anywhere"}`;
  return [{ kind: "imputed", level: "note", column: name, count, message }];
}
