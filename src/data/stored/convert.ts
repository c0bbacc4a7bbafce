/** Delimited text of any size to a row file: guess, verify on the way, and begin again where a guess fails. */
import { openFile } from "#platform";
import { blankCodes } from "../missing.ts";
import { bodyBuilder } from "../readers/body.ts";
import {
  mixedDecimals,
  otherEncoding,
  type TextOptions,
  withoutSeparatorLine,
} from "../readers/csv.ts";
import { countDecimals, findDelimiter } from "../readers/dialect.ts";
import { recordCutter } from "../readers/records.ts";
import type { Text } from "../readers/text.ts";
import { type RowFacts, rowFileWriter } from "./rowFile.ts";
import { RowSink, type Taken } from "./rowSink.ts";
import { textPieces, toldEncoding } from "./textPieces.ts";

/** What only the whole file can tell. */
interface Guess {
  readonly encoding: Text["encoding"];
  /** By the first piece unless known. */
  readonly decimalComma?: boolean;
  readonly taken: Taken;
}

interface Source {
  readonly path: string;
  readonly name: string;
  /** SHA-256 of the file. */
  readonly sha256: string;
  readonly options: TextOptions;
}

/** Reads the file once, or again for each thing that turned out otherwise, and writes the row file. */
export async function convert(source: Source, to: string): Promise<void> {
  const { default: papa } = await import("papaparse");
  const encoding = toldEncoding(source.name, openFile(source.path));
  let guess: Guess | null = { encoding, taken: { text: new Set(), varied: new Set() } };
  while (guess) guess = convertOnce(papa, source, to, guess);
}

/** Writes the row file and gives `null`; or what to read the file as instead. */
function convertOnce(
  papa: typeof import("papaparse"),
  source: Source,
  to: string,
  guess: Guess,
): Guess | null {
  const writer = rowFileWriter(to);
  let written = false;
  try {
    const result = readAll(papa, source, guess, writer.write);
    if ("taken" in result) return result;
    writer.finish(result);
    written = true;
    return null;
  } finally {
    if (!written) writer.abandon();
  }
}

type Decimals = ReturnType<typeof countDecimals>;

const added = (one: Decimals, two: Decimals): Decimals => ({
  commas: one.commas + two.commas,
  points: one.points + two.points,
  sure: one.sure || two.sure,
});
const areCommas = ({ sure, commas, points }: Decimals) => sure && commas > points;

/** All cells into the sink; what came together on the way, or `null` where the encoding is another. */
function readCells(
  papa: typeof import("papaparse"),
  { path, name, options }: Source,
  guess: Guess,
  write: ReturnType<typeof rowFileWriter>["write"],
) {
  const { missing = [], skipRagged = false } = options;
  const body = bodyBuilder(name, skipRagged);
  let decimals: Decimals = { commas: 0, points: 0, sure: false };
  let cut: ReturnType<typeof recordCutter> | undefined;
  let sink: RowSink | undefined;
  let [delimiter, rest, line] = [options.delimiter ?? "", "", 1];
  let decimalComma = options.decimalComma ?? guess.decimalComma;
  for (const piece of textPieces(name, openFile(path), guess.encoding)) {
    if (!piece) return null;
    let { text } = piece;
    if (!cut) {
      const begun = withoutSeparatorLine(text);
      [text, line] = [begun.text, begun.firstLine];
      delimiter ||= begun.told ?? findDelimiter(name, text);
      cut = recordCutter(papa, { name, delimiter }, body.take);
    }
    ({ rest, line } = cut(rest + text, line, piece.last));
    const { columns, lines } = body.drain();
    decimals = added(decimals, countDecimals(columns, delimiter));
    if (lines.length === 0) continue;
    decimalComma ??= areCommas(decimals);
    const cells = columns.map(blankCodes(missing, decimalComma));
    sink ??= new RowSink({ name, columns: cells, decimalComma, taken: guess.taken, write });
    sink.add(cells, lines);
  }
  const { names, findings } = body.finish();
  return { names, findings, sink: sink!, decimals, delimiter, decimalComma: decimalComma ?? false };
}

function readAll(
  papa: typeof import("papaparse"),
  source: Source,
  guess: Guess,
  write: ReturnType<typeof rowFileWriter>["write"],
): Guess | Omit<RowFacts, "checksums"> {
  const { name, sha256, options } = source;
  const found = readCells(papa, source, guess, write);
  if (!found) return { ...guess, encoding: "windows-1252" };
  const { names, findings, sink, decimals, delimiter, decimalComma } = found;
  const told = options.decimalComma !== undefined;
  if (!told && areCommas(decimals) !== decimalComma)
    return { ...guess, decimalComma: !decimalComma };
  const otherwise = sink.otherwise();
  if (otherwise) return { ...guess, decimalComma, taken: otherwise };
  if (!told && decimals.commas > 0 && decimals.points > 0)
    findings.push(mixedDecimals({ ...decimals, decimalComma }));
  if (guess.encoding === "windows-1252") findings.push(otherEncoding);
  return {
    ...{ name, source: sha256, names, missing: options.missing ?? [], findings },
    ...sink.finish(),
    format: { delimiter, decimalComma, encoding: guess.encoding },
  };
}
