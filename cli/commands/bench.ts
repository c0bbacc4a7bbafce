/** `golgi bench papers`: published baselines made again on the data that come with Golgi. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Paper, Reproduced } from "../../src/node.ts";
import { nearest, UsageError } from "../flags.ts";
import { interruptible } from "../interrupt.ts";
import { counted, tie } from "../output/numbers.ts";
import { Page, warn } from "../output/page.ts";
import { progressOn, silent } from "../output/progress.ts";
import { timeLeft } from "../output/timeLeft.ts";
import { paperRows, papersEnd, papersHead } from "../pages/papers.ts";
import type { Context } from "../program.ts";

export interface BenchFlags {
  readonly only?: readonly string[];
  readonly data?: string;
  readonly seed?: number;
  readonly json?: true;
}

/** What a shell expects of a program ended by Ctrl-C. */
const interrupted = 130;

type Library = typeof import("../../src/index.ts");

export async function bench(what: string, flags: BenchFlags, context: Context): Promise<number> {
  if (what !== "papers")
    throw new UsageError(`bench has no “${what}”. It has papers: golgi bench papers`);
  const golgi = await import("../../src/index.ts");
  const { papers, reproduce } = await import("../../src/node.ts");
  const { seed = 0, json } = flags;
  const { out, err } = context.terminal;
  const read = await readAll(golgi, filesOf(papers, flags));
  const begun = performance.now();
  const page = new Page(out);
  const progress = progressOf(context, read, json);
  return interruptible(context.terminal, async ({ signal }) => {
    const session = golgi.wasmSession();
    const found: Reproduced[] = [];
    if (!json) papersHead(page, seed);
    for (const [at, { paper, table, testTable }] of read.entries()) {
      const more = testTable ? { testTable } : {};
      const onFold = (done: number, of: number) => progress.fold(at, done, of);
      const one = await reproduce(paper, table, { ...more, seed, session, signal, onFold });
      progress.clear();
      if (!one) break;
      found.push(one);
      if (json) out.write(`${JSON.stringify({ event: "paper", ...told(paper), ...one })}\n`);
      else paperRows(page, paper, one);
      page.flush();
    }
    if (signal.aborted) warn(err, "stopped; this is what was done so far");
    const seconds = (performance.now() - begun) / 1000;
    if (json) out.write(`${JSON.stringify({ event: "end", papers: found.length, seconds })}\n`);
    else papersEnd(page, found, seconds);
    page.flush();
    return signal.aborted ? interrupted : 0;
  });
}

const told = ({ title, file, folds, scikitLearn, published }: Paper) => ({
  ...{ title, file, folds: folds ?? null, scikitLearn, published: published ?? null },
});

/** Beside the sources, and beside what is built from them. */
function embedded(): string {
  const [source, built] = ["../../data/", "../../../data/"].map((up) =>
    fileURLToPath(new URL(up, import.meta.url)),
  );
  return existsSync(join(source!, "wdbc.csv")) ? source! : built!;
}

interface Files {
  readonly paper: Paper;
  readonly path: string;
  readonly testPath: string | null;
}

/** The papers that are asked for and whose files are there. */
function filesOf(papers: readonly Paper[], { only, data: folder }: BenchFlags): Files[] {
  for (const name of only ?? []) requireKnown(papers, name);
  const asked = papers.filter(({ name }) => only?.includes(name) ?? true);
  const found = asked.flatMap((paper): Files[] => {
    const from = paper.embedded ? embedded() : folder;
    if (from === undefined) return lacking(paper, only);
    const path = join(from, paper.file);
    const testPath = paper.testFile === undefined ? null : join(from, paper.testFile);
    const there = [path, testPath].every((each) => each === null || existsSync(each));
    return there ? [{ paper, path, testPath }] : lacking(paper, only, from);
  });
  const enough = found.some(({ paper }) => !paper.embedded) || asked.every((each) => each.embedded);
  if (folder === undefined || enough) return found;
  const more = papers.filter((paper) => !paper.embedded).map(({ file }) => file);
  throw new UsageError(
    `--data ${folder}: none of ${[...new Set(more)].join(", ")} is there. Name the folder that holds them.`,
  );
}

/** Nothing where nobody asked for the paper by its name. */
function lacking({ name, file, testFile }: Paper, only: BenchFlags["only"], from?: string): [] {
  if (!only) return [];
  const files = [file, ...(testFile === undefined ? [] : [testFile])].join(" and ");
  throw new UsageError(
    from === undefined
      ? `--only ${name}: Golgi comes without ${files}. Name the folder that has it with --data DIR.`
      : `--only ${name}: no ${files} in ${from}. Name the folder that has it with --data DIR.`,
  );
}

function requireKnown(papers: readonly Paper[], name: string): void {
  const names = papers.map((paper) => paper.name);
  if (names.includes(name)) return;
  const near = nearest(name, names);
  throw new UsageError(
    `--only ${name}: there is no such paper. ${near ? `Did you mean ${near}?` : `They are ${names.join(", ")}.`}`,
  );
}

type Read = Awaited<ReturnType<typeof readAll>>;

async function readAll(golgi: Library, files: readonly Files[]) {
  const read = [];
  for (const { paper, path, testPath } of files) {
    const table = await golgi.data.read(path);
    read.push({ paper, table, testTable: testPath && (await golgi.data.read(testPath)) });
  }
  return read;
}

/** Folds take about as long as a start and the cells that they see. */
const workOf = ({ paper: { folds }, table }: Read[number]): number =>
  (folds ? folds.folds * folds.repeats : 1) * (1 + (table.rows * table.columns.length) / 20_000);

/** Where all of it stands; for a pipe a line a paper. */
function progressOf({ terminal: { err } }: Context, read: Read, json?: true) {
  const shown = json ? silent : progressOn({ sink: err, score: "" });
  const left = timeLeft();
  const works = read.map(workOf);
  const sum = (parts: readonly number[]) => parts.reduce((a, b) => a + b, 0);
  return {
    clear: shown.clear,
    fold: (at: number, done: number, of: number) => {
      if (!err.isTerminal && done > 1) return;
      const reached = sum(works.slice(0, at)) + (works[at]! * done) / of;
      const rest = left("papers", reached, sum(works));
      const what = err.isTerminal ? `fold ${done} of ${of}${rest}` : counted(of, "fold");
      const line = `${read[at]!.paper.title}, ${what}`.replaceAll(tie, " ");
      shown.stage(line, reached, sum(works));
    },
  };
}
