/** Forms of an export: in which rows each was filled, and what codes its fields have. */

import type { Table } from "../table.ts";
import type { Lookup } from "./branching.ts";
import type { Place } from "./places.ts";

export interface Form {
  readonly name: string;
  /** Whether anything was entered; true where the export does not tell. */
  readonly filled: (row: number) => boolean;
}

/** `1`, `Checked`, or the label itself. */
export const isChecked = (cell: string, label?: string): boolean =>
  cell === "1" || /^checked$/i.test(cell) || cell === label;

/** What shows that a form was filled: an answer, a box, a status of its own; not what is calculated. */
function evidenceOf(place: Place, record: string): ((cell: string) => boolean) | null {
  if (place.kind === "checkbox") return (cell) => isChecked(cell, place.label);
  if (place.kind === "unknown checkbox") return (cell) => isChecked(cell);
  if (place.kind === "status") return (cell) => !/^(?:0|incomplete)$/i.test(cell);
  if (place.kind === "time") return () => true;
  const { type, name } = place.field;
  return type === "calc" || name === record ? null : () => true;
}

/** The forms of the columns by name. */
export function formsOf(
  places: readonly (Place | null)[],
  record: string,
): ReadonlyMap<string, Form> {
  const shown = new Map<string, ((row: number) => boolean)[]>();
  const telling = new Set<string>();
  for (const place of places) {
    if (!place) continue;
    const form = "field" in place ? place.field.form : place.form;
    const found = shown.get(form) ?? [];
    shown.set(form, found);
    const evidence = evidenceOf(place, record);
    if (!evidence) continue;
    const { cells } = place.column;
    found.push((row) => cells[row] !== null && evidence(cells[row]!));
    if (place.kind === "field" || place.kind === "status") telling.add(form);
  }
  return new Map(
    Array.from(shown, ([name, found]) => {
      const filled = (row: number) => !telling.has(name) || found.some((shows) => shows(row));
      return [name, { name, filled }];
    }),
  );
}

/** Codes for the branching logic, from a raw export or from one with labels. */
export function lookupOf(table: Table, places: readonly (Place | null)[]): Lookup {
  const byName = new Map<string, Place>();
  for (const place of places) {
    if (place?.kind === "field") byName.set(place.field.name, place);
    else if (place?.kind === "checkbox") byName.set(`${place.field.name}(${place.code})`, place);
  }
  const events = table.columns.find(({ name }) => name === "redcap_event_name");
  return (name, checkbox) => {
    if (name === "event-name") return events ? (row) => events.cells[row] ?? "" : null;
    const place = byName.get(checkbox === undefined ? name : `${name}(${checkbox})`);
    if (place?.kind === "checkbox")
      return (row) => (isChecked(place.column.cells[row] ?? "", place.label) ? "1" : "0");
    if (place?.kind !== "field") return null;
    const codes = new Map(place.field.choices.map(([code, label]) => [label, code]));
    return (row) => {
      const cell = place.column.cells[row] ?? "";
      return codes.get(cell) ?? cell;
    };
  };
}
