/** Several classes: tissues, splice sites and tumors, told nothing but file, target and split. */
import { describe, expect, test } from "vitest";
import { metricsOf, prepare, study } from "../../src/index.ts";
import { besideTable, isBeside, sample } from "./support.ts";

test("tissue_gene_expression.csv: seven tissues of 500 genes, all but told apart", async () => {
  const done = await study(
    prepare(await sample("tissue_gene_expression.csv"), { target: "tissue" }),
  );
  const { auroc, accuracy } = done.test.statistics;
  expect(done.prepared.target.labels).toHaveLength(7);
  expect(auroc!.value).toBeGreaterThan(0.99);
  expect(accuracy!.value).toBeGreaterThanOrEqual(36 / 38);
  expect(done.baseline.name).toBe("softmax");
  expect(done.comparison).toMatchObject({ statistic: "accuracy", against: "softmax" });
  expect(done.comparison.method).toContain("McNemar");
});

describe("splice_sequences.csv, by the split of StatLog", async () => {
  const table = await sample("splice_sequences.csv");
  const prepared = prepare(table, { target: "class", splitColumn: "statlog_split" });
  const done = await study(prepared);

  test("letters are features, the split is StatLog's", () => {
    expect(prepared.network).toMatchObject({ features: 240, outputs: 3 });
    expect(prepared.split.test).toHaveLength(1186);
    expect(prepared.split.training.length + prepared.split.validation.length).toBe(2000);
    const column = table.columns.find(({ name }) => name === "statlog_split")!;
    const parts = (rows: Int32Array) => new Set(Array.from(rows, (row) => column.cells[row]));
    expect(parts(prepared.split.test)).toEqual(new Set(["test"]));
    expect(parts(prepared.split.validation)).toEqual(new Set(["train"]));
  });

  test("the figures of scikit-learn, .956 and .939, within two standard errors", () => {
    // it learned from all 2000 rows; here 400 of them say when to stop
    const error = Math.sqrt((0.95 * 0.05) / 1186);
    const { accuracy } = done.test.statistics;
    expect(Math.abs(accuracy!.value! - 0.9562)).toBeLessThan(2 * error);
    const simple = done.baseline.test.statistics.accuracy!.value!;
    expect(simple).toBeGreaterThan(0.9393 - 2 * error);
  });

  test("recalls and confusion add up", () => {
    const { confusion, recalls, statistics } = done.test;
    const counts = confusion!.counts;
    const right = counts.reduce((sum, row, k) => sum + row[k]!, 0);
    expect(statistics.accuracy!.value).toBe(right / 1186);
    confusion!.labels.forEach((label, k) => {
      const rows = counts[k]!.reduce((sum, n) => sum + n, 0);
      expect(recalls![label]!.value).toBe(counts[k]![k]! / rows);
    });
    expect(metricsOf(done)).toMatchObject({ task: "classes", threshold: null });
  });
});

describe.skipIf(!isBeside("khan_srbct_train.csv", "khan_srbct_test.csv"))(
  "Khan's tumors, with a test table of their own (kept beside the project; the licence forbids more)",
  async () => {
    const files = ["khan_srbct_train.csv", "khan_srbct_test.csv"];
    if (!isBeside(...files)) return;
    const [table, testTable] = await Promise.all([besideTable(files[0]!), besideTable(files[1]!)]);
    const prepared = prepare(table, { target: "class", testTable });

    test("five foreign rows are named and left out of the score", () => {
      expect(prepared.split.test).toHaveLength(20);
      const foreign = prepared.findings.filter(({ kind }) => kind === "foreign label");
      const rows = foreign.map((finding) => ("count" in finding ? finding.count : 0));
      expect(rows.reduce((sum, n) => sum + n, 0)).toBe(5);
      expect(foreign[0]!.message).toContain("khan_srbct_test.csv");
    });

    test("the figures of scikit-learn, 1.00 and .95 of 20", async () => {
      const done = await study(prepared);
      expect(done.test.statistics.accuracy!.value).toBeGreaterThanOrEqual(0.95);
      expect(done.baseline.test.statistics.accuracy!.value).toBeGreaterThanOrEqual(0.9);
      expect(done.test.rows).toBe(20);
    });
  },
);
