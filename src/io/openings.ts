/** Every opening of test rows, kept by the hash of the rows outside any run folder. */
import { appendLine, readFile, stateFolder } from "#platform";
import { anyNumber, anyText, decodeJson, fields, orNull } from "./json.ts";

/** One look at test rows: whose, when, and what was read there. */
export type Opening = {
  /** SHA-256 of the rows: `rowsHash`. */
  readonly rows: string;
  /** ISO 8601, UTC. */
  readonly opened: string;
  /** The run that looked, or the command. */
  readonly run: string;
  /** The main number: `auroc`, `r2`. */
  readonly statistic: string;
  readonly value: number | null;
};

const checkOpening = fields<Opening>({
  ...{ rows: anyText, opened: anyText, run: anyText, statistic: anyText },
  value: orNull(anyNumber),
});

export interface Opened {
  /** Earlier openings of the same rows, the first one first. */
  readonly before: readonly Opening[];
  /** Why this one could not be written down; `null` where it was, or where no log is wanted. */
  readonly lost: string | null;
}

/** The log of this person's openings; `null` where `GOLGI_STATE` is empty. */
function openingsLog(): string | null {
  const folder = stateFolder();
  return folder === null ? null : `${folder}/openings.jsonl`;
}

/**
 * Writes an opening down and tells those before it. A log that is missing, damaged or cannot be
 * written never stops anybody: lines that are none are passed over.
 *
 *     const { before } = await openTestRows({ rows, opened, run: "wdbc-1", statistic: "auroc", value: 0.994 });
 */
export async function openTestRows(opening: Opening): Promise<Opened> {
  const log = openingsLog();
  if (log === null) return { before: [], lost: null };
  const before = (await readOpenings(log)).filter(({ rows }) => rows === opening.rows);
  try {
    await appendLine(log, JSON.stringify(opening));
    return { before, lost: null };
  } catch (error) {
    return { before, lost: `${log} cannot be written (${(error as Error).message})` };
  }
}

/**
 * The openings of some rows so far, this machine's, the first one first.
 *
 *     await openingsOf(await rowsHash(prepared.test.table, prepared.split.test));
 */
export async function openingsOf(rows: string): Promise<Opening[]> {
  const log = openingsLog();
  return log === null ? [] : (await readOpenings(log)).filter((each) => each.rows === rows);
}

async function readOpenings(log: string): Promise<Opening[]> {
  const text = await readFile(log).then(
    (bytes) => new TextDecoder().decode(bytes),
    () => "",
  );
  return text.split("\n").flatMap((line) => {
    try {
      return line === ""
        ? []
        : [checkOpening(decodeJson(new TextEncoder().encode(line), log), log)];
    } catch {
      return [];
    }
  });
}
