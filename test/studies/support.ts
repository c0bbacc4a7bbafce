/** What the studies share: sample tables, those kept beside the project, and a folder to write to. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { data, type StudyOptions } from "../../src/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A table of `data/`, or of `../shared/data/` where it is kept beside the project. */
export const sample = (name: string) => data.read(join(root, "data", name));
const beside = (name: string) => join(root, "../shared/data", name);
/** Tables that the project may not embed; a test that needs one is skipped without it. */
export const isBeside = (...names: string[]) => names.every((name) => existsSync(beside(name)));
export const besideTable = (name: string) => data.read(beside(name));

/** A table from lines of text. */
export const tableOf = (...lines: string[]) =>
  data.parseTable({ name: "table.csv", bytes: new TextEncoder().encode(lines.join("\n")) });

/** 60 rows: `y` is yes where `a` is large; `p` names a patient of three visits. */
export const visits = (change: (line: string, row: number) => string = (line) => line) =>
  tableOf(
    "p,a,b,y",
    ...Array.from({ length: 60 }, (_, row) => {
      const a = ((row * 37) % 60) / 10;
      const line = `p${Math.floor(row / 3)},${a},${(row * 7) % 11}.5,${a > 3 ? "yes" : "no"}`;
      return change(line, row);
    }),
  );

/** Settings that finish at once, where the numbers do not matter. */
export const quick = { epochs: 3 } satisfies Partial<StudyOptions>;

/** A folder that is gone after the tests of the file. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "golgi-studies-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const golden = (name: string) =>
  JSON.parse(readFileSync(join(root, "test/goldens/studies", name), "utf8"));
