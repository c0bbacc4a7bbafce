/** `golgi train`: read, split, train, evaluate, write. */
import type { Prepared, Study, StudyEvent } from "../../src/index.ts";
import { interruptible } from "../interrupt.ts";
import { integer } from "../output/numbers.ts";
import { Page, warn } from "../output/page.ts";
import { type Progress, progressOn, silent } from "../output/progress.ts";
import { harmless } from "../output/style.ts";
import { crossValidationPage } from "../pages/crossValidation.ts";
import { warnings } from "../pages/findings.ts";
import { evaluationTables, heading, nameOf } from "../pages/results.ts";
import { summary, titleLine } from "../pages/summary.ts";
import { trainingFacts } from "../pages/training.ts";
import { beside, constant, remember } from "../pages/verdict.ts";
import { written } from "../pages/written.ts";
import type { Context } from "../program.ts";
import { checkFlags, stemOf, studyOptions, type TrainFlags } from "../trainFlags.ts";
import { called, shellWords } from "../words.ts";

export async function train(file: string, flags: TrainFlags, context: Context): Promise<number> {
  const target = checkFlags(file, flags);
  const { terminal } = context;
  const [golgi, node] = await Promise.all([
    import("../../src/index.ts"),
    import("../../src/node.ts"),
  ]);
  const { force = false, missing = [], skipRagged = false } = flags;
  const place = async () => flags.out ?? (await node.nextRunPath(stemOf(file)));
  await node.checkOutput(await place(), { force });
  const read = (path: string) => golgi.data.read(path, { missing, skipRagged });
  const table = await read(file);
  const testTable = flags.test === undefined ? undefined : await read(flags.test);
  const prepared = golgi.prepare(table, {
    ...studyOptions(flags, target),
    ...(testTable ? { testTable } : {}),
  });
  const data = await Promise.all([file, flags.test ?? []].flat().map(node.dataFile));
  before(prepared, file, flags, context);
  const started = performance.now();
  const created = new Date().toISOString();
  return interruptible(terminal, async ({ signal, protect }) => {
    const study = await trained(prepared, { flags, context, signal, study: golgi.study });
    const seconds = (performance.now() - started) / 1000;
    const contents = golgi.toRunContents(study, {
      release: context.release,
      data,
      circumstances: {
        created,
        seconds,
        engine: { backend: "wasm", threads: 1, node: process.version },
      },
    });
    // asked again: another training may have taken the number meanwhile
    const out = await place();
    const writing = protect(() => node.writeRun(out, contents, { force }));
    await writing.finally(() => {
      if (!flags.json) results(study, flags, context);
    });
    const metrics = contents.metrics;
    if (flags.json) terminal.out.write(`${JSON.stringify({ event: "end", run: out, metrics })}\n`);
    else if (!flags.quiet) written(new Page(terminal.out), out);
    else terminal.out.write(`written to ${out}/\n`);
    return 0;
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
  if (flags.json) return;
  summary(page, prepared);
  page.flush();
}

interface Training {
  readonly flags: TrainFlags;
  readonly context: Context;
  readonly signal: AbortSignal;
  readonly study: (
    prepared: Prepared,
    options: { onEvent: (event: StudyEvent) => void; signal: AbortSignal },
  ) => Promise<Study>;
}

/** The study itself, under a progress bar. */
async function trained(prepared: Prepared, training: Training): Promise<Study> {
  const { flags, context, signal, study } = training;
  const { out, err } = context.terminal;
  const score = nameOf(prepared.target.task === "regression" ? "r2" : "auroc");
  const shown = flags.quiet || flags.json ? silent : progressOn({ sink: err, score });
  const show = showing(shown);
  signal.addEventListener("abort", () => {
    shown.clear();
    if (!flags.quiet)
      warn(
        err,
        "stopping after this epoch; the best weights so far are evaluated and written. Ctrl-C again quits at once and writes nothing",
      );
  });
  try {
    return await study(prepared, {
      signal,
      onEvent: (event) => {
        if (flags.json) out.write(`${JSON.stringify(forPrograms(event, prepared))}\n`);
        show(event);
      },
    });
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
  let folds = 0;
  return (event) => {
    if (event.event === "epoch") {
      scores.set(event.epoch, event.validation?.score ?? null);
      progress.epoch({ ...event, bestScore: scores.get(event.best) ?? null });
    } else if (event.event === "stop") progress.stop(event);
    else if (event.event === "fold") {
      folds++;
      progress.stage(`cross-validation, ${folds} of ${event.of} folds`, folds, event.of);
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
function againInFolds(args: readonly string[]): string {
  const kept = args.filter(
    (word, i) => !/^--(?:out|force|debug)(?:=|$)/.test(word) && args[i - 1] !== "--out",
  );
  return `${called()} ${shellWords([...kept, "--cv", "5", "--repeat", "10"])}`;
}

/** Everything found, for people. */
function results(study: Study, flags: TrainFlags, context: Context): void {
  const { prepared, test, crossValidation } = study;
  const page = new Page(context.terminal.out);
  const hidden = prepared.settings.hidden.length;
  if (!flags.quiet) trainingFacts(page, study);
  heading(page, `On ${integer(test.rows)} rows${groupsTested(prepared)} the network never saw`);
  evaluationTables(page, test, "chosen on the validation rows");
  beside(page, { comparison: study.comparison, baseline: study.baseline.test, hidden });
  constant(page, study.constant);
  if (crossValidation) crossValidationPage(page, crossValidation, hidden);
  if (!flags.quiet) remember(page, study, againInFolds(context.args));
  page.flush();
}
