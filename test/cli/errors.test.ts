/** Bad input: one line that says what to do, exit code 2, nothing written. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { golgi } from "./capture.ts";
import { control, scattered, table, temporaryFolder, wdbc } from "./files.ts";

const folder = temporaryFolder();
const out = ["--out", folder.path("out")];

async function refused(args: readonly string[]): Promise<string> {
  const before = folder.everything();
  const called = await golgi(args);
  expect([called.code, called.out]).toEqual([2, ""]);
  expect(called.err).toMatch(/^golgi: [^\n]+[.?)]\n$/);
  expect(called.err.trimEnd()).not.toMatch(control);
  expect(folder.everything()).toEqual(before);
  return called.err.slice("golgi: ".length, -1);
}

const numbers = (rows: number, target: (i: number) => string | number) =>
  table("x,z,y", rows, (i) => [scattered(i).toFixed(4), scattered(i, 2).toFixed(4), target(i)]);

const files = {
  empty: "",
  header: "x,y\n",
  junk: Buffer.concat([Buffer.from([0, 1, 2]), randomBytes(500)]),
  ragged: "x,y\n1,a\n2,b\n3\n4,b\n",
  twice: "x,x,y\n1,2,a\n",
  constant: numbers(20, () => "same"),
  pair: numbers(20, (i) => (i < 2 ? "rare" : "common")),
  labels: numbers(40, (i) => (i % 2 ? "a" : "b")),
  text: table("x,dose,y", 40, (i) => [scattered(i).toFixed(4), i === 5 ? "low" : i, i % 2]),
  lonely: table("patient,x,y", 30, (i) => [`P${i < 10 ? 0 : i}`, scattered(i), i < 10 ? 1 : 0]),
  few: table("patient,x,y", 30, (i) => [`P${i % 2}`, scattered(i), i % 2]),
};
const at = Object.fromEntries(
  Object.entries(files).map(([name, content]) => [name, folder.write(`${name}.csv`, content)]),
) as Record<keyof typeof files, string>;

describe("files", () => {
  test.each<[string, readonly string[], RegExp]>([
    [
      "no such file",
      [folder.path("none.csv")],
      /none\.csv: no such file or folder\. Check the path/,
    ],
    ["a folder", [folder.path(".")], /this is a folder where a file is needed/],
    ["empty", [at.empty], /^empty\.csv is empty\. A table needs a header line and rows\.$/],
    ["header only", [at.header], /^header\.csv has a header line and no rows/],
    ["binary junk", [at.junk], /^junk\.csv is not a text table/],
    [
      "ragged rows",
      [at.ragged],
      /^ragged\.csv, line 4: 1 cell where the header has 2\..*--skip-ragged/,
    ],
    ["duplicate header", [at.twice], /^twice\.csv, line 1: columns 1 and 2 are both named “x”/],
    ["one class", [at.constant], /the target “y” is “same” in every row/],
    ["a class with under 3 rows", [at.pair], /“rare” \(2\) has under 3 rows/],
    [
      "a number with text in it",
      [at.text, "--number", "dose"],
      /^text\.csv, line 7: “low” in column “dose”/,
    ],
    ["a class in one group only", [at.lonely, "--group", "patient"], /“1”|group/],
    ["fewer groups than parts", [at.few, "--group", "patient"], /group/],
  ])("%s", async (_, args, message) => {
    expect(await refused(["train", ...args, "--target", "y", ...out])).toMatch(message);
  });

  test("a missing column offers the nearest", async () => {
    expect(await refused(["train", wdbc, "--target", "diagnosis", ...out])).toBe(
      "wdbc.csv has no column “diagnosis”. Did you mean “Diagnosis”?",
    );
    expect(
      await refused(["train", wdbc, "--target", "Diagnosis", "--group", "Patient", ...out]),
    ).toMatch(/^wdbc\.csv has no column “Patient”\. Columns found: ID, Diagnosis, .* more\)\.$/);
  });
});

test("a network too large for memory is refused at once and leaves no folder", async () => {
  const started = performance.now();
  const run = folder.path("runs/large");
  const size = ["--hidden", "20000,20000", "--quiet"];
  const called = await golgi(["train", wdbc, "--target", "Diagnosis", ...size, "--out", run]);
  expect(called.code).toBe(2);
  expect(called.err).toMatch(/^golgi: Too large for memory: [^\n]+\.\n$/);
  expect(performance.now() - started).toBeLessThan(5000);
  expect(existsSync(folder.path("runs"))).toBe(false);
});

describe("flags", () => {
  const train = ["train", wdbc, "--target", "Diagnosis", ...out];
  test.each<[readonly string[], string]>([
    [["train"], "train needs a file. Usage: golgi train [options] <file>"],
    [
      ["train", "a.csv"],
      "train needs --target COLUMN, the column to predict: golgi train a.csv --target COLUMN",
    ],
    [
      [...train, "--epochs", "ten"],
      "--epochs is “ten”; it must be a whole number from 1 to 10000000, such as 200.",
    ],
    [[...train, "--epochs"], "--epochs needs a value: --epochs <count>."],
    [[...train, "--hiden", "3"], "train has no flag --hiden. Did you mean --hidden?"],
    [[...train, "--frobnicate"], "train has no flag --frobnicate. See golgi help train."],
    [
      [...train, "--threads", "0"],
      "--threads is “0”; it must be a whole number from 1 to 64, such as 2.",
    ],
    [[...train, "--backend", "gpu"], "--backend is “gpu”; it must be one of wasm, blas."],
    [[...train, "--repeat", "3"], "--repeat 3 repeats a cross-validation. Add --cv 5."],
    [
      [...train, "--time", "ID", "--cv", "3", "--repeat", "3"],
      "--repeat 3: folds forward in time are the same each time. Leave it out.",
    ],
    [
      [...train, "--time", "ID", "--split-column", "ID"],
      "--split-column and --time both say which rows test. Keep one of them.",
    ],
    [
      [...train, "--search-trials", "9"],
      "--search-trials 9 is the size of a search. Add --search random or --search halving.",
    ],
    [
      [...train, "--test", "b.csv", "--test-fraction", "0.5"],
      "--test and --test-fraction both say which rows test. Keep one of them.",
    ],
    [
      [...train, "--number", "Diagnosis"],
      "--number Diagnosis: this column is the target. To predict it as a number, say --task regression.",
    ],
    [
      [...train, "more.csv"],
      "train takes FILE and flags, nothing more: put quotes around names with spaces. See golgi help train.",
    ],
    [["trian"], "there is no command “trian”. Did you mean “train”?"],
    [
      ["help", "serve"],
      "there is no command “serve”. The commands are data, train, luck, evaluate, predict, explain, report, inspect, bench.",
    ],
    [["--verson"], "golgi has no flag --verson. Did you mean --version?"],
    [
      ["evaluate", "run"],
      "evaluate needs --data FILE, a table with the target: golgi evaluate run --data FILE",
    ],
    [["predict", "run"], "predict needs a file. Usage: golgi predict [options] <run> <file>"],
    [["inspect"], "inspect needs a run folder. Usage: golgi inspect [options] <run>"],
  ])("golgi %j", async (args, message) => {
    const { code, out: page, err } = await golgi(args);
    expect([code, page, err]).toEqual([2, "", `golgi: ${message}\n`]);
  });
});

test("--out that is not ours stays, even with --force", async () => {
  mkdirSync(folder.path("mine"));
  writeFileSync(folder.path("mine/thesis.txt"), "all of it");
  const args = ["train", at.labels, "--target", "y", "--force"];
  expect(await refused([...args, "--out", folder.path("mine")])).toContain("holds “thesis.txt”");
  expect(await refused([...args, "--out", at.empty])).toContain("is a file, not a folder");
});

describe("runs", () => {
  test("no such folder, a folder that is no run, one from a newer release", async () => {
    expect(await refused(["inspect", folder.path("nowhere")])).toMatch(/no such folder/);
    mkdirSync(folder.path("plain"));
    expect(await refused(["inspect", folder.path("plain")])).toMatch(/has no run\.json/);
    mkdirSync(folder.path("newer"));
    folder.write("newer/run.json", '{ "format": 99 }');
    expect(await refused(["predict", folder.path("newer"), wdbc])).toMatch(
      /newer Golgi .* Update Golgi/,
    );
  });
});

test("a fault of ours: exit code 1, asks for a report, --debug shows where", async () => {
  const broken = {
    onInterrupt: () => {
      throw new TypeError("a bug\nof ours");
    },
  };
  const { capture } = await import("./capture.ts");
  const args = ["train", at.labels, "--target", "y", "--quiet", ...out];
  const plain = await golgi(args, Object.assign(capture(), broken));
  expect([plain.code, plain.err]).toEqual([
    1,
    "golgi: internal fault: a bug of ours\nThis is a fault of Golgi: please report it with what --debug shows.\n",
  ]);
  const debugged = await golgi([...args, "--debug"], Object.assign(capture(), broken));
  expect(debugged.err).toMatch(
    /^golgi: internal fault: a bug of ours\nTypeError: a bug\nof ours\n +at /,
  );
});
