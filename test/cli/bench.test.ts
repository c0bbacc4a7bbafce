/** `golgi bench papers`: published baselines made again, beside scikit-learn's own figures. */
import { describe, expect, test } from "vitest";
import { papers, type Reproduced } from "../../src/node.ts";
import golden from "../goldens/papers/papers.json" with { type: "json" };
import { capture, golgi, refused } from "./capture.ts";
import { describeShared, shared, temporaryFolder } from "./files.ts";

const measured: Record<
  string,
  Record<"linear" | "mlp", Record<string, { mean: number }>>
> = golden.cases as never;

/** The line of each paper, and the last one. */
async function bench(...flags: string[]) {
  const { code, out, err } = await golgi(["bench", "papers", ...flags, "--json"]);
  expect(code, err).toBe(0);
  const lines = out.trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Reproduced & { event: string });
}

test("the figures in print are those that scikit-learn gives today", () => {
  for (const { name, scikitLearn } of papers)
    for (const [model, key] of [["linear", "linear"] as const, ["network", "mlp"] as const])
      for (const [statistic, figure] of Object.entries(scikitLearn[model])) {
        const now = measured[name]![key][statistic]!.mean;
        // other folds and weights move the figures, of few rows or patients more
        const room = { r2: 0.06, rmse: 3, accuracy: 0.055 }[statistic] ?? 0.016;
        expect(Math.abs(figure - now), `${name} ${model} ${statistic} ${now}`).toBeLessThan(room);
      }
});

test("cells, whose split is the authors': logistic regression is scikit-learn's", async () => {
  const [cells, end] = await bench("--only", "cells");
  expect(end).toMatchObject({ event: "end", papers: 1 });
  expect(cells).toMatchObject({ event: "paper", name: "cells", rows: 2019, judged: 1010 });
  for (const [statistic, { mean }] of Object.entries(measured.cells!.linear)) {
    const room = statistic === "accuracy" ? 3 / 1010 : 5e-4; // a row or two lie at 0.5
    expect(Math.abs(cells!.linear[statistic]!.value! - mean)).toBeLessThan(room);
  }
  for (const [statistic, { mean }] of Object.entries(measured.cells!.mlp)) {
    const { value, low, high } = cells!.network[statistic]!;
    expect(Math.abs(value! - mean)).toBeLessThan(0.02);
    expect(mean).toBeGreaterThan(low!);
    expect(mean).toBeLessThan(high!);
  }
  expect(cells!.differing).toEqual([]);
});

describe.each([40, 80])("in %d columns", (columns) => {
  test("no line is longer, no column is lost", async () => {
    const terminal = capture({ columns });
    const { out } = await golgi(["bench", "--only", "tissues"], terminal);
    const lines = out.split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(lines.filter((line) => /(AUROC|accuracy) .*1\.000 .* 1\.0+$/.test(line))).toHaveLength(
      4,
    );
    expect(out.replace(/\s+/g, " ")).toContain(
      "no figure of others lies outside of our intervals.",
    );
  });
});

test("what cannot be asked for is one line", async () => {
  const folder = temporaryFolder();
  const said = async (...flags: string[]) =>
    (await refused("bench", ...flags)).replaceAll(folder.path(""), "EMPTY");
  expect([
    await said("steps"),
    await said("papers", "--only", "wbdc"),
    await said("papers", "--only", "wdbc,"),
    await said("papers", "--only", "khan"),
    await said("papers", "--data", folder.path("")),
    await said("papers", "--only", "golub", "--data", folder.path("")),
    await said("papers", "--seed", "-1"),
    await said("papers", "extra"),
  ]).toMatchInlineSnapshot(`
    [
      "golgi: bench has no “steps”. It has papers: golgi bench papers",
      "golgi: --only wbdc: there is no such paper. Did you mean wdbc?",
      "golgi: --only is “wdbc,”; it must be a list with commas between, such as wdbc,splice.",
      "golgi: --only khan: Golgi comes without khan_srbct_train.csv and khan_srbct_test.csv. Name the folder that has it with --data DIR.",
      "golgi: --data EMPTY: none of heart_uci_4sites.csv, golub_leukemia.csv, khan_srbct_train.csv is there. Name the folder that holds them.",
      "golgi: --only golub: no golub_leukemia.csv in EMPTY. Name the folder that has it with --data DIR.",
      "golgi: --seed is “-1”; it must be a whole number from 0 to 4294967296, such as 7.",
      "golgi: bench takes PAPERS and flags, nothing more: put quotes around names with spaces. See golgi help bench.",
    ]
  `);
});

describeShared("sets that do not come along", () => {
  test("Khan's 20 test samples; those of none of the four tumors are left out", async () => {
    const [khan] = await bench("--only", "khan", "--data", shared);
    expect(khan).toMatchObject({ name: "khan", rows: 64, judged: 20 });
    for (const model of ["linear", "network"] as const)
      expect(khan![model].accuracy!.value).toBeGreaterThanOrEqual(0.95);
  });
});
