/** Text to records: papaparse cuts the cells, the line each record begins on is kept. */
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
  const linesIn = (from: number, to: number) => {
    let count = 0;
    for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1))
      count++;
    return count;
  };
  papa.parse<string[]>(text, {
    delimiter,
    newline: "\n",
    step: ({ data, errors, meta }) => {
      const [fault] = errors;
      if (fault) throw quoteFault(name, fault.code, line + linesIn(begin, fault.index ?? begin));
      if (data.length > 1 || data[0]!.trim() !== "") take(data, line);
      line += linesIn(begin, meta.cursor);
      begin = meta.cursor;
    },
  });
}

const quoteFault = (name: string, code: string, line: number) =>
  new InputError(
    code === "MissingQuotes"
      ? `${name}, line ${line}: a quotation mark opens a cell and none closes it. Close or remove it.`
      : `${name}, line ${line}: a quoted cell goes on after its closing quotation mark. ` +
          `Double the marks inside the cell, or remove them.`,
  );
