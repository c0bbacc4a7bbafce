/** `golgi evaluate`: a trained network on another file. */
import type { DropoutEvidence, data, Evaluated, Evaluation, Evidence } from "../../src/index.ts";
import type { Opened } from "../../src/node.ts";
import { UsageError } from "../flags.ts";
import { integer } from "../output/numbers.ts";
import { Page, warn } from "../output/page.ts";
import { harmless } from "../output/style.ts";
import { refuseExisting } from "../outputFile.ts";
import { evidencePage } from "../pages/evidence.ts";
import { warnings } from "../pages/findings.ts";
import { openedBefore } from "../pages/opened.ts";
import { evaluationTables, heading } from "../pages/results.ts";
import { dropoutFacts } from "../pages/uncertainty.ts";
import type { Context } from "../program.ts";
import { readOptions } from "../trainFlags.ts";
import { shellWords } from "../words.ts";

export interface EvaluateFlags {
  readonly data?: string;
  readonly group?: string;
  readonly sheet?: string;
  readonly prevalence?: number;
  readonly subgroup?: readonly string[];
  readonly mcDropout?: number;
  readonly out?: string;
  readonly force?: true;
  readonly json?: true;
}

export async function evaluate(
  run: string,
  flags: EvaluateFlags,
  { terminal }: Context,
): Promise<number> {
  const { group, prevalence, subgroup, mcDropout, out, force, json } = flags;
  const file = checkFile(run, flags);
  if (out !== undefined) refuseExisting(out, { force });
  const [golgi, node] = await Promise.all([
    import("../../src/index.ts"),
    import("../../src/node.ts"),
  ]);
  const stored = await node.readRun(run);
  const model = golgi.fromRun(stored, `${run}/model.json`);
  const table = await golgi.data.read(file, readOptions(flags, terminal));
  const found = golgi.evaluateTable(model, table, {
    ...(group === undefined ? {} : { group }),
    ...(prevalence === undefined ? {} : { prevalence }),
    ...(subgroup === undefined ? {} : { subgroups: subgroup }),
    ...(mcDropout === undefined ? {} : { mcDropout }),
  });
  const statistics = {
    run,
    data: file,
    task: found.evaluation.task,
    rows: found.evaluation.rows,
    ...golgi.evaluationOf(found.evaluation, "test"),
    evidence: found.evidence,
    ...(found.mcDropout ? { mcDropout: golgi.dropoutJson(found.mcDropout) } : {}),
  };
  if (out !== undefined)
    await node.writeFileAtomic(out, `${JSON.stringify(statistics, null, 2)}\n`);
  warnings(terminal.err, [...table.findings, ...found.findings]);
  const { sha256 } = await node.dataFile(file);
  const learned = stored.manifest.data[0]?.sha256 === sha256;
  const opened = learned ? unopened : await openedRows({ run, table, found }, { golgi, node });
  if (learned)
    warn(
      terminal.err,
      `${table.name} is the file that this network was trained on: these numbers flatter it. Its test rows are in ${run}/metrics.json`,
    );
  const told = { ...statistics, openedBefore: opened.before.length };
  if (json) terminal.out.write(`${JSON.stringify(told)}\n`);
  else show(new Page(terminal.out), { ...{ run, file, table, opened }, ...found });
  if (out !== undefined && !json) terminal.err.write(`written to ${out}\n`);
  return 0;
}

/** Rows that taught the network are no test rows. */
const unopened: Opened = { before: [], lost: null };

/** Writes down that these rows were opened, and finds who opened them before. */
async function openedRows(
  {
    run,
    table,
    found,
  }: { readonly run: string; readonly table: data.Table; readonly found: Evaluated },
  { golgi, node }: Library,
): Promise<Opened> {
  const { task, statistics } = found.evaluation;
  const statistic = task === "regression" ? "r2" : "auroc";
  return node.openTestRows({
    rows: await golgi.rowsHash(table, found.rows),
    ...{ opened: new Date().toISOString(), run: run.split(/[/\\]/).at(-1)!, statistic },
    value: statistics[statistic]?.value ?? null,
  });
}

function checkFile(run: string, { data }: EvaluateFlags): string {
  if (data !== undefined) return data;
  throw new UsageError(
    `evaluate needs --data FILE, a table with the target: golgi evaluate ${shellWords([run])} --data FILE`,
  );
}

interface Library {
  readonly golgi: typeof import("../../src/index.ts");
  readonly node: typeof import("../../src/node.ts");
}

interface Shown {
  readonly run: string;
  readonly file: string;
  readonly table: { readonly name: string; readonly rows: number };
  readonly evaluation: Evaluation;
  readonly evidence: Evidence;
  readonly mcDropout: DropoutEvidence | null;
  readonly opened: Opened;
}

function show(
  page: Page,
  { run, file, table, evaluation, evidence, mcDropout, opened }: Shown,
): void {
  const left = table.rows - evaluation.rows;
  const without = left > 0 ? `, ${integer(left)} left out` : "";
  page.line(`${page.style.strong(harmless(run))} on ${page.style.strong(harmless(file))}`);
  heading(page, `On ${integer(evaluation.rows)} rows of ${harmless(table.name)}${without}`);
  evaluationTables(page, evaluation, "chosen in training");
  openedBefore(page, opened);
  if (mcDropout) dropoutFacts(page, mcDropout);
  evidencePage(page, evidence);
  page.flush();
}
