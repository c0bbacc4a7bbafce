/** `golgi luck`: how far the numbers go with another split, and with another seed. */
import type { Luck } from "../../src/index.ts";
import { interruptible } from "../interrupt.ts";
import { Page, warn } from "../output/page.ts";
import { progressOn, silent } from "../output/progress.ts";
import { timeLeft } from "../output/timeLeft.ts";
import { warnings } from "../pages/findings.ts";
import { luckPage } from "../pages/luck.ts";
import { titleLine } from "../pages/summary.ts";
import type { Context } from "../program.ts";
import { checkFlags, readOptions, studyOptions, type TrainFlags } from "../trainFlags.ts";

export interface LuckFlags extends TrainFlags {
  readonly draws?: number;
  readonly all?: true;
}

/** What a shell expects of a program ended by Ctrl-C. */
const interrupted = 130;

export async function luck(file: string, flags: LuckFlags, context: Context): Promise<number> {
  const target = checkFlags(file, flags, "luck");
  const { terminal } = context;
  const golgi = await import("../../src/index.ts");
  const { draws, all = false, threads = 1, json } = flags;
  const table = await golgi.data.read(file, readOptions(flags, terminal));
  const prepared = golgi.prepare(table, studyOptions(flags, target));
  if (!flags.quiet) warnings(terminal.err, prepared.findings);
  const shown = flags.quiet || json ? silent : progressOn({ sink: terminal.err, score: "" });
  const left = timeLeft();
  return interruptible(terminal, async ({ signal }) => {
    const found = await golgi.luck(prepared, {
      ...{ all, signal, session: golgi.wasmSession({ threads }) },
      ...(draws === undefined ? {} : { draws }),
      onDraw: (draw) => {
        if (json) terminal.out.write(`${JSON.stringify({ event: "draw", ...draw })}\n`);
        const rest = left("luck", draw.done, draw.of);
        shown.stage(`luck, ${draw.done} of ${draw.of} trainings${rest}`, draw.done, draw.of);
      },
    });
    shown.clear();
    if (all) await openAll(found, prepared, golgi);
    if (signal.aborted) warn(terminal.err, "stopped; this is what was drawn so far");
    if (json) terminal.out.write(`${JSON.stringify({ event: "end", luck: found })}\n`);
    else {
      const page = new Page(terminal.out);
      titleLine(page, prepared, file);
      luckPage(page, found);
      page.flush();
    }
    return signal.aborted ? interrupted : 0;
  });
}

/** With all rows the study's own test rows were opened too. */
async function openAll(
  found: Luck,
  prepared: ReturnType<typeof import("../../src/index.ts").prepare>,
  golgi: typeof import("../../src/index.ts"),
): Promise<void> {
  const { openTestRows } = await import("../../src/node.ts");
  const statistic = found.task === "regression" ? "r2" : "auroc";
  await openTestRows({
    rows: await golgi.rowsHash(prepared.test.table, prepared.split.test),
    ...{ opened: new Date().toISOString(), run: "golgi luck --all", statistic },
    value: found.splits[statistic]?.first ?? null,
  });
}
