/** Text to records: papaparse cuts the cells, the line each record begins on is kept. */
import type { ParseResult, ParseStepResult } from "papaparse";
import { InputError } from "../../base/errors.ts";

/**
 * Calls `take` with the cells of each record that is not blank and the line it begins on. `text`
 * has `\n` line ends; `firstLine` is the number of its first line. A quotation mark that is never
 * closed, or closed in the middle of a cell, is an InputError with its line.
 */
export async function cutRecords(
  file: { name: string; text: string; delimiter: string; firstLine: number },
  take: (cells: readonly string[], line: number) => void,
): Promise<void> {
  const { name, text, delimiter } = file;
  const { default: papa } = await import("papaparse");
  let line = file.firstLine;
  let begin = 0;
  papa.parse<string[]>(text, {
    delimiter,
    newline: "\n",
    step: ({ data, errors, meta }) => {
      const [fault] = errors;
      if (fault)
        throw quoteFault(name, fault.code, line + linesIn(text, begin, fault.index ?? begin));
      if (data.length > 1 || data[0]!.trim() !== "") take(data, line);
      line += linesIn(text, begin, meta.cursor);
      begin = meta.cursor;
    },
  });
}

/** Longer records are taken for a quotation mark that nobody closed. */
const longestRecord = 67_108_864;

/**
 * The same for a text that comes in pieces: calls `take` for the records that are whole, and gives
 * what is left of the text, and the number of its first line. The `last` piece leaves nothing.
 */
export function recordCutter(
  { Parser }: typeof import("papaparse"),
  file: { readonly name: string; readonly delimiter: string },
  take: (cells: readonly string[], line: number) => void,
) {
  const { name, delimiter } = file;
  return (text: string, firstLine: number, last: boolean): { rest: string; line: number } => {
    let [line, begin] = [firstLine, 0];
    if (!text.includes('"')) {
      const written = text.split("\n");
      const rest = last ? "" : written.pop()!;
      for (const record of written) {
        if (record.trim() !== "") take(record.split(delimiter), line);
        line++;
      }
      return { rest, line };
    }
    const parser = new Parser({
      ...{ delimiter, newline: "\n" },
      step: ({ data, errors, meta }: ParseStepResult<string[]>) => {
        const [fault] = errors;
        if (fault)
          throw quoteFault(name, fault.code, line + linesIn(text, begin, fault.index ?? 0));
        const [cells] = data as unknown as [string[]];
        if (cells.length > 1 || cells[0]!.trim() !== "") take(cells, line);
        line += linesIn(text, begin, meta.cursor);
        begin = meta.cursor;
      },
    });
    const { errors, meta } = parser.parse(text, 0, !last) as ParseResult<string[]>;
    const [fault] = errors;
    if (fault) throw quoteFault(name, fault.code, line + linesIn(text, begin, fault.index ?? 0));
    const rest = last ? "" : text.slice(meta.cursor);
    if (rest.length > longestRecord) throw quoteFault(name, "MissingQuotes", line);
    return { rest, line };
  };
}

function linesIn(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1))
    count++;
  return count;
}

const quoteFault = (name: string, code: string, line: number) =>
  new InputError(
    code === "MissingQuotes"
      ? `${name}, line ${line}: a quotation mark opens a cell and none closes it. Close or remove it.`
      : `${name}, line ${line}: a quoted cell goes on after its closing quotation mark. ` +
          `Double the marks inside the cell, or remove them.`,
  );
