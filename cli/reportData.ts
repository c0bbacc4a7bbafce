/** The data of a run, found again: told, or of the same name and SHA-256 near by. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { data, Prepared, ReportSource, StudyOptions } from "../src/index.ts";
import { UsageError } from "./flags.ts";
import type { Terminal } from "./output/terminal.ts";
import { readOptions } from "./trainFlags.ts";

interface Library {
  readonly golgi: typeof import("../src/index.ts");
  readonly node: typeof import("../src/node.ts");
}

export interface DataAsked {
  readonly data?: string;
  readonly test?: string;
}

/**
 * The study as it was prepared, from the files of the run; `null` where none was told and none of the
 * same content lies in the current folder, in its `data`, or beside the run.
 */
export async function preparedAgain(
  source: ReportSource,
  from: { asked: DataAsked; run: string; library: Library; terminal: Terminal },
): Promise<Prepared | null> {
  const { asked, run, library, terminal } = from;
  const files = source.run.manifest.data;
  const told = [asked.data, asked.test];
  const paths: string[] = [];
  for (const [i, file] of files.entries()) {
    const path = told[i] ?? (await found(file, run, library));
    if (path === undefined) return null;
    if (!(await same(path, file, library)))
      throw new UsageError(
        `${path} is not the file that the run was made from (its SHA-256 differs). Name that file, or leave it out.`,
      );
    paths.push(path);
  }
  return preparedFrom(source, paths, library, terminal);
}

type File = ReportSource["run"]["manifest"]["data"][number];

const same = async (path: string, { sha256 }: File, { node }: Library): Promise<boolean> =>
  (await node.dataFile(path)).sha256 === sha256;

async function found(file: File, run: string, library: Library): Promise<string | undefined> {
  for (const folder of [".", "data", dirname(run)]) {
    const path = join(folder, file.name);
    if (existsSync(path) && (await same(path, file, library))) return path;
  }
  return undefined;
}

async function preparedFrom(
  { run, model }: ReportSource,
  [path, testPath]: readonly string[],
  { golgi }: Library,
  terminal: Terminal,
): Promise<Prepared> {
  const {
    testTable: _name,
    backend: _backend,
    dictionary: _dictionary,
    ...settings
  } = Object(run.manifest.settings);
  const { skipRagged, sheet, stream, ...options } = settings;
  const told = { skipRagged, sheet, stream, missing: model.recipe.missing };
  const read = async (file: string, as?: string): Promise<data.Table> =>
    golgi.data.readAlike(await golgi.data.read(file, readOptions(told, terminal, as)), model.recipe)
      .table;
  const prepared = golgi.prepare(await read(path!), {
    ...(options as StudyOptions),
    ...(testPath === undefined ? {} : { testTable: await read(testPath, testPath) }),
  });
  if (JSON.stringify(prepared.recipe) === JSON.stringify(model.recipe)) return prepared;
  throw new UsageError(
    `${path} is read otherwise by this release than when the run was made, so its tables would not be the run's. Leave --data out, or train again.`,
  );
}
