/** What a report is made of: a run folder as it was read. */
import { readFile } from "#platform";
import { InputError } from "../base/errors.ts";
import { fromRun } from "../evaluate/run.ts";
import type { FittedModel } from "../evaluate/types.ts";
import { type Run, readRun } from "../io/runFolder.ts";
import type { IntervalOptions } from "../metrics/index.ts";
import type { EpochEvent, StopEvent } from "../train/events.ts";
import { isObject, readPredictions, type TestRows } from "./testRows.ts";

/** A run with the rows that it was tested on and the course of its training. */
export interface ReportSource {
  /** The run folder's name. */
  readonly name: string;
  readonly run: Run;
  readonly model: FittedModel;
  readonly test: TestRows;
  readonly history: readonly EpochEvent[];
  readonly stop: StopEvent | null;
}

/**
 * Reads a run folder for `reportOf`; an `InputError` says what is not whole.
 *
 *     await reportOf(await readReportSource("runs/wdbc-1"));
 */
export async function readReportSource(path: string): Promise<ReportSource> {
  const run = await readRun(path);
  const model = fromRun(run, `${path}/model.json`);
  const group = groupOf(run);
  const test = await readPredictions(await readFile(`${path}/predictions.csv`), {
    ...{ file: `${path}/predictions.csv`, target: model.target },
    ...(group === undefined ? {} : { group }),
  });
  const events = eventsOf(await readFile(`${path}/events.jsonl`), `${path}/events.jsonl`);
  const name = path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;
  return { name, run, model, test, ...events };
}

/** The column of `--group`, where one was told. */
function groupOf({ manifest }: Pick<Run, "manifest">): string | undefined {
  const { settings } = manifest;
  const group = isObject(settings) ? settings.group : undefined;
  return typeof group === "string" ? group : undefined;
}

function eventsOf(bytes: Uint8Array, file: string): Pick<ReportSource, "history" | "stop"> {
  const lines = new TextDecoder().decode(bytes).split("\n").filter(Boolean);
  const events = lines.map((line): unknown => {
    try {
      return JSON.parse(line);
    } catch (error) {
      throw new InputError(`${file} is not JSON, line by line; it was damaged. Train again.`, {
        cause: error,
      });
    }
  });
  const named = (name: string) => events.filter((event) => isObject(event) && event.event === name);
  return {
    history: named("epoch") as EpochEvent[],
    stop: (named("stop")[0] as StopEvent | undefined) ?? null,
  };
}

const mostDraws = 1e7;

/** How intervals are made that the run does not hold: its seed, its groups, resamples by the work. */
export function intervalOf(
  { run, test }: Pick<ReportSource, "run" | "test">,
  work = 1,
): IntervalOptions & { readonly resamples: number } {
  const resamples = Math.max(200, Math.min(2000, Math.round(mostDraws / work / test.rows)));
  const groups = test.groups ? { groups: test.groups } : {};
  return { seed: run.manifest.seed, resamples, ...groups };
}
