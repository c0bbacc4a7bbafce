/** Records to columns: the header is checked, then each record is counted, trimmed and told missing. */
import { InputError } from "../../base/errors.ts";
import { counted, type Finding, listed, quoted } from "../findings.ts";
import { toNumber } from "../table.ts";

/** What R and pandas leave without a name when they write their row names first. */
const rowName = "(row name)";

/**
 * Cells that are missing without being told: blank, R's NA, Excel's #N/A, Python's nan, SQL's NULL,
 * the `?` of the UCI sets, the `.` of SAS and Stata. `None` and `-` may be answers, so they are not.
 */
const missingCodes: ReadonlySet<string> = new Set(
  " NA N/A n/a #N/A NaN nan NULL null ? .".split(" "), // the first is the blank
);

/** The columns so far: `null` stands for a missing cell. */
export interface Body {
  readonly names: readonly string[];
  readonly columns: readonly (string | null)[][];
  /** The line on which each row begins. */
  readonly lines: readonly number[];
  readonly findings: Finding[];
}

/** Takes the header first, then the rows; `finish` gives what came together. */
export function bodyBuilder(name: string, skipRagged: boolean) {
  let names: string[] | undefined;
  let columns: (string | null)[][] = [];
  const lines: number[] = [];
  const ragged: number[] = [];
  let empty = 0;
  let rows = 0;

  function take(record: readonly string[], line: number): void {
    if (!names) {
      names = checkHeader(name, record, line);
      columns = names.map(() => []);
    } else if (record.length !== names.length) {
      if (!skipRagged) throw raggedLine(name, line, record.length, names.length);
      ragged.push(line);
    } else {
      const cells = record.map(clean);
      if (cells.every((cell) => cell === null)) empty++;
      else {
        for (let i = 0; i < cells.length; i++) columns[i]!.push(cells[i]!);
        lines.push(line);
        rows++;
      }
    }
  }

  function finish(): Body {
    if (rows === 0)
      throw new InputError(
        `${name} has a header line and no rows${ragged.length > 0 ? " that fit it" : ""}. ` +
          `Add rows of data below line 1.`,
      );
    const findings: Finding[] = [];
    if (ragged.length > 0) findings.push(raggedLines(ragged));
    if (empty > 0)
      findings.push({
        kind: "empty rows",
        level: "warning",
        count: empty,
        message: `${counted(empty, "row")} without any value left out`,
      });
    return { names: names!, columns, lines, findings };
  }

  /** The rows so far, which are then forgotten: for tables that do not fit into memory. */
  function drain(): Pick<Body, "names" | "columns" | "lines"> {
    const drained = { names: names ?? [], columns, lines: [...lines] };
    columns = (names ?? []).map(() => []);
    lines.length = 0;
    return drained;
  }

  return { take, drain, finish };
}

/** Trimmed, without quotation marks that a space kept the reader from seeing. */
function trimmed(raw: string): string {
  const cell = raw.trim();
  const quotes = cell.length > 1 && cell.startsWith('"') && cell.endsWith('"');
  return quotes ? cell.slice(1, -1).trim() : cell;
}

function clean(raw: string): string | null {
  const first = raw.charCodeAt(0);
  const cell = first >= 48 && first <= 57 ? raw.trimEnd() : trimmed(raw); // most cells are numbers
  return cell.length <= 4 && missingCodes.has(cell) ? null : cell;
}

function checkHeader(name: string, record: readonly string[], line: number): string[] {
  const names = record.map((cell, i) => trimmed(cell).replace(/\s+/g, " ") || (i ? "" : rowName));
  const blank = names.indexOf("");
  if (blank >= 0)
    throw new InputError(
      `${name}, line ${line}: column ${blank + 1} of ${names.length} has no name. ` +
        `Name it, or delete the column.`,
    );
  const places = new Map<string, number>();
  names.forEach((column, i) => {
    const before = places.get(column);
    if (before !== undefined)
      throw new InputError(
        `${name}, line ${line}: columns ${before + 1} and ${i + 1} are both named ` +
          `${quoted(column)}. Rename one.`,
      );
    places.set(column, i);
  });
  const values = names.map((column) => toNumber(column, false));
  if (values.every((value) => !Number.isNaN(value)) && !values.every(Number.isInteger))
    throw new InputError(
      `${name}, line ${line}: numbers stand where column names are needed. Add a header line.`,
    );
  return names;
}

const raggedLine = (name: string, line: number, found: number, needed: number) =>
  new InputError(
    `${name}, line ${line}: ${counted(found, "cell")} where the header has ${needed}. ` +
      `Mend the line, or leave such lines out with --skip-ragged.`,
  );

const raggedLines = (lines: readonly number[]): Finding => ({
  kind: "ragged lines",
  level: "warning",
  count: lines.length,
  lines,
  message:
    `${counted(lines.length, "line")} left out: not as many cells as the header ` +
    `(line ${listed(lines.map(String), 5)})`,
});
