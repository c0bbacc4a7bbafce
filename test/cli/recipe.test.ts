/** `golgi train --steps`: what is fitted in the fold, saved, shown and applied to other rows. */
import { expect, test } from "vitest";
import { golgi } from "./capture.ts";
import { scattered, table, temporaryFolder } from "./files.ts";

const folder = temporaryFolder();
const rows = 120;
const noise = Array.from({ length: 30 }, (_, k) => `g${k}`);
/** Two columns tell of the outcome, one of them skewed. */
const line = (i: number) => {
  const sick = Number(scattered(i, 99) > 0.5);
  return [
    ["no", "yes"][sick]!,
    (2 ** (6 * scattered(i, 1) + 3 * sick)).toFixed(3),
    (scattered(i, 2) + 0.5 * sick).toFixed(3),
    ...noise.map((_, k) => scattered(i, k + 3).toFixed(3)),
  ];
};
const header = ["sick", "crp", "age", ...noise].join(",");
const file = folder.write("sick.csv", table(header, rows, line));
const short = ["--target", "sick", "--epochs", "3", "--seed", "1"];
const steps = ["--steps", "log=crp,winsorize=0.05", "--select", "2"];

test("steps are saved, shown by inspect, and applied to other rows alike", async () => {
  const out = folder.path("run");
  const trained = await golgi(["train", file, ...short, ...steps, "--out", out]);
  expect(trained.code, trained.err).toBe(0);
  expect(trained.out).toContain("2 best by F-test");
  const inspected = await golgi(["inspect", out]);
  expect(inspected.out).toContain("2 best by F-test: 2 of 32 features stay");
  expect(inspected.out).toContain("30 columns not selected");
  const predicted = await golgi(["predict", out, file]);
  const told = new Map(
    predicted.out.split("\n").map((each) => [each.split(",")[0], each.split(",").at(-1)]),
  );
  const held = folder.text("run/predictions.csv").trimEnd().split("\n").slice(1);
  expect(held).toHaveLength(24);
  for (const each of held) {
    const cells = each.split(",");
    expect(told.get(cells[0])).toBe(cells.at(-1));
  }
  const needed = folder.write("two.csv", "age,crp\n0.3,20\n0.9,300\n");
  expect((await golgi(["predict", out, needed])).code).toBe(0);
});

test("gaps, orders, words and components: predicted from the run as in training", async () => {
  const header = "sick,a,b,c,grade,dna";
  const gap = (i: number, k: number) => scattered(i, k + 50) < 0.15;
  const mixed = folder.write(
    "mixed.csv",
    table(header, rows, (i) => [
      line(i)[0]!,
      gap(i, 1) ? "" : line(i)[1]!,
      gap(i, 2) ? "" : line(i)[2]!,
      gap(i, 3) ? "" : (Number(line(i)[2]) + 0.1 * scattered(i, 7)).toFixed(3),
      ["low", "mid", "high"][i % 3]!,
      Array.from({ length: 12 }, (_, k) => "ACGT"[Math.floor(4 * scattered(i, k + 70))]).join(""),
    ]),
  );
  for (const impute of ["knn=3", "iterative=4"]) {
    const out = folder.path(`mixed-${impute.slice(0, 3)}`);
    const flags = ["--impute", impute, "--ordinal", "grade=low<mid<high", "--kmers", "2"];
    const given = ["train", mixed, ...short, ...flags, "--steps", "log=a,pca=4", "--select", "9"];
    const trained = await golgi([...given, "--without-indicators", "--out", out]);
    expect(trained.code, trained.err).toBe(0);
    const { out: page } = await golgi(["inspect", out]);
    expect(page).toContain("then gaps of numbers:");
    expect(page).toContain("low < mid < high");
    expect(page).toContain("4 principal components");
    const predicted = (await golgi(["predict", out, mixed])).out;
    const told = new Map(
      predicted.split("\n").map((each) => [each.split(",")[0], each.split(",").at(-1)]),
    );
    for (const each of folder
      .text(`mixed-${impute.slice(0, 3)}/predictions.csv`)
      .trimEnd()
      .split("\n")
      .slice(1)) {
      const cells = each.split(",");
      expect(told.get(cells[0])).toBe(cells.at(-1));
    }
    const explained = await golgi(["explain", out, mixed, "--line", "5"]);
    expect(explained.out).toContain("component 1");
  }
});

test("a step that is none is said with the nearest", async () => {
  const said = async (...flags: string[]) => {
    const { code, err } = await golgi(["train", file, ...short, ...flags]);
    return `${code} ${err.trim()}`;
  };
  expect([
    await said("--steps", "winsorise"),
    await said("--steps", "select"),
    await said("--steps", "winsorize=much"),
    await said("--steps", "select=3,log"),
    await said("--select", "none"),
    await said("--impute", "mean"),
    await said("--ordinal", "grade=low<"),
  ]).toMatchInlineSnapshot(`
    [
      "2 golgi: --steps: “winsorise” is no step. Did you mean winsorize?",
      "2 golgi: --steps select: how many? Write select=20, say.",
      "2 golgi: --steps winsorize=much: “much” is no number. Write winsorize=0.01, say.",
      "2 golgi: The step log is about one column and comes after select, which is about all features. Put log first.",
      "2 golgi: --select is “none”; it must be a whole number from 1 to 10000000, such as 20.",
      "2 golgi: --impute is “mean”; it must be median, knn, iterative, or with a number as knn=7.",
      "2 golgi: --ordinal grade=low<: put levels in order, as grade=low<medium<high.",
    ]
  `);
});
