/** Small tables and folders for tests of the command line. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe } from "vitest";

/** The embedded sample. */
export const wdbc = fileURLToPath(new URL("../../data/wdbc.csv", import.meta.url));
export const wdbcArguments = ["train", wdbc, "--target", "Diagnosis", "--positive", "M"];

export interface Folder {
  readonly path: (name: string) => string;
  /** Writes a file and gives its path. */
  readonly write: (name: string, content: string | Uint8Array) => string;
  readonly text: (name: string) => string;
  readonly bytes: (name: string) => Buffer;
  /** Every file below, with its size. */
  readonly everything: () => string[];
}

/** An empty folder that goes when the tests of a file are over. */
export function temporaryFolder(): Folder {
  const root = mkdtempSync(join(tmpdir(), "golgi-cli-"));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const path = (name: string) => join(root, name);
  return {
    path,
    write: (name, content) => {
      writeFileSync(path(name), content);
      return path(name);
    },
    text: (name) => readFileSync(path(name), "utf8"),
    bytes: (name) => readFileSync(path(name)),
    everything: () =>
      readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((file) => `${file} ${readFileSync(file).length}`)
        .sort(),
  };
}

/** Where the tables are that the project may not embed; without them their tests are skipped. */
export const shared = "../shared/data";
export function describeShared(what: string, body: () => void): void {
  describe.skipIf(!existsSync(shared))(`${what} (need ../shared)`, body);
}

/** A table with so many rows, each made from its number: `table("a,b", 3, (i) => [i, 2 * i])`. */
export const table = (
  header: string,
  rows: number,
  row: (i: number) => readonly (string | number)[],
): string => [header, ...Array.from({ length: rows }, (_, i) => row(i).join(","))].join("\n");

/** Numbers that look random and are not: in [0, 1). */
export const scattered = (i: number, salt = 1): number =>
  ((Math.imul(i + 1, 2654435761) ^ Math.imul(salt, 40503)) >>> 8) / 2 ** 24;

/** Control characters but line feeds, which no pipe should see. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what is looked for
export const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;
