/** A table that is larger than memory: converted once to a row file, and read from there. */
import { exists, openFile, sha256, sha256OfFile } from "#platform";
import { InputError } from "../../base/errors.ts";
import type { TextOptions } from "../readers/csv.ts";
import type { Table } from "../table.ts";
import { convert } from "./convert.ts";
import { RowFile, rowFormat } from "./rowFile.ts";
import { storedTable } from "./storedTable.ts";

export interface StoredOptions extends TextOptions {
  /** Where row files are kept; `runs/.rows` unless told. */
  readonly rows?: string;
  /** Told once where the table is converted, which takes a while. */
  readonly onConvert?: (message: string) => void;
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;

/**
 * The table of a delimited text file, its cells on disk. The row file is used again as long as
 * size, time, SHA-256 and options are the same.
 */
export async function readStored(path: string, options: StoredOptions): Promise<Table> {
  const { rows: folder = "runs/.rows", onConvert, ...told } = options;
  const name = path.split(/[/\\]/).at(-1)!;
  const { size, modified } = openFile(path);
  const key = await sha256(
    new TextEncoder().encode(JSON.stringify({ name, size, modified, told, rowFormat })),
  );
  const rowPath = `${folder}/${name.replace(/[^\w.-]+/g, "-")}-${key.slice(0, 12)}.rows`;
  const source = await sha256OfFile(path);
  let file = await known(rowPath, source);
  if (!file) {
    onConvert?.(`${name} (${megabytes(size)}) is converted once to ${rowPath}`);
    await convert({ path, name, sha256: source, options: told }, rowPath);
    file = new RowFile(rowPath);
  }
  const table = storedTable(file, folder);
  const message = `${name} (${megabytes(size)}) is read in blocks from ${rowPath}, which may be deleted`;
  return { ...table, findings: [...table.findings, { kind: "stored", level: "note", message }] };
}

/** The row file if it is there, whole, and of the same bytes. */
async function known(path: string, source: string): Promise<RowFile | null> {
  if (!(await exists(path))) return null;
  try {
    const file = new RowFile(path);
    return file.facts.source === source ? file : null;
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}
