/** A study that is stopped, or whose disk fails, and goes on: as if nothing had happened. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { disk, failEach, failing } from "../../test/support/disk.ts";
import { InputError } from "../base/errors.ts";
import { parseTable } from "../data/index.ts";
import { checkpointPath } from "../io/unfinishedRun.ts";
import type { FitState } from "../train/index.ts";
import { checkpointsOf } from "./checkpoints.ts";
import { prepare } from "./prepare.ts";
import { toRunContents } from "./run.ts";
import { study } from "./study.ts";
import type { Prepared, Study, StudyRunOptions } from "./types.ts";

vi.mock("node:fs/promises", async (original) => failing(await original<object>()));

let path = "";
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), "golgi-checkpoints-")), "run");
  mkdirSync(`${path}.partial`);
});
afterEach(() => {
  disk.callsLeft = Number.POSITIVE_INFINITY;
  rmSync(join(path, ".."), { recursive: true, force: true });
});

const lines = Array.from({ length: 80 }, (_, row) => {
  const a = ((row * 37) % 80) / 10;
  return `${a},${(row * 7) % 11}.5,${a + ((row * 29) % 17) / 10 > 4 ? "yes" : "no"}`;
});
const bytes = new TextEncoder().encode(["a,b,y", ...lines].join("\n"));
const prepared = async (seed = 0): Promise<Prepared> =>
  prepare(await parseTable({ name: "t.csv", bytes }), {
    ...{ target: "y", epochs: 30, patience: 30, hidden: [8], dropout: 0.2, folds: 2, seed },
  });
const quick: StudyRunOptions = { resamples: 100 };

/** All of a study that a run folder keeps, but times. */
function bitsOf(done: Study): unknown {
  const circumstances = { created: "", seconds: 0, engine: null };
  const { events, ...rest } = toRunContents(done, { release: "1", data: [], circumstances });
  const timeless = [...events].map((event) => {
    const { compile, seconds, stepsPerSecond, remaining, ...told } = event as Record<
      string,
      unknown
    >;
    return told;
  });
  return { ...rest, predictions: [...rest.predictions.rows], events: timeless };
}

describe("a study that goes on from its checkpoints", () => {
  test("after any number of pauses is what it would have been", async () => {
    const whole = bitsOf(await study(await prepared(), quick));
    let pauses = 0;
    for (;;) {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(), 20 + 15 * pauses);
      const checkpoints = checkpointsOf(path, { every: 0.003, pause: controller.signal });
      const done = await study(await prepared(), { ...quick, checkpoints }).catch((error) => {
        expect(error).toBe(controller.signal.reason);
        return null;
      });
      clearTimeout(timer);
      if (done) {
        expect(bitsOf(done)).toEqual(whole);
        break;
      }
      pauses++;
    }
    expect(pauses).toBeGreaterThan(2);
    expect(readdirSync(`${path}.partial`)).toContain("network.checkpoint");
  });

  test("is not begun with another seed, and a damaged file is named", async () => {
    const checkpoints = checkpointsOf(path);
    await study(await prepared(), { ...quick, checkpoints });
    const other = study(await prepared(1), { ...quick, checkpoints });
    await expect(other).rejects.toThrow(/belongs to another training/);
    const file = checkpointPath(path, "network");
    const flipped = readFileSync(file);
    flipped[flipped.length >> 1]! ^= 4;
    writeFileSync(file, flipped);
    const damaged = study(await prepared(), { ...quick, checkpoints });
    await expect(damaged).rejects.toThrow(InputError);
    await expect(damaged).rejects.toThrow(/network\.checkpoint is damaged/);
  });

  test("may end at once: the network's best weights so far, a baseline, no folds", async () => {
    let state: FitState | undefined;
    const pause = new AbortController();
    const write = (found: FitState) => {
      state = found;
      if (found.history.length === 4) pause.abort();
    };
    const paused = async () => ({ every: 0, pause: pause.signal, write });
    await expect(study(await prepared(), { ...quick, checkpoints: paused })).rejects.toThrow();
    const from = { from: state!, write: () => {} };
    const ended = await study(await prepared(), {
      ...{ ...quick, signal: AbortSignal.abort() },
      checkpoints: async (training) => (training === "network" ? from : { write: () => {} }),
    });
    expect(ended.history.length).toBeLessThanOrEqual(5);
    expect(ended.best).toBe(ended.history.at(-1)!.best);
    expect(ended.crossValidation).toBeNull();
  });
});

test("a checkpoint is the old or the new, with a disk that is full at any call", async () => {
  const states: FitState[] = [];
  await study(await prepared(), {
    ...quick,
    checkpoints: async () => ({ every: 0.01, write: (state) => void states.push(state) }),
  });
  const [older, newer] = [states[0]!, states[1]!];
  expect(older).not.toEqual(newer);
  const kept = async () => await checkpointsOf(path)("network");
  const seen = new Set<number>();
  const calls = await failEach(
    async () => (await kept()).write(older, "due"),
    async () => (await kept()).write(newer, "due"),
    async () => {
      const { from } = await kept();
      const which = [older, newer].findIndex((state) => state.step === from!.step);
      expect(from).toEqual([older, newer][which]);
      seen.add(which);
      expect(readdirSync(`${path}.partial`)).toEqual(["network.checkpoint"]);
    },
  );
  expect(calls).toBeGreaterThanOrEqual(6);
  expect([...seen].sort()).toEqual([0, 1]);
});
