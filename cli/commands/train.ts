/** `golgi train`: read, split, train, evaluate, write. */
import type { Prepared, Reading, Session, Study, StudyEvent } from "../../src/index.ts";
import type { Manifest, Opened } from "../../src/node.ts";
import { interruptible } from "../interrupt.ts";
import { figure, integer } from "../output/numbers.ts";
import { Page, warn } from "../output/page.ts";
import { type Progress, progressOn, silent } from "../output/progress.ts";
import { harmless } from "../output/style.ts";
import { timeLeft } from "../output/timeLeft.ts";
import { crossValidationPage } from "../pages/crossValidation.ts";
import { evidencePage } from "../pages/evidence.ts";
import { warnings } from "../pages/findings.ts";
import { openedBefore } from "../pages/opened.ts";
import { evaluationTables, heading, nameOf } from "../pages/results.ts";
import { chosenInParts, searchPage } from "../pages/search.ts";
import { sitesPage } from "../pages/sites.ts";
import { summary, titleLine } from "../pages/summary.ts";
import { trainingFacts } from "../pages/training.ts";
import { dropoutFacts, ensembleFacts } from "../pages/uncertainty.ts";
import { beside, constant, remember } from "../pages/verdict.ts";
import { written } from "../pages/written.ts";
import type { Context } from "../program.ts";
import {
  checkSame,
  fileFlags,
  keptFlags,
  resumedFlags,
  tellPaused,
  tellResumed,
  typedFlags,
} from "../resumption.ts";
import {
  checkFlags,
  checkResumption,
  readingOf,
  readOptions,
  stemOf,
  studyOptions,
  type TrainFlags,
} from "../trainFlags.ts";
import { called, shellWords } from "../words.ts";

export async function train(file: string, given: TrainFlags, context: Context): Promise<number> {
  checkResumption(given);
  if (given.resume === undefined) checkFlags(file, given);
  const [golgi, node] = await Promise.all([
    import("../../src/index.ts"),
    import("../../src/node.ts"),
  ]);
  const library = { golgi, node };
  const resumed = given.resume === undefined ? undefined : node.runPath(given.resume);
  const begun = resumed === undefined ? undefined : await node.readUnfinished(resumed);
  if (begun === null) {
    context.terminal.out.write(`${resumed}/ is whole: nothing is left to do\n`);
    return 0;
  }
  const flags = begun ? resumedFlags(given, begun) : given;
  const out = resumed ?? flags.out ?? (await node.nextRunPath(stemOf(file)));
  const job = await prepareJob({ file, flags, out }, context, library);
  if (begun) checkSame(begun.manifest, job.manifest, job.paths);
  before(job.prepared, file, flags, context);
  const created = begun?.created ?? new Date().toISOString();
  const { manifest } = job;
  const made = begun ? null : await node.missingParent(out);
  if (begun) await node.sweepTorn(out);
  else await node.beginRun(out, { manifest, created, flags: keptFlags(flags) }, flags);
  return carryOut({ ...job, created }, context, library).catch(async (error: unknown) => {
    await node.abandonRun(out, made);
    throw error;
  });
}

interface Called {
  readonly file: string;
  readonly flags: TrainFlags;
  readonly out: string;
}
interface Job extends Called {
  /** The data, the test rows' own file last. */
  readonly paths: readonly string[];
  readonly prepared: Prepared;
  readonly manifest: Manifest;
  readonly session: Session;
  /** What the manifest tells beside the study: a backend with bits of its own, how files were read. */
  readonly own: { readonly backend?: string; readonly reading: Reading };
}
interface Library {
  readonly golgi: typeof import("../../src/index.ts");
  readonly node: typeof import("../../src/node.ts");
}

/** Reads and decides everything, writes nothing. */
async function prepareJob(
  asked: Called,
  { release, terminal }: Context,
  library: Library,
): Promise<Job> {
  const { file, flags, out } = asked;
  const { golgi, node } = library;
  const { force = false } = flags;
  const target = checkFlags(file, flags);
  await node.checkOutput(out, { force });
  const table = await golgi.data.read(file, readOptions(flags, terminal));
  const testTable =
    flags.test === undefined
      ? undefined
      : await golgi.data.read(flags.test, readOptions(flags, terminal, flags.test));
  const prepared = golgi.prepare(table, {
    ...studyOptions(flags, target),
    ...(testTable ? { testTable } : {}),
  });
  const paths = [file, flags.test ?? []].flat();
  const data = await Promise.all(paths.map(node.dataFile));
  const own = {
    ...(flags.backend === "blas" ? { backend: "blas" } : {}),
    reading: readingOf(flags),
  };
  const manifest = golgi.manifestOf(prepared, { release, data, ...own });
  return { ...asked, paths, prepared, manifest, own, session: await opened(flags, golgi) };
}

const opened = ({ backend, threads = 1 }: TrainFlags, golgi: Library["golgi"]): Promise<Session> =>
  backend === "blas"
    ? golgi.blasSession({ threads })
    : Promise.resolve(golgi.wasmSession({ threads }));

/** What a shell expects of a program ended by Ctrl-C. */
const interrupted = 130;

/** The study and its run folder; Ctrl-C leaves an unfinished run that can go on. */
function carryOut(
  job: Job & { readonly created: string },
  context: Context,
  library: Library,
): Promise<number> {
  const { out, flags, manifest, created } = job;
  const { golgi, node } = library;
  return interruptible(context.terminal, async ({ signal, protect }) => {
    const started = performance.now();
    const done = await trained(job, { context, signal, library }).catch((error: unknown) => {
      if (signal.aborted && error === signal.reason) return null;
      throw error;
    });
    if (done === null) {
      tellPaused(job, context);
      return interrupted;
    }
    const seconds = done.earlier + (performance.now() - started) / 1000;
    const { name: backend } = job.session;
    const engine = { backend, threads: flags.threads ?? 1, node: process.version };
    const circumstances = { created, seconds, engine };
    const contents = golgi.toRunContents(done.study, { ...manifest, circumstances, ...job.own });
    const opened = await openedRows(done.study, job, library);
    const writing = protect(() => node.finishRun(out, contents, flags));
    await writing.finally(() => {
      if (!flags.json) results(done.study, job, context, opened);
    });
    tellWritten(job, context, { metrics: contents.metrics, openedBefore: opened.before.length });
    return 0;
  });
}

function tellWritten({ out, flags }: Job, { terminal }: Context, found: object): void {
  if (flags.json) terminal.out.write(`${JSON.stringify({ event: "end", run: out, ...found })}\n`);
  else if (!flags.quiet) written(new Page(terminal.out), out);
  else terminal.out.write(`written to ${out}/\n`);
}

/** Writes down that the test rows were opened, and finds who opened them before. */
async function openedRows(
  study: Study,
  { out, created }: Job & { readonly created: string },
  library: Library,
) {
  const { prepared, test } = study;
  const statistic = test.task === "regression" ? "r2" : "auroc";
  return library.node.openTestRows({
    rows: await library.golgi.rowsHash(prepared.test.table, prepared.split.test),
    ...{ opened: created, run: out.split(/[/\\]/).at(-1)!, statistic },
    value: test.statistics[statistic]?.value ?? null,
  });
}

/** What is known before training. */
function before(prepared: Prepared, file: string, flags: TrainFlags, { terminal }: Context): void {
  const { out, err } = terminal;
  if (flags.quiet) return;
  const page = new Page(out);
  if (!flags.json) {
    titleLine(page, prepared, file);
    page.flush();
  }
  warnings(err, prepared.findings);
  if (flags.backend === "blas")
    warn(
      err,
      "the BLAS backend is not bit-reproducible: another machine or library gives other last digits",
    );
  if (flags.json) return;
  summary(page, prepared);
  page.flush();
}

interface Training {
  readonly context: Context;
  readonly signal: AbortSignal;
  readonly library: Library;
}

/** The study itself, under a progress bar; and the seconds of training that are kept from before. */
async function trained(job: Job, { context, signal, library }: Training) {
  const { flags, prepared, out } = job;
  const { terminal } = context;
  const score = nameOf(prepared.target.task === "regression" ? "r2" : "auroc");
  const shown = flags.quiet || flags.json ? silent : progressOn({ sink: terminal.err, score });
  const show = showing(shown);
  signal.addEventListener("abort", () => {
    shown.clear();
    if (!flags.quiet) warn(terminal.err, "stopping (Ctrl-C again quits at once)");
  });
  const { checkpoint: every } = flags;
  const open = library.node.checkpointsOf(out, {
    ...{ pause: signal, ...(every === undefined ? {} : { every }) },
  });
  let earlier = 0;
  const checkpoints = async (training: string) => {
    const found = await open(training);
    earlier += found.from?.seconds ?? 0;
    if (training === "network") tellResumed(job, context, found.from?.history.length);
    return found;
  };
  try {
    const study = await library.golgi.study(prepared, {
      ...{ session: job.session, checkpoints, notes: library.node.notesOf(out) },
      ...(flags.finish ? { signal: AbortSignal.abort() } : {}),
      onEvent: (event) => {
        if (flags.json) terminal.out.write(`${JSON.stringify(forPrograms(event, prepared))}\n`);
        show(event);
      },
    });
    return { study, earlier };
  } finally {
    shown.clear();
  }
}

/** The start event also says what people are warned of. */
function forPrograms(event: StudyEvent, { findings }: Prepared): object {
  if (event.event !== "start") return event;
  const told = findings.map(({ level, kind, message }) => ({ level, kind, message }));
  return { ...event, findings: told };
}

/** Feeds a progress with the events of a study. */
function showing(progress: Progress): (event: StudyEvent) => void {
  const scores = new Map<number, number | null>();
  let [folds, sites] = [0, 0];
  const left = timeLeft();
  return (event) => {
    if (event.event === "epoch") {
      scores.set(event.epoch, event.validation?.score ?? null);
      progress.epoch({ ...event, bestScore: scores.get(event.best) ?? null });
    } else if (event.event === "stop") progress.stop(event);
    else if (event.event === "trial") {
      const { search, done, of, loss } = event;
      const where = search === "network" ? "search" : `${search.replace("-", " ")}, search`;
      const found = loss === null ? "" : `  loss ${figure(loss)}`;
      progress.stage(
        `${where}, ${done} of ${of} trials${found}${left(search, done, of)}`,
        done,
        of,
      );
    } else if (event.event === "fold") {
      folds++;
      const rest = left("folds", folds, event.of);
      progress.stage(`cross-validation, ${folds} of ${event.of} folds${rest}`, folds, event.of);
    } else if (event.event === "optimism") {
      const { done, of } = event;
      progress.stage(`optimism, ${done} of ${of} refits${left("optimism", done, of)}`, done, of);
    } else if (event.event === "site") {
      sites++;
      const rest = left("sites", sites, event.of);
      progress.stage(`one site left out, ${sites} of ${event.of}${rest}`, sites, event.of);
    }
  };
}

/** “ (64 of id)”: how many groups the test rows come from. */
function groupsTested({ test, split }: Prepared): string {
  if (!test.groups) return "";
  const { of, column } = test.groups;
  return ` (${integer(new Set(Array.from(split.test, (row) => of[row])).size)} of ${harmless(column)})`;
}

/** The same call with cross-validation, and without what belongs to this run. */
function againInFolds({ file, flags }: Called): string {
  const words = [
    "train",
    file,
    ...typedFlags(flags),
    ...fileFlags(flags),
    "--cv",
    "5",
    "--repeat",
    "10",
  ];
  return `${called()} ${shellWords(words)}`;
}

/** Everything found, for people. */
function results(study: Study, job: Called, context: Context, opened: Opened): void {
  const { prepared, test, crossValidation, sites } = study;
  const { flags } = job;
  const page = new Page(context.terminal.out);
  const hidden = prepared.settings.hidden.length;
  if (study.search) searchPage(page, study.search);
  if (!flags.quiet) trainingFacts(page, study);
  heading(page, `On ${integer(test.rows)} rows${groupsTested(prepared)} the network never saw`);
  const rule = flags.threshold === undefined ? "" : `${flags.threshold}, `;
  evaluationTables(page, test, `${rule}chosen on the validation rows`);
  beside(page, { comparison: study.comparison, baseline: study.baseline.test, hidden });
  constant(page, study.constant);
  openedBefore(page, opened);
  if (study.ensemble) ensembleFacts(page, study.ensemble);
  if (study.mcDropout) dropoutFacts(page, study.mcDropout);
  evidencePage(page, study.evidence);
  if (crossValidation) crossValidationPage(page, crossValidation, hidden);
  if (sites) sitesPage(page, sites, hidden);
  chosenInParts(page, crossValidation, sites);
  if (!flags.quiet) remember(page, study, againInFolds(job));
  page.flush();
}
