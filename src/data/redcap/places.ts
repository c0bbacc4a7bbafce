/** What each column of an export is to its dictionary. */
import type { Column, Table } from "../table.ts";
import { isNumber } from "./dictionary.ts";
import type { DataDictionary, DictionaryField } from "./types.ts";

/** A column's field; of a checkbox also its code, or `unknown` for a code of the project's own. */
export type Place =
  | { readonly kind: "field"; readonly column: Column; readonly field: DictionaryField }
  | {
      readonly kind: "checkbox";
      readonly column: Column;
      readonly field: DictionaryField;
      readonly code: string;
      readonly label: string;
    }
  /** A checkbox that the dictionary does not list: a missing data code such as `race___unk`. */
  | { readonly kind: "unknown checkbox"; readonly column: Column; readonly field: DictionaryField }
  /** REDCap's own column of a form: `visit_complete`, `visit_timestamp`. */
  | { readonly kind: "status"; readonly column: Column; readonly form: string }
  | { readonly kind: "time"; readonly column: Column; readonly form: string };

/** What stands in a category where the question was never put. */
export const notAsked = "(not asked)";

/** A column as it is read, and the rows whose question was not put. */
export interface ReadColumn {
  readonly column: Column;
  readonly place: Place | null;
  readonly hidden: readonly number[];
  /** Branching logic that is not read. */
  readonly unread?: string;
}

const separator = "___";

/** The name of a checkbox in exports: small letters, everything else an underscore. */
const spelled = (code: string) => code.toLowerCase().replace(/[^a-z0-9]/g, "_");

/** The place of each column; `null` for those that the dictionary does not know. */
export function placesOf({ columns }: Table, { fields }: DataDictionary): (Place | null)[] {
  const known = new Map(fields.map((field) => [field.name, field]));
  const checkboxes = new Map(
    fields.flatMap((field) =>
      field.type === "checkbox"
        ? field.choices.map(([code, label]) => [
            `${field.name}${separator}${spelled(code)}`,
            { field, code, label },
          ])
        : [],
    ) as [string, { field: DictionaryField; code: string; label: string }][],
  );
  const forms = new Set(fields.map(({ form }) => form));
  return columns.map((column): Place | null => {
    const name = column.name.toLowerCase();
    const checkbox = checkboxes.get(name);
    if (checkbox) return { kind: "checkbox", column, ...checkbox };
    const field = known.get(name);
    if (field) return field.type === "checkbox" ? null : { kind: "field", column, field };
    const asked = known.get(name.slice(0, Math.max(0, name.indexOf(separator))));
    if (asked?.type === "checkbox") return { kind: "unknown checkbox", column, field: asked };
    const [, form = "", what] = /^(.*)_(complete|timestamp)$/.exec(name) ?? [];
    if (!forms.has(form)) return null;
    return { kind: what === "complete" ? "status" : "time", column, form };
  });
}

/** A kind that the dictionary tells, whatever the cells look like, and why. */
export interface TellsKind {
  readonly kind: "number" | "identifier" | "text";
  readonly reason: string;
}

/** What the dictionary says of a column that has its field's name; `null` where its cells decide. */
export function toldKind(dictionary: DataDictionary | undefined, name: string): TellsKind | null {
  if (!dictionary) return null;
  const { record, fields } = dictionary;
  if (name === record) return { kind: "identifier", reason: "names the record (dictionary)" };
  const field = fields.find((each) => each.name === name);
  if (field?.identifies || name === "redcap_survey_identifier")
    return { kind: "text", reason: "identifies a person (dictionary)" };
  if (!field) {
    const status = fields.some(({ form }) => name === `${form}_complete`);
    return status ? { kind: "text", reason: "how far a form is (REDCap's own)" } : null;
  }
  if (isNumber(field)) return { kind: "number", reason: "a number (dictionary)" };
  const free = field.type === "notes" || field.type === "file" || field.type === "signature";
  return free ? { kind: "text", reason: `${field.type} (dictionary)` } : null;
}
