import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { InputError, InternalError } from "../base/errors.ts";
import { checkOutput, nextRunPath, type RunContents, readRun, writeRun } from "./runFolder.ts";

const contents: RunContents = {
  manifest: {
    release: "0.1.0",
    seed: 7,
    settings: { epochs: 3, hidden: [16], dropout: 0.1 },
    data: [{ name: "wdbc.csv", sha256: "ab".repeat(32) }],
  },
  circumstances: { created: "2026-01-02T03:04:05Z", seconds: 1.5, engine: { backend: "wasm" } },
  model: {
    architecture: [{ layer: "linear", inputs: 2, outputs: 1 }],
    graph: [{ name: "v1", op: "matmul" }],
    recipe: { columns: [{ name: "radius", mean: 0.1, deviation: 1e-300 }] },
    target: { column: "Diagnosis", positive: "M" },
    signature: { features: 2, outputs: 1 },
    frozen: null,
    threshold: 0.41,
  },
  weights: {
    "0.weight": { dtype: "f32", shape: [1, 2], data: Float32Array.of(1.5, -2) },
    "0.bias": { dtype: "f32", shape: [1], data: Float32Array.of(0.1) },
  },
  metrics: { test: { auroc: { value: 0.99, low: null, high: null } } },
  predictions: { header: ["row", "p"], rows: [[1, 0.5]] },
  events: [{ event: "epoch", epoch: 1, loss: 0.5 }, { event: "end" }],
};

let folder = "";
let run = "";
const fileOf = (name: string) => join(run, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "golgi-run-"));
  run = join(folder, "first");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The one line a person would see, without the temporary path. */
async function faultOf(work: Promise<unknown>): Promise<string> {
  const fault = await work.then(
    () => new Error("nothing failed"),
    (error: Error) => error,
  );
  expect(fault).toBeInstanceOf(InputError);
  expect(fault.message).not.toContain("\n");
  return fault.message.replaceAll(folder, "runs");
}

describe("write, then read", () => {
  test("gives back what was written", async () => {
    await writeRun(run, contents);
    const { manifest, circumstances, model, weights, metrics } = await readRun(run);
    const { predictions, events, ...read } = contents;
    expect({ manifest, circumstances, model, weights, metrics }).toEqual(read);
    expect(readFileSync(fileOf("predictions.csv"), "utf8")).toBe("row,p\n1,0.5\n");
    expect(readFileSync(fileOf("events.jsonl"), "utf8")).toBe(
      '{"event":"epoch","epoch":1,"loss":0.5}\n{"event":"end"}\n',
    );
    expect(readdirSync(folder)).toEqual(["first"]);
  });

  test("time and machine touch run.json only", async () => {
    await writeRun(run, contents);
    const other = join(folder, "second");
    const circumstances = { created: "2027-01-01T00:00:00Z", seconds: 9, engine: { threads: 8 } };
    await writeRun(other, { ...contents, circumstances });
    const differing = readdirSync(run).filter(
      (name) => !readFileSync(fileOf(name)).equals(readFileSync(join(other, name))),
    );
    expect(differing).toEqual(["run.json"]);
    expect((await readRun(other)).hashes).toEqual((await readRun(run)).hashes);
  });

  test("a number that JSON cannot hold writes nothing", async () => {
    const broken = { ...contents, metrics: { auroc: Number.NaN } };
    await expect(writeRun(run, broken)).rejects.toThrow(InternalError);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("the output folder", () => {
  test("exists: asks for --force, and --force replaces it", async () => {
    await writeRun(run, contents);
    expect(await faultOf(writeRun(run, contents))).toBe(
      "runs/first exists. Add --force to replace it, or choose another --out.",
    );
    const changed = { ...contents, metrics: { second: true } };
    await writeRun(run, changed, { force: true });
    expect((await readRun(run)).metrics).toEqual({ second: true });
    expect(readdirSync(folder)).toEqual(["first"]);
  });

  test("that is no run stays, even with --force", async () => {
    mkdirSync(run);
    writeFileSync(fileOf("thesis.txt"), "years of work");
    expect(await faultOf(writeRun(run, contents, { force: true }))).toBe(
      "runs/first exists and holds “thesis.txt”, not Golgi's, so it stays. Choose another --out.",
    );
    expect(readFileSync(fileOf("thesis.txt"), "utf8")).toBe("years of work");
  });

  test("that is a run with something of the user's in it stays", async () => {
    await writeRun(run, contents);
    writeFileSync(fileOf("notes.md"), "mine");
    expect(await faultOf(checkOutput(run, { force: true }))).toContain("holds “notes.md”");
  });

  test("with a run's file but no run.json stays", async () => {
    mkdirSync(run);
    writeFileSync(fileOf("model.json"), "{}");
    expect(await faultOf(checkOutput(run, { force: true }))).toContain("is no Golgi run");
  });

  test("that is empty is used", async () => {
    mkdirSync(run);
    await writeRun(run, contents);
    expect((await readRun(run)).manifest.seed).toBe(7);
  });

  test("that is a file is named as one", async () => {
    writeFileSync(run, "");
    expect(await faultOf(checkOutput(run))).toBe(
      "runs/first is a file, not a folder. Choose another --out.",
    );
  });

  test("by default is the next number", async () => {
    const next = async () => (await nextRunPath("wdbc", folder)).replace(folder, "runs");
    expect((await nextRunPath("wdbc", join(folder, "none"))).endsWith("none/wdbc-1")).toBe(true);
    expect(await next()).toBe("runs/wdbc-1");
    for (const name of ["wdbc-2", "wdbc-10", "wdbc-old", "wdbc-99x", "other-50"])
      mkdirSync(join(folder, name));
    expect(await next()).toBe("runs/wdbc-11");
  });
});

describe("a run that cannot be read is named in one line", () => {
  const edit = (change: (run: Record<string, unknown>) => void) => {
    const parsed = JSON.parse(readFileSync(fileOf("run.json"), "utf8"));
    change(parsed);
    writeFileSync(fileOf("run.json"), JSON.stringify(parsed));
  };

  test("no such folder, no run", async () => {
    expect(await faultOf(readRun(run))).toBe(
      "runs/first: no such folder. Name a run folder that golgi train wrote.",
    );
    mkdirSync(run);
    expect(await faultOf(readRun(run))).toBe(
      "runs/first has no run.json. Name a run folder that golgi train wrote.",
    );
    writeFileSync(join(folder, "file"), "");
    expect(await faultOf(readRun(join(folder, "file")))).toContain("has no run.json");
  });

  test("a newer and an unknown format", async () => {
    await writeRun(run, contents);
    edit((parsed) => {
      parsed.format = 2;
      delete parsed.manifest;
    });
    expect(await faultOf(readRun(run))).toBe(
      "runs/first was written by a newer Golgi (format 2; this release reads 1). Update Golgi.",
    );
    edit((parsed) => {
      parsed.format = 0.5;
    });
    expect(await faultOf(readRun(run))).toBe("runs/first/run.json: “format” is 0.5; it must be 1.");
  });

  test.each(["model.json", "weights.safetensors", "metrics.json"])(
    "%s is missing",
    async (name) => {
      await writeRun(run, contents);
      rmSync(fileOf(name));
      expect(await faultOf(readRun(run))).toBe(
        `runs/first lacks ${name}; the run is not whole. Train again.`,
      );
    },
  );

  test("a field is missing or of another kind", async () => {
    await writeRun(run, contents);
    edit((parsed) => {
      (parsed.manifest as Record<string, unknown>).data = [{ name: "a.csv", sha256: 5 }];
    });
    expect(await faultOf(readRun(run))).toBe(
      "runs/first/run.json: “manifest”: “data”[0]: “sha256” is something else; it must be text.",
    );
    edit((parsed) => {
      delete parsed.manifest;
    });
    expect(await faultOf(readRun(run))).toBe(
      "runs/first/run.json: “manifest” is missing; it must be an object.",
    );
  });

  test.each(["run.json", "metrics.json"])("%s is no JSON", async (name) => {
    await writeRun(run, contents);
    writeFileSync(fileOf(name), "{");
    expect(await faultOf(readRun(run))).toBe(
      `runs/first/${name} is not JSON; it was damaged or edited.`,
    );
  });

  test("any flipped bit of the model is found", async () => {
    await writeRun(run, contents);
    for (const name of ["model.json", "weights.safetensors"]) {
      const whole = readFileSync(fileOf(name));
      await fc.assert(
        fc.asyncProperty(fc.nat(whole.length * 8 - 1), async (bit) => {
          const flipped = Buffer.from(whole);
          flipped[bit >> 3]! ^= 1 << (bit & 7);
          writeFileSync(fileOf(name), flipped);
          expect(await faultOf(readRun(run))).toContain(`${name} is not what run.json names`);
        }),
        { numRuns: 200 },
      );
      writeFileSync(fileOf(name), whole);
    }
  });

  test("any mutation of run.json is read or refused", async () => {
    await writeRun(run, contents);
    const whole = readFileSync(fileOf("run.json"));
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, byte) => {
        const changed = Buffer.from(whole);
        changed[at] = byte;
        writeFileSync(fileOf("run.json"), changed);
        const fault = await readRun(run).catch((error: unknown) => error);
        if (fault instanceof Error) refused++;
        if (fault instanceof Error) expect(fault).toBeInstanceOf(InputError);
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(100);
    expect(existsSync(run)).toBe(true);
  });
});
