/** What an export and its dictionary have to tell together. */
import { counted, type Finding, listed, quoted } from "../findings.ts";
import { type Table, toNumber } from "../table.ts";
import { orderOf } from "./branching.ts";
import { isNumber } from "./dictionary.ts";
import type { Form } from "./forms.ts";
import { notAsked, type ReadColumn } from "./places.ts";
import type { DataDictionary, DictionaryField } from "./types.ts";

const inRows = (name: string, count: number) => `${name} in ${counted(count, "row")}`;

/** Records of several rows, and forms that some rows lack. */
export function aboutRows(
  { columns, rows }: Table,
  forms: ReadonlyMap<string, Form>,
  { record }: DataDictionary,
): Finding[] {
  const findings: Finding[] = [];
  const names = columns.find(({ name }) => name === record)?.cells ?? [];
  const records = new Set(names).size;
  const kinds = ["redcap_event_name", "redcap_repeat_instrument"].flatMap((name) => {
    const cells = columns.find((column) => column.name === name)?.cells ?? [];
    const values = [...new Set(cells.filter((cell) => cell !== null))];
    return values.length > 0 ? [`${name} ${listed(values, 4)}`] : [];
  });
  if (records > 0 && records < rows)
    findings.push({
      ...{ kind: "long format", level: "note", column: record, records, rows },
      message:
        `${counted(records, "record")} in ${rows} rows${kinds.length > 0 ? ` (${kinds.join("; ")})` : ""}: ` +
        `--group ${record} keeps the rows of a record together`,
    });
  const lacking = Array.from(forms.values(), ({ name, filled }) => {
    let count = 0;
    for (let row = 0; row < rows; row++) if (!filled(row)) count++;
    return { name, count };
  }).filter(({ count }) => count > 0);
  if (lacking.length > 0)
    findings.push({
      ...{ kind: "forms not filled", level: "note" },
      message: `forms not filled, so missing: ${listed(lacking.map(({ name, count }) => inRows(name, count)))}`,
    });
  return findings;
}

/** Questions not put, logic that is not read, codes and values that the dictionary does not allow. */
export function aboutCells(table: Table, read: readonly ReadColumn[]): Finding[] {
  const findings: Finding[] = [];
  const hidden = read.filter((each) => each.hidden.length > 0);
  if (hidden.length > 0)
    findings.push({
      ...{ kind: "not asked", level: "note" },
      message: `not asked, by the branching logic: ${listed(hidden.map(({ column, hidden: rows }) => inRows(column.name, rows.length)))}`,
    });
  const unread = read.filter((each) => each.unread !== undefined);
  const [first] = unread;
  if (first)
    findings.push({
      ...{ kind: "unread logic", level: "note" },
      message:
        `branching logic that is not read, so blanks count as missing: ` +
        `${listed(unread.map(({ column }) => column.name))} (${quoted(first.unread!)})`,
    });
  return [
    ...findings,
    ...read.flatMap((each) =>
      each.place?.kind === "field"
        ? [...foreignCodes(table, each, each.place.field), ...beyond(table, each, each.place.field)]
        : [],
    ),
  ];
}

/** Cells that are neither a code nor a label of their question, or no number where one is needed. */
function foreignCodes(
  table: Table,
  { column: { name, cells } }: ReadColumn,
  field: DictionaryField,
): Finding[] {
  if (field.choices.length === 0 && !isNumber(field)) return [];
  const labels = new Set([...field.choices.map(([, label]) => label), notAsked]);
  const foreign =
    field.choices.length > 0
      ? (cell: string) => !labels.has(cell)
      : (cell: string) => Number.isNaN(toNumber(cell, false));
  const found = cells.filter((cell): cell is string => cell !== null && foreign(cell));
  const [code] = found;
  if (code === undefined) return [];
  const line = table.lines[cells.indexOf(code)];
  const count = found.length;
  const message =
    `${name} has ${counted(count, "cell")} that the dictionary does not allow, the first ` +
    `${quoted(code)} on line ${line}; --missing ${code} if it stands for a missing value`;
  return [{ kind: "foreign code", level: "warning", column: name, count, message }];
}

/** Values out of what validation lets pass, which REDCap warns of but stores. */
function beyond(
  table: Table,
  { column: { name, cells } }: ReadColumn,
  { low, high, validation }: DictionaryField,
): Finding[] {
  if (validation === "" || (low === "" && high === "")) return [];
  const outside = (cell: string) =>
    (low !== "" && orderOf(cell, low) < 0) || (high !== "" && orderOf(cell, high) > 0);
  const rows = cells.flatMap((cell, row) => (cell !== null && outside(cell) ? [row] : []));
  if (rows.length === 0) return [];
  const range =
    low === "" ? `at most ${high}` : high === "" ? `at least ${low}` : `${low} to ${high}`;
  const message =
    `${name} is outside of ${range}, which validation allows, in ${counted(rows.length, "row")}, ` +
    `the first ${quoted(cells[rows[0]!]!)} on line ${table.lines[rows[0]!]}`;
  return [
    {
      kind: "beyond validation",
      level: "warning",
      column: name,
      count: rows.length,
      rows,
      message,
    },
  ];
}
