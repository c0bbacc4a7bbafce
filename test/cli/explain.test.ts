/** `golgi explain`: the page, the CSV, the JSON, and bad calls. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { golgi } from "./capture.ts";
import { temporaryFolder, wdbc } from "./files.ts";

const splice = fileURLToPath(new URL("../../data/splice_sequences.csv", import.meta.url));
const folder = temporaryFolder();
const run = folder.path("run");

beforeAll(async () => {
  const train = ["train", wdbc, "--target", "Diagnosis", "--epochs", "20", "--quiet"];
  expect((await golgi([...train, "--out", run])).code).toBe(0);
}, 60_000);

describe("a page for people", () => {
  test("columns over all rows, then what made a row what it is", async () => {
    const { code, out } = await golgi(["explain", run, wdbc, "--line", "2,3"]);
    expect(code).toBe(0);
    expect(out).toMatch(/probability of M,\s+integrated gradients/);
    expect(out).toMatch(/values add up to the output minus 0\.\d+/);
    expect(out).toContain("Columns   mean size over 2 rows of 569");
    expect(out).toMatch(/Line 2 {3}probability of M [01]\.\d{3}\n {2}\w+ = [\d.]+ +[+−]0\.\d+/);
    expect(out).not.toContain("Line 4");
  });

  test("of a sequence each place is told", async () => {
    const model = folder.path("splice");
    const train = ["train", splice, "--target", "class", "--epochs", "4", "--quiet"];
    await golgi([...train, "--split-column", "statlog_split", "--out", model]);
    const { out } = await golgi(["explain", model, splice, "--label", "ei", "--line", "2"]);
    expect(out).toContain("probability of ei");
    expect(out).toMatch(/sequence\[\d+\] = [ACGT] +[+−]0/);
  });
});

test("--json and --out say the same, with Shapley values that add up", async () => {
  const csv = folder.path("explained.csv");
  const call = ["explain", run, wdbc, "--method", "shapley", "--line", "5", "--json", "--out", csv];
  const { code, out } = await golgi(call);
  expect(code).toBe(0);
  const found = JSON.parse(out);
  expect(found).toMatchObject({ method: "shapley", output: "probability of M", lines: [5] });
  expect(found.columns).toHaveLength(30);
  const sum = found.values.reduce((total: number, value: number) => total + value, 0);
  expect(sum).toBeCloseTo(found.outputs[0] - found.base, 6);
  const [head, row] = readFileSync(csv, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  expect(head!.slice(0, 3)).toEqual(["line", "ID", "probability of M"]);
  expect(row!.slice(3).map(Number)).toEqual(found.values);
});

test.each([
  [["--line", "9999"], /^golgi: --line 9999: wdbc\.csv has no row on that line/],
  [["--label", "X"], /^golgi: “Diagnosis” has no label “X”\. It has B, M\.\n$/],
  [["--method", "magic"], /^golgi: --method is “magic”; it must be/],
])("%j is refused in one line", async (flags, message) => {
  const { code, out, err } = await golgi(["explain", run, wdbc, ...flags]);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toMatch(message);
});
