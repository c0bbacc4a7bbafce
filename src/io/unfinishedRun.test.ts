import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { disk, failEach, failing } from "../../test/support/disk.ts";
import { nextRunPath, type RunContents, readRun } from "./runFolder.ts";
import {
  abandonRun,
  type Begun,
  beginRun,
  checkpointPath,
  finishRun,
  readUnfinished,
  runPath,
  sweepTorn,
} from "./unfinishedRun.ts";

vi.mock("node:fs/promises", async (original) => failing(await original<object>()));

const manifest = {
  ...{ release: "0.1.0", seed: 7, settings: { epochs: 3 } },
  data: [{ name: "wdbc.csv", sha256: "ab".repeat(32) }],
};
const begun: Begun = { manifest, created: "2026-01-02T03:04:05Z", flags: { target: "y" } };
const contents: RunContents = {
  manifest,
  circumstances: { created: begun.created, seconds: 1, engine: null },
  model: {
    architecture: [],
    graph: [],
    recipe: {},
    target: {},
    signature: {},
    threshold: null,
    frozen: null,
  },
  weights: {},
  metrics: {},
  predictions: { header: ["row"], rows: [[1]] },
  events: [],
};

let folder = "";
let run = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "golgi-unfinished-"));
  run = join(folder, "a");
});
afterEach(() => {
  disk.callsLeft = Number.POSITIVE_INFINITY;
  rmSync(folder, { recursive: true, force: true });
});
const messageOf = async (work: Promise<unknown>) =>
  String(await work.catch((error: Error) => error.message)).replaceAll(folder, "runs");

test("is read back until it is finished, then it is whole", async () => {
  await beginRun(run, begun);
  expect(await readUnfinished(run)).toEqual(begun);
  expect(await nextRunPath("b", folder)).toContain("b-1");
  await finishRun(run, contents);
  expect(readdirSync(folder)).toEqual(["a"]);
  expect(await readUnfinished(run)).toBeNull();
  expect((await readRun(run)).manifest).toEqual(manifest);
});

test("takes its number, and stands in the way of another", async () => {
  await beginRun(join(folder, "b-4"), begun);
  expect(await nextRunPath("b", folder)).toBe(join(folder, "b-5"));
  expect(await messageOf(beginRun(join(folder, "b-4"), begun))).toBe(
    "runs/b-4.partial is an unfinished run. Go on with --resume runs/b-4, add --force to begin anew, or choose another --out.",
  );
  const other = { ...begun, created: "2027-01-01T00:00:00Z" };
  await beginRun(join(folder, "b-4"), other, { force: true });
  expect(await readUnfinished(join(folder, "b-4"))).toEqual(other);
});

test("beside an older whole run is still unfinished", async () => {
  await finishRun(run, { ...contents, circumstances: { ...contents.circumstances, created: "x" } });
  await beginRun(run, begun);
  expect(await readUnfinished(run)).toEqual(begun);
});

test("is no run to be used, and says how to end it", async () => {
  await beginRun(run, begun);
  expect(await messageOf(readRun(run))).toBe(
    "runs/a: no such folder. It was begun; golgi train FILE --resume runs/a ends it.",
  );
  expect(await messageOf(readRun(`${run}.partial`))).toBe(
    "runs/a.partial is not finished. golgi train FILE --resume runs/a.partial ends it.",
  );
  expect(await messageOf(readUnfinished(join(folder, "z")))).toBe(
    "runs/z: no such run. Name one that golgi train began.",
  );
});

test("from a newer release, or damaged, is named in one line", async () => {
  await beginRun(run, begun);
  const file = join(`${run}.partial`, "run.json");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace('"format": 1', '"format": 2'));
  expect(await messageOf(readUnfinished(run))).toContain("was written by a newer Golgi (format 2");
  writeFileSync(file, text.replace('"created"', '"erased"'));
  expect(await messageOf(readUnfinished(run))).toContain("“created” is missing");
});

test("without a checkpoint is abandoned, with one it stays", async () => {
  await beginRun(run, begun);
  writeFileSync(checkpointPath(run, "network"), "");
  await abandonRun(run);
  expect(readdirSync(`${run}.partial`)).toEqual(["network.checkpoint", "run.json"]);
  rmSync(checkpointPath(run, "network"));
  await abandonRun(run);
  expect(readdirSync(folder)).toEqual([]);
});

test("with something of the user's in it stays, even with --force", async () => {
  await beginRun(run, begun);
  writeFileSync(join(`${run}.partial`, "notes.md"), "mine");
  expect(await messageOf(beginRun(run, begun, { force: true }))).toContain("holds “notes.md”");
  expect(readFileSync(join(`${run}.partial`, "notes.md"), "utf8")).toBe("mine");
});

test("is swept of what a kill left half written, and of nothing else", async () => {
  await beginRun(run, begun);
  for (const name of ["a.partial-12-0", "a.partial.partial-12-3", "ab.partial-12-0", "a.old-12-1"])
    mkdirSync(join(folder, name));
  writeFileSync(`${checkpointPath(run, "network")}.partial-9-2`, "half");
  await sweepTorn(run);
  expect(readdirSync(folder)).toEqual(["a.old-12-1", "a.partial", "ab.partial-12-0"]);
  expect(readdirSync(`${run}.partial`)).toEqual(["run.json"]);
});

test.each([
  ["runs/a", "runs/a"],
  ["runs/a/", "runs/a"],
  ["runs/a.partial/", "runs/a"],
  ["a.partial", "a"],
  [".partial", ".partial"],
  ["/", "/"],
])("%s typed means %s", (typed, path) => expect(runPath(typed)).toBe(path));

describe("with a disk that is full at the k-th call, for every k", () => {
  test("is begun or not", async () => {
    const calls = await failEach(
      async () => rmSync(`${run}.partial`, { recursive: true, force: true }),
      () => beginRun(run, begun),
      async () => {
        const names = readdirSync(folder);
        expect([[], ["a.partial"]]).toContainEqual(names);
        if (names.length > 0) expect(await readUnfinished(run)).toEqual(begun);
      },
    );
    expect(calls).toBeGreaterThanOrEqual(7);
  });

  test("is finished or can go on", async () => {
    await failEach(
      async () => {
        rmSync(run, { recursive: true, force: true });
        await beginRun(run, begun, { force: true });
      },
      () => finishRun(run, contents),
      async () => {
        const unfinished = await readUnfinished(run);
        if (unfinished) expect([unfinished, readdirSync(folder)]).toEqual([begun, ["a.partial"]]);
        else
          expect([(await readRun(run)).manifest, readdirSync(folder)]).toEqual([manifest, ["a"]]);
      },
    );
  });
});
