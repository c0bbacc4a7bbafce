/** The main road on the embedded breast-cancer data, through the files and back. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import {
  evaluateTable,
  fromRun,
  inspectModel,
  predictionTable,
  predictTable,
  prepare,
  type Study,
  study,
  toRunContents,
} from "../../src/index.ts";
import { dataFile, encodeCsv, readRun, writeRun } from "../../src/node.ts";
import { golden, sample, scratchFolder } from "./support.ts";

const folder = scratchFolder();
const table = await sample("wdbc.csv");
const prepared = prepare(table, { target: "Diagnosis", positive: "M" });
const file = await dataFile("data/wdbc.csv");

/** One study and its run folder; the circumstances differ, nothing else may. */
async function writeStudy(name: string): Promise<Study> {
  const done = await study(prepared);
  const circumstances = { created: name, seconds: name.length, engine: { name } };
  await writeRun(
    join(folder, name),
    toRunContents(done, { release: "1", data: [file], circumstances }),
  );
  return done;
}

const bytes = (run: string, name: string) => readFileSync(join(folder, run, name));

describe("a study of wdbc.csv", () => {
  let done: Study;
  beforeAll(async () => {
    done = await writeStudy("first");
    await writeStudy("second");
  }, 60_000);

  test("separates the classes on rows never seen", () => {
    const { auroc, calibrationSlope } = done.test.statistics;
    expect(auroc!.value).toBeGreaterThanOrEqual(0.98);
    expect(auroc!.low!).toBeLessThan(auroc!.value!);
    expect(auroc!.high!).toBeLessThanOrEqual(1);
    expect(calibrationSlope!.low!).toBeLessThan(1);
    expect(done.test.rows).toBe(114);
  });

  test("stands beside its baselines", () => {
    const { logistic } = golden("expected.json").wdbc;
    const { auroc, logLoss, brier } = done.baseline.test.statistics;
    // scikit-learn's has no early stopping, so only near
    expect(Math.abs(auroc!.value! - logistic.auroc)).toBeLessThan(0.005);
    expect(Math.abs(brier!.value! - logistic.brier)).toBeLessThan(0.01);
    expect(Math.abs(logLoss!.value! - logistic.logLoss)).toBeLessThan(0.02);
    expect(done.constant.statistics.auroc!.value).toBe(0.5);
    expect(done.constant.statistics.accuracy!.value).toBeCloseTo(72 / 114, 12);
    expect(done.comparison).toMatchObject({ statistic: "auroc", against: "logistic" });
    expect(done.comparison.method).toContain("DeLong");
    const gap = done.test.statistics.auroc!.value! - auroc!.value!;
    expect(done.comparison.difference).toBeCloseTo(gap, 12);
  });

  test("calls rows by the threshold of the validation rows", () => {
    const { threshold, confusion, statistics } = done.test;
    expect(threshold).toBe(done.model.threshold);
    const [[trueNegative, falsePositive], [falseNegative, truePositive]] = confusion!.counts as [
      [number, number],
      [number, number],
    ];
    expect(confusion!.labels).toEqual(["B", "M"]);
    expect(trueNegative + falsePositive + falseNegative + truePositive).toBe(114);
    expect(statistics.sensitivity!.value).toBe(truePositive / (truePositive + falseNegative));
    expect(statistics.specificity!.value).toBe(trueNegative / (trueNegative + falsePositive));
    const called = Array.from(done.predictions.probabilities!)
      .filter((_, i) => i % 2 === 1)
      .map((p) => Number(p >= threshold!));
    expect(Array.from(done.predictions.values)).toEqual(called);
  });

  test("gives the same bytes again, whatever the circumstances", () => {
    expect(readdirSync(join(folder, "first"))).toContain("weights.safetensors");
    for (const name of ["weights.safetensors", "metrics.json", "predictions.csv", "model.json"])
      expect(bytes("second", name).equals(bytes("first", name)), name).toBe(true);
  });

  test("gives the same weights on every machine and in every release", () => {
    const hash = createHash("sha256").update(bytes("first", "weights.safetensors")).digest("hex");
    expect(hash).toBe("d63efedbb47dc6fff2758850cd0b7e366a1776cb54f669cfdcf171b60bf9fe77");
  });

  test("metrics.json has every number where readers look for it", () => {
    const metrics = JSON.parse(bytes("first", "metrics.json").toString());
    expect(metrics.task).toBe("binary");
    expect(metrics.rows).toEqual({ training: 364, validation: 91, test: 114 });
    for (const name of [
      "auroc",
      "auprc",
      "brier",
      "logLoss",
      "accuracy",
      "sensitivity",
      "specificity",
      "ppv",
      "npv",
      "calibrationSlope",
      "calibrationIntercept",
    ])
      expect(Object.keys(metrics.test[name]), name).toEqual(["value", "low", "high", "method"]);
    expect(metrics.baseline.logistic.auroc.value).toBeGreaterThan(0.97);
    expect(metrics.baseline.constant.auroc).toMatchObject({ value: 0.5, low: null });
    expect(metrics.baseline.constant.auroc.reason).toMatch(/all scores are equal/);
    expect(metrics.comparison.p).toBeGreaterThan(0);
    expect(metrics.threshold).toBe(done.model.threshold);
    expect(metrics.confusion.counts.flat()).toHaveLength(4);
    expect(metrics.cv).toBeUndefined();
  });

  test("predictions.csv names each held-out row", () => {
    const lines = bytes("first", "predictions.csv").toString().trimEnd().split("\n");
    expect(lines[0]).toBe("line,ID,truth,prediction,probability M");
    expect(lines).toHaveLength(115);
    const [line, id, truth] = lines[1]!.split(",");
    const row = Number(line) - 2;
    expect(table.columns[0]!.cells[row]).toBe(id);
    expect(table.columns[1]!.cells[row]).toBe(truth);
  });

  test("the run folder predicts by itself, bit for bit", async () => {
    const model = fromRun(await readRun(join(folder, "first")));
    const predicted = predictTable(model, table);
    expect(predicted.rows).toBe(569);
    const held = Float64Array.from(
      prepared.split.test,
      (row) => predicted.probabilities![2 * row + 1]!,
    );
    const then = done.predictions.probabilities!.filter((_, i) => i % 2 === 1);
    expect(held).toEqual(then);
    const unlabeled = {
      ...table,
      columns: table.columns.filter(({ name }) => name !== "Diagnosis"),
    };
    expect(predictTable(model, unlabeled).values).toEqual(predicted.values);
    const { header, rows } = predictionTable(predicted, { table, identifiers: ["ID"] });
    expect(encodeCsv(header, rows).split("\n")[1]).toMatch(/^2,842302,M,(1|0\.99\d*)$/);
  });

  test("the run folder evaluates by itself, at the frozen threshold", async () => {
    const model = fromRun(await readRun(join(folder, "first")));
    const heldTable = {
      ...table,
      rows: 114,
      lines: prepared.split.test.map((row) => table.lines[row]!),
      columns: table.columns.map(({ name, cells }) => ({
        name,
        cells: Array.from(prepared.split.test, (row) => cells[row]!),
      })),
    };
    const { evaluation } = evaluateTable(model, heldTable);
    expect(evaluation).toEqual(done.test);
  });

  test("a missing column and a foreign file are said in one line", async () => {
    const model = fromRun(await readRun(join(folder, "first")));
    const without = (...lost: string[]) => ({
      ...table,
      columns: table.columns.filter(({ name }) => !lost.includes(name)),
    });
    expect(() => predictTable(model, without("Area_mean"))).toThrow(
      "wdbc.csv lacks “Area_mean”, which the model needs.",
    );
    expect(() => evaluateTable(model, without("Diagnosis"))).toThrow("no column “Diagnosis”");
  });

  test("a run can be looked into", async () => {
    const facts = inspectModel(fromRun(await readRun(join(folder, "first"))));
    expect(facts.network).toMatchObject({ parameters: 1025, text: "30 → 32 relu → 1" });
    expect(facts.tensors.find(({ path }) => path === "0.weight")!.shape).toEqual([32, 30]);
    expect(facts.inputs).toHaveLength(30);
    expect(facts.leftOut.map(({ column }) => column)).toEqual(["ID", "Diagnosis"]);
    expect(facts.threshold).toBe(done.model.threshold);
  });

  test("parts that do not fit each other are refused", async () => {
    const run = await readRun(join(folder, "first"));
    const { model, weights } = run;
    const broken =
      (change: object, tensors = weights) =>
      () =>
        fromRun({ model: { ...model, ...change } as typeof model, weights: tensors });
    expect(broken({ recipe: { format: 9 } })).toThrow("Update golgi");
    expect(broken({ target: { task: "ranking" } })).toThrow(
      "must be binary, classes or regression",
    );
    expect(broken({ architecture: { layer: "transformer" } })).toThrow("no layer “transformer”");
    expect(broken({ architecture: null })).toThrow("architecture is broken");
    const narrow = { layer: "linear", inputs: 29, outputs: 1, bias: true };
    expect(broken({ architecture: narrow })).toThrow("29 features to 1 outputs");
    const { "0.bias": _, ...fewer } = weights;
    expect(broken({}, fewer)).toThrow("“0.bias”");
  });
});
