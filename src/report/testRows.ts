/** The rows a run was tested on, from its `predictions.csv`: what is true and what was predicted. */
import { InputError } from "../base/errors.ts";
import type { ModelTarget } from "../data/index.ts";

export interface TestRows {
  readonly rows: number;
  /** The line of the data file that each row begins on. */
  readonly lines: Int32Array;
  /** The place of the label, or the number. */
  readonly truth: Float64Array;
  /** What was called: the place of a label, or the number. */
  readonly values: Float64Array;
  /** [rows × labels], those of a binary task included; `null` for a regression. */
  readonly probabilities: Float64Array | null;
  /** A number for each group, where groups were told and the table has them. */
  readonly groups: Float64Array | null;
}

interface About {
  readonly file: string;
  readonly target: ModelTarget;
  /** The column that names groups. */
  readonly group?: string;
}

export const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads predictions as `predictionTable` orders them: line, names, truth, prediction, probabilities. */
export async function readPredictions(bytes: Uint8Array, about: About): Promise<TestRows> {
  const { default: papa } = await import("papaparse");
  const { target, file, group } = about;
  const text = new TextDecoder().decode(bytes);
  const [header = [], ...rows] = papa.parse<string[]>(text, {
    skipEmptyLines: true,
    delimiter: ",",
  }).data;
  const shown = target.task === "binary" ? 1 : target.labels.length;
  const [prediction, truth] = [header.length - shown - 1, header.length - shown - 2];
  if (truth < 1 || rows.some((cells) => cells.length !== header.length))
    throw new InputError(`${file} is not what golgi train writes; it was changed. Train again.`);
  const column = <T>(place: number, read: (cell: string) => T) =>
    rows.map((cells) => read(cells[place]!));
  const outcome = (cell: string) => outcomeOf(cell, about);
  const number = (cell: string) => numberOf(cell, file);
  const named = group === undefined ? -1 : header.indexOf(group);
  return {
    rows: rows.length,
    lines: Int32Array.from(column(0, number)),
    truth: Float64Array.from(column(truth, outcome)),
    values: Float64Array.from(column(prediction, outcome)),
    probabilities:
      target.task === "regression"
        ? null
        : Float64Array.from(
            rows.flatMap((cells) => {
              const given = cells.slice(prediction + 1).map(number);
              return target.task === "binary" ? [1 - given[0]!, given[0]!] : given;
            }),
          ),
    groups: named < 1 || named >= truth ? null : numbered(column(named, (cell) => cell)),
  };
}

function outcomeOf(cell: string, { target, file }: About): number {
  if (target.task === "regression") return numberOf(cell, file);
  // a label that a spreadsheet would run has an apostrophe before it
  const place = [cell, cell.replace(/^'/, "")].map((label) => target.labels.indexOf(label));
  const found = Math.max(...place);
  if (found >= 0) return found;
  throw new InputError(`${file}: “${cell}” is none of the model's labels. Train again.`);
}

function numberOf(cell: string, file: string): number {
  const value = cell === "" ? Number.NaN : Number(cell);
  if (Number.isFinite(value)) return value;
  throw new InputError(`${file}: “${cell}” is not a number. Train again.`);
}

function numbered(names: readonly string[]): Float64Array {
  const places = new Map<string, number>();
  return Float64Array.from(names, (name) => {
    const place = places.get(name) ?? places.size;
    places.set(name, place);
    return place;
  });
}
