/** A split that the table brings along: a column that says train, validation or test. */
import { InputError } from "../base/errors.ts";
import { quoted } from "./findings.ts";
import type { Groups } from "./groups.ts";
import type { Split } from "./split.ts";
import { type Column, requireColumn, type Table } from "./table.ts";

const words: ReadonlyMap<string, keyof Split> = new Map([
  ["train", "training"],
  ["training", "training"],
  ["validation", "validation"],
  ["valid", "validation"],
  ["val", "validation"],
  ["dev", "validation"],
  ["test", "test"],
  ["testing", "test"],
]);

/**
 * The parts that a column names, whatever the case of its letters; validation may be empty. An
 * InputError where a cell says something else, or no row is for training or none for testing.
 *
 *     const split = splitByColumn(table, "statlog_split", target.rows);
 */
export function splitByColumn(table: Table, name: string, rows: Int32Array): Split {
  const column = requireColumn(table, name);
  const parts = { training: [], validation: [], test: [] } as Record<keyof Split, number[]>;
  for (const row of rows) {
    const cell = column.cells[row]!;
    const part = words.get(cell?.toLowerCase() ?? "");
    if (!part)
      throw new InputError(
        `${table.name}, line ${table.lines[row]}: the split column ${quoted(name)} is ` +
          `${cell === null ? "empty" : quoted(cell)}. It must say train, validation or test.`,
      );
    parts[part].push(row);
  }
  for (const part of ["training", "test"] as const)
    if (parts[part].length === 0)
      throw new InputError(
        `${table.name}: the split column ${quoted(name)} names no row for ${part}. ` +
          `Choose another column, or split at random without it.`,
      );
  return {
    training: Int32Array.from(parts.training),
    validation: Int32Array.from(parts.validation),
    test: Int32Array.from(parts.test),
  };
}

/** Whether a column says of each row that it is for training or for testing, and nothing else. */
export function namesParts(column: Column): boolean {
  if (column.varied) return false;
  const seen = new Set<keyof Split>();
  for (const cell of column.cells) {
    const part = words.get(cell?.toLowerCase() ?? "");
    if (!part) return false;
    seen.add(part);
  }
  return seen.has("training") && seen.has("test");
}

/** An InputError where a group has rows in two parts of a split that was told. */
export function requireGroupsApart(split: Split, groups: Groups): void {
  const home = new Map<number, string>();
  for (const part of ["training", "validation", "test"] as const)
    for (const row of split[part]) {
      const group = groups.of[row]!;
      const other = home.get(group);
      if (other !== undefined && other !== part)
        throw new InputError(
          `${quoted(groups.names[group]!)} of the group column ${quoted(groups.column)} has rows in ` +
            `${other} and in ${part}. Mend the split column, or group or split by another.`,
        );
      home.set(group, part);
    }
}
