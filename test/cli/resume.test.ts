/** Ctrl-C and `golgi train --resume`: what is done is kept, and the end is as if nothing had been. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { called } from "../../cli/words.ts";
import { capture, golgi } from "./capture.ts";
import { temporaryFolder, wdbc } from "./files.ts";

const folder = temporaryFolder();
const file = folder.write(
  "small.csv",
  readFileSync(wdbc, "utf8").split("\n").slice(0, 101).join("\n"),
);
const begin = ["train", file, "--target", "Diagnosis", "--hidden", "8", "--epochs", "60"];
const runFiles = [
  ...["events.jsonl", "metrics.json", "model.json", "predictions.csv", "run.json"],
  "weights.safetensors",
];

/** Presses Ctrl-C so many times as soon as such a text is written. */
function pressing(text: RegExp, times = 1) {
  const terminal = capture();
  for (const sink of [terminal.out, terminal.err]) {
    const { write } = sink;
    const pressed = (more: string) => {
      write(more);
      if (text.test(more)) for (let i = 0; i < times; i++) terminal.interrupt();
    };
    Object.assign(sink, { write: pressed });
  }
  return terminal;
}
/** Every file of a run, without times. */
const bitsOf = (name: string) => {
  const times = /"(?:created|seconds|compile|stepsPerSecond|remaining)": ?("[^"]*"|[^,}\s]+)/g;
  const files = readdirSync(folder.path(name)).sort();
  return files.map((each) => [each, folder.text(`${name}/${each}`).replace(times, "")]);
};
/** A run that Ctrl-C stopped at a line; `--checkpoint 0` keeps every step. */
async function stopped(name: string, line: RegExp, more: readonly string[] = []) {
  const terminal = pressing(line);
  const args = [...begin, "--checkpoint", "0.001", ...more, "--out", folder.path(name)];
  return golgi(args, terminal);
}
const resume = (name: string, ...more: string[]) =>
  golgi(["train", file, "--resume", folder.path(name), ...more]);

test("Ctrl-C keeps what is done and says how to go on; the end has the same bits", async () => {
  expect((await golgi([...begin, "--out", folder.path("whole")])).code).toBe(0);
  const { code, err } = await stopped("a", /^epoch 7\//);
  expect(code).toBe(130);
  const path = folder.path("a");
  expect(err).toContain(`! stopped; what is done is kept in ${path}.partial/\n`);
  expect(err).toContain(`go on      ${called()} train ${file} --resume ${path}\n`);
  expect(err).toContain(`end here   ${called()} train ${file} --resume ${path} --finish `);
  expect(existsSync(path)).toBe(false);
  const { code: again, err: told, out } = await resume("a");
  expect(again).toBe(0);
  expect(told).toMatch(/^going on after epoch \d+$/m);
  expect(out).toContain(`written to   ${path}/`);
  expect(out.replace(/\s+/g, " ")).toContain(
    `${called()} train ${file} --target Diagnosis --hidden 8 --epochs 60 --cv 5`,
  );
  expect(bitsOf("a")).toEqual(bitsOf("whole"));
  expect(existsSync(`${path}.partial`)).toBe(false);
  expect(await resume("a")).toEqual({
    ...{ code: 0, err: "" },
    out: `${path}/ is whole: nothing is left to do\n`,
  });
});

test("--finish evaluates the best weights so far", async () => {
  await stopped("b", /^epoch 5\//);
  const { code, out } = await resume("b", "--finish");
  expect(code).toBe(0);
  expect(out).toMatch(/interrupted at epoch \d+ of 60/);
  expect(readdirSync(folder.path("b")).sort()).toEqual(runFiles);
});

test("in the folds: go on, or end without a cross-validation", async () => {
  const folds = ["--cv", "3", "--seed", "2"];
  await golgi([...begin, ...folds, "--out", folder.path("folded")]);
  for (const name of ["c", "d"])
    expect((await stopped(name, /^cross-validation, 1 of/, folds)).code).toBe(130);
  expect((await resume("c")).code).toBe(0);
  expect(bitsOf("c")).toEqual(bitsOf("folded"));
  const { out } = await resume("d", "--finish");
  expect(out).toContain("the cross-validation was interrupted and is left out");
  expect(JSON.parse(folder.text("d/metrics.json")).cv).toBeUndefined();
  expect(folder.bytes("d/weights.safetensors")).toEqual(folder.bytes("c/weights.safetensors"));
});

test("twice: it leaves at once", async () => {
  const left: number[] = [];
  const exit = (code: number) => {
    left.push(code);
    throw new Error("left");
  };
  const terminal = Object.assign(pressing(/^epoch 2\//, 2), { exit });
  const { code } = await golgi([...begin, "--out", folder.path("left")], terminal);
  expect([code, left]).toEqual([1, [130]]);
  expect(terminal.err.text).toContain("golgi: interrupted; --resume goes on from");
  expect(existsSync(folder.path("left"))).toBe(false);
});

test("--json tells a pause and a resumption", async () => {
  const { code, out } = await stopped("f", /"epoch":9,/, ["--json"]);
  expect(code).toBe(130);
  const last = JSON.parse(out.trimEnd().split("\n").at(-1)!);
  expect(last).toMatchObject({ event: "paused", run: folder.path("f") });
  const { out: events } = await resume("f", "--json", "--force");
  const [first, second] = events.split("\n").map((line) => line && JSON.parse(line));
  expect(first).toMatchObject({ event: "resume", run: folder.path("f") });
  expect(second.event).toBe("start");
});

describe("a run does not go on", () => {
  test("with other data, flags or a release, or with nothing to go on from", async () => {
    await stopped("g", /^epoch 3\//);
    const path = folder.path("g");
    const other = folder.write("other.csv", `${readFileSync(file, "utf8")}\n`);
    const run = folder.text("g.partial/run.json");
    const faults: readonly [readonly string[], string][] = [
      [[other, "--resume", path], `${other} is not the small.csv that the run was begun with`],
      [[file, "--resume", path, "--epochs", "61"], "--epochs 61: the run was begun with 60."],
      [[file, "--resume", path, "--dropout", "0.1"], "--dropout 0.1: the run was begun without it"],
      [
        [file, "--resume", path, "--test", other],
        "the run was begun with small.csv. Give it alone",
      ],
      [[file, "--resume", path, "--out", "x"], "--out x: --resume goes on in the run's own folder"],
      [[file, "--resume", folder.path("none")], "no such run. Name one that golgi train began."],
      [[file, "--target", "Diagnosis", "--finish"], "--finish ends an unfinished run."],
    ];
    for (const [args, message] of faults) {
      const { code, out, err } = await golgi(["train", ...args]);
      expect([code, out, err]).toEqual([2, "", expect.stringContaining(message)]);
      expect(err.trimEnd()).not.toContain("\n");
    }
    expect(folder.text("g.partial/run.json")).toBe(run);
    const edits: readonly [string, string, string][] = [
      ['"release": "', '"release": "9.', "the run was begun by Golgi 9."],
      ['"hidden": [\n      8\n    ]', '"hidden": "8"', "“hidden” is something else"],
      ['"epochs": 60\n  }', '"epochs": 70\n  }', "do not fit each other; it was edited"],
    ];
    for (const [from, to, message] of edits) {
      expect(run).toContain(from);
      writeFileSync(folder.path("g.partial/run.json"), run.replace(from, to));
      const { code, err } = await resume("g");
      expect([code, err]).toEqual([2, expect.stringContaining(message)]);
    }
    writeFileSync(folder.path("g.partial/run.json"), run);
    expect((await resume("g", "--epochs", "60")).code).toBe(0);
  });

  test("nor does a new one take its place without --force", async () => {
    await stopped("h", /^epoch 3\//);
    const again = [...begin, "--out", folder.path("h")];
    expect(await golgi(again)).toMatchObject({
      code: 2,
      err: expect.stringContaining("h.partial is an unfinished run. Go on with --resume"),
    });
    expect((await golgi([...again, "--force"])).code).toBe(0);
    expect(existsSync(folder.path("h.partial"))).toBe(false);
  });
});

test("a training that fails before anything is kept leaves nothing", async () => {
  const wild = ["--learning-rate", "1e6", "--optimizer", "sgd", "--weight-decay", "1000"];
  const { code, err } = await golgi([...begin, ...wild, "--out", folder.path("wild")]);
  expect([code, err]).toEqual([2, expect.stringContaining("Training came apart in epoch")]);
  expect(readdirSync(folder.path(".")).filter((name) => name.startsWith("wild"))).toEqual([]);
});
