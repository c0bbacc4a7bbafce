/** REDCap's data dictionary: the CSV that the Online Designer or the API gives. */
import { sha256 } from "#platform";
import { InputError } from "../../base/errors.ts";
import { quoted } from "../findings.ts";
import type { SourceFile } from "../readers/cells.ts";
import { parseDelimited } from "../readers/csv.ts";
import type { Table } from "../table.ts";
import type { DataDictionary, DictionaryField } from "./types.ts";

/** The dictionary's columns, in the file that REDCap lets one download and in its API. */
const headers = {
  name: ["Variable / Field Name", "field_name"],
  form: ["Form Name", "form_name"],
  type: ["Field Type", "field_type"],
  label: ["Field Label", "field_label"],
  choices: ["Choices, Calculations, OR Slider Labels", "select_choices_or_calculations"],
  note: ["Field Note", "field_note"],
  validation: [
    "Text Validation Type OR Show Slider Number",
    "text_validation_type_or_show_slider_number",
  ],
  low: ["Text Validation Min", "text_validation_min"],
  high: ["Text Validation Max", "text_validation_max"],
  identifier: ["Identifier?", "identifier"],
  branching: ["Branching Logic (Show field only if...)", "branching_logic"],
} as const;

type Header = keyof typeof headers;

/**
 * Reads the dictionary; an InputError where the file is none, or names a field twice.
 *
 *     const dictionary = await parseDictionary({ name: "dictionary.csv", bytes });
 */
export async function parseDictionary(file: SourceFile): Promise<DataDictionary> {
  const table = await parseDelimited(file);
  const cellsOf = (header: Header) => {
    const names: readonly string[] = headers[header];
    return table.columns.find(({ name }) => names.includes(name))?.cells;
  };
  const cells = new Map(
    (Object.keys(headers) as Header[]).map((header) => [header, cellsOf(header)]),
  );
  const [lacking] = (["name", "type"] as const).filter((header) => !cells.get(header));
  if (lacking)
    throw new InputError(
      `${file.name} is no data dictionary of REDCap: it has no column ` +
        `${quoted(headers[lacking][0])}. Download the dictionary in REDCap's Project Setup.`,
    );
  const fields = Array.from({ length: table.rows }, (_, row) =>
    fieldOf((header) => cells.get(header)?.[row] ?? ""),
  );
  refuseRepeated(table, fields);
  const { name } = file;
  return { name, sha256: await sha256(file.bytes), record: fields[0]!.name, fields };
}

function fieldOf(cell: (header: Header) => string): DictionaryField {
  const type = cell("type").toLowerCase();
  const validation = type === "text" ? cell("validation").toLowerCase() : "";
  return {
    name: cell("name").toLowerCase(),
    form: cell("form").toLowerCase(),
    type,
    choices: choicesOf(type, cell("choices")),
    validation,
    low: cell("low").replace(",", "."),
    high: cell("high").replace(",", "."),
    unit: isNumber({ type, validation }) ? unitOf(cell("label"), cell("note")) : null,
    identifies: /^y/i.test(cell("identifier")),
    branching: cell("branching"),
  };
}

function refuseRepeated({ name, lines }: Table, fields: readonly DictionaryField[]): void {
  const known = new Set<string>();
  fields.forEach((field, row) => {
    if (field.name === "" || known.has(field.name))
      throw new InputError(
        `${name}, line ${lines[row]}: ${field.name === "" ? "a field has no name" : `the field ${quoted(field.name)} stands there again`}. ` +
          `Download the dictionary anew.`,
      );
    known.add(field.name);
  });
}

const withoutTags = (label: string) =>
  label
    .replace(/<[^<>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();

/** `1, Male | 2, Female`: codes and labels of a question with given answers. */
function choicesOf(type: string, text: string): [string, string][] {
  if (type === "yesno") return ["1,Yes", "0,No"].map(choiceOf);
  if (type === "truefalse") return ["1,True", "0,False"].map(choiceOf);
  if (!/^(?:radio|dropdown|checkbox)$/.test(type)) return [];
  const pairs = text
    .split("|")
    .map(choiceOf)
    .filter(([code]) => code !== "");
  const times = new Map<string, number>();
  for (const [, label] of pairs) times.set(label, (times.get(label) ?? 0) + 1);
  return pairs.map(([code, label]) => [code, times.get(label)! > 1 ? `${label} (${code})` : label]);
}

function choiceOf(choice: string): [code: string, label: string] {
  const comma = choice.indexOf(",");
  const code = (comma < 0 ? choice : choice.slice(0, comma)).trim();
  return [code, withoutTags(comma < 0 ? "" : choice.slice(comma + 1)) || code];
}

const inBrackets = /[([]\s*([^()[\]]{1,12}?)\s*[)\]]\s*:?$/;
const unitAlone =
  /^(?:%|[kmµ]?g|[cm]?m|m?l|mmhg|k?pa|bpm|°?[cf]|years?|months?|weeks?|days?|hours?|min(?:utes)?|[^\s/]{1,8}\/[^\s/]{1,8})$/i;

/** `kg` of the label `Weight (kg)`, or of a field note that is nothing else. */
function unitOf(label: string, note: string): string | null {
  const alone = withoutTags(note);
  return inBrackets.exec(withoutTags(label))?.[1] ?? (unitAlone.test(alone) ? alone : null);
}

/** Whether a field holds numbers, whatever its values look like. */
export const isNumber = ({ type, validation }: Pick<DictionaryField, "type" | "validation">) =>
  type === "calc" || type === "slider" || /^(?:integer|number)/.test(validation);

const isText = (value: unknown) => typeof value === "string";
const isChoice = (value: unknown) =>
  Array.isArray(value) && value.length === 2 && value.every(isText);
const needs: { readonly [K in keyof DictionaryField]: (value: unknown) => boolean } = {
  ...{ name: isText, form: isText, type: isText, validation: isText, low: isText, high: isText },
  choices: (value) => Array.isArray(value) && value.every(isChoice),
  unit: (value) => value === null || isText(value),
  identifies: (value) => typeof value === "boolean",
  branching: isText,
};

/** Whether JSON is a dictionary, as a model file keeps it. */
export function isDictionary(value: unknown): value is DataDictionary {
  const { name, sha256: hash, record, fields } = Object(value) as Record<string, unknown>;
  return (
    [name, hash, record].every(isText) &&
    Array.isArray(fields) &&
    fields.every((field) => {
      const facts = Object(field) as Record<string, unknown>;
      return Object.entries(needs).every(([key, holds]) => holds(facts[key]));
    })
  );
}
