/** A REDCap export beside its data dictionary: labels for codes, and what was never asked. */
import { InputError } from "../../base/errors.ts";
import { type Column, type Table, toNumber } from "../table.ts";
import { type Lookup, parseBranching } from "./branching.ts";
import { isNumber } from "./dictionary.ts";
import { aboutCells, aboutRows } from "./findings.ts";
import { type Form, formsOf, isChecked, lookupOf } from "./forms.ts";
import { notAsked, type Place, placesOf, type ReadColumn } from "./places.ts";
import type { DataDictionary } from "./types.ts";

/**
 * The export with labels for codes and checkboxes named `field: label`. Blanks of questions that the
 * branching logic did not put are told from missing answers; checkboxes of a form that was not filled
 * are missing, though the export says 0. Each row is read by itself, so a row alone reads the same.
 * An InputError where dictionary and export do not belong together.
 *
 *     const table = withDictionary(await read("export.csv"), await readDictionary("dictionary.csv"));
 */
export function withDictionary(given: Table, dictionary: DataDictionary): Table {
  if (given.stored)
    throw new InputError(
      `${given.name} stays on disk, where no dictionary is applied. Leave --stream out, or export fewer columns.`,
    );
  const table = withPoints(given);
  const places = placesOf(table, dictionary);
  if (places.every((place) => place === null))
    throw new InputError(
      `${table.name} has no column that ${dictionary.name} knows. Export the raw data, whose header ` +
        `has the names of the variables.`,
    );
  const forms = formsOf(places, dictionary.record);
  const reading = { places, lookup: lookupOf(table, places), forms, told: new Set(table.missing) };
  const read = places.map((place, i) =>
    place ? readColumn(place, reading) : { column: table.columns[i]!, place, hidden: [] },
  );
  const kept = new Set(
    places.flatMap((place) => (place && "field" in place ? [place.field.name] : [])),
  );
  const fields = dictionary.fields.filter(({ name }) => kept.has(name));
  return {
    ...table,
    columns: uniquelyNamed(read, table.columns),
    dictionary: { ...dictionary, fields },
    findings: [
      ...table.findings,
      ...aboutRows(table, forms, dictionary),
      ...aboutCells(table, read),
    ],
  };
}

interface Reading {
  readonly places: readonly (Place | null)[];
  readonly lookup: Lookup;
  readonly forms: ReadonlyMap<string, Form>;
  /** Codes told to stand for a missing value, which may be a label. */
  readonly told: ReadonlySet<string>;
}

function readColumn(place: Place, reading: Reading): ReadColumn {
  const { column } = place;
  if (place.kind === "status") return { column: statusColumn(place, reading), place, hidden: [] };
  if (place.kind === "unknown checkbox") return { column, place, hidden: [] };
  if (place.kind === "time") {
    const cells = column.cells.map((cell) => (cell === "[not completed]" ? null : cell));
    return { column: { name: column.name, cells }, place, hidden: [] };
  }
  const { field } = place;
  const form = reading.forms.get(field.form)!;
  const asked =
    field.branching === "" ? () => true : parseBranching(field.branching, reading.lookup);
  const hides = (row: number) => asked !== null && form.filled(row) && !asked(row);
  const isChoice = field.choices.length > 0;
  const write =
    place.kind === "checkbox" ? checkboxCell(place, reading) : fieldCell(place, reading);
  const hidden: number[] = [];
  const cells = column.cells.map((cell, row) => {
    const written = write(cell, row);
    const blank = written === null || (place.kind === "checkbox" && written === "0");
    if (!blank || !hides(row)) return written;
    hidden.push(row);
    return isChoice ? notAsked : null;
  });
  const name = place.kind === "checkbox" ? checkboxName(place) : column.name;
  const unread = asked ? {} : { unread: field.branching };
  return { column: { name, cells }, place, hidden, ...unread };
}

/** Commas and equality signs mean something else where columns are listed. */
const checkboxName = ({ field, label }: Extract<Place, { kind: "checkbox" }>) =>
  `${field.name}: ${label.replace(/[,=]/g, " ").replace(/\s+/g, " ").trim()}`;

type Write = (cell: string | null, row: number) => string | null;

/** 1 or 0; missing where its form was not filled, or another box says that the answer is missing. */
function checkboxCell(place: Extract<Place, { kind: "checkbox" }>, reading: Reading): Write {
  const { field, label } = place;
  const form = reading.forms.get(field.form)!;
  const refused = reading.places.filter(
    (each): each is Place => each?.kind === "unknown checkbox" && each.field === field,
  );
  return (cell, row) => {
    if (cell === null) return null;
    if (isChecked(cell, label)) return "1";
    const missing = refused.some(({ column }) => isChecked(column.cells[row] ?? "0"));
    return form.filled(row) && !missing ? "0" : null;
  };
}

function fieldCell({ field }: Extract<Place, { kind: "field" }>, { told }: Reading): Write {
  if (field.choices.length === 0) {
    const comma = isNumber(field) && field.validation.includes("comma_decimal");
    return (cell) => (comma && cell !== null ? cell.replace(",", ".") : cell);
  }
  const labels = new Map(field.choices);
  const byNumber = new Map(field.choices.map(([code, label]) => [toNumber(code, false), label]));
  byNumber.delete(Number.NaN);
  return (cell) => {
    if (cell === null) return null; // `1`, `1.0` and `01` are one code
    const label = labels.get(cell) ?? byNumber.get(toNumber(cell, false)) ?? cell;
    return told.has(label) ? null : label;
  };
}

const statuses: Readonly<Record<string, string>> = {
  0: "Incomplete",
  1: "Unverified",
  2: "Complete",
};

/** A form that was not filled has no status, though exports may say 0. */
function statusColumn(
  { column, form: name }: Extract<Place, { kind: "status" }>,
  reading: Reading,
) {
  const form = reading.forms.get(name)!;
  const cells = column.cells.map((cell, row) =>
    cell === null || !form.filled(row) ? null : (statuses[cell] ?? cell),
  );
  return { name: column.name, cells };
}

/** Names as made, but where two are the same, as they were. */
function uniquelyNamed(read: readonly ReadColumn[], before: readonly Column[]): Column[] {
  const counts = new Map<string, number>();
  for (const name of [...read.map(({ column }) => column.name), ...before.map((c) => c.name)])
    counts.set(name, (counts.get(name) ?? 0) + 1);
  return read.map(({ column: { name, cells } }, i) => {
    const own = before[i]!.name;
    return { name: counts.get(name)! > (name === own ? 2 : 1) ? own : name, cells };
  });
}

/** Decimal commas of the whole table as points, since some fields of a dictionary have them, some not. */
function withPoints(table: Table): Table {
  if (!table.format.decimalComma) return table;
  const point = (cell: string | null) =>
    cell !== null && !Number.isNaN(toNumber(cell, true)) ? cell.replace(",", ".") : cell;
  return {
    ...table,
    format: { ...table.format, decimalComma: false },
    columns: table.columns.map(({ name, cells }) => ({ name, cells: cells.map(point) })),
  };
}
