/** Golgi on Node: the files around the library. Import it as `golgi/node`. */
import { sha256OfFile } from "#platform";
import type { DataFile } from "./io/runFolder.ts";

export { readFile, writeFileAtomic } from "#platform";
export { checkpointsOf, notesOf } from "./evaluate/checkpoints.ts";
export { type Figures, type Paper, type Published, papers } from "./evaluate/papers/published.ts";
export {
  type Difference,
  type Reproduced,
  type ReproduceOptions,
  reproduce,
} from "./evaluate/papers/reproduce.ts";
export { type Cell, csvPieces, encodeCsv } from "./io/csv.ts";
export type { Json } from "./io/json.ts";
export { type Opened, type Opening, openingsOf, openTestRows } from "./io/openings.ts";
export {
  checkOutput,
  type DataFile,
  type Manifest,
  nextRunPath,
  type Run,
  type RunContents,
  readRun,
  writeRun,
} from "./io/runFolder.ts";
export {
  abandonRun,
  type Begun,
  beginRun,
  finishRun,
  missingParent,
  readUnfinished,
  runPath,
  sweepTorn,
} from "./io/unfinishedRun.ts";
export { readReportSource } from "./report/source.ts";

/** A file's name, without its path, and the SHA-256 of its bytes, as a manifest names it. */
export async function dataFile(path: string): Promise<DataFile> {
  return { name: path.split(/[/\\]/).at(-1)!, sha256: await sha256OfFile(path) };
}
