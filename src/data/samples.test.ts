/** What is known of the sample data, met on the road from their files. */
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { InputError } from "../base/errors.ts";
import { columnFindings } from "./columns.ts";
import { describeColumns } from "./kinds.ts";
import { splitByColumn } from "./official.ts";
import { read } from "./read.ts";
import { applyRecipe } from "./recipe/apply.ts";
import { fitRecipe } from "./recipe/fit.ts";
import { chooseTarget, countLabels, readTarget } from "./target.ts";

test.each([
  ["alzheimer_ad_data", "Class", "binary", [242, 91]],
  ["biopsy_repeated_ids", "class", "binary", [458, 241]],
  ["cells_segmentation", "class", "binary", [1300, 719]],
  ["diabetes_progression", "target", "regression", []],
  ["splice_sequences", "class", "classes", [767, 765, 1654]],
  ["tissue_gene_expression", "tissue", "classes", [38, 34, 15, 31, 39, 26, 6]],
  ["wdbc", "Diagnosis", "binary", [357, 212]],
])("%s: the target %s", async (file, column, task, counts) => {
  const table = await read(`data/${file}.csv`);
  const target = chooseTarget(table, { column });
  expect(target.task).toBe(task);
  expect(countLabels(target, target.rows)).toEqual(counts);
});

const kindsOf = async (path: string) => {
  const kinds: Record<string, string[]> = {};
  for (const { name, kind } of describeColumns(await read(path)))
    kinds[kind] = [...(kinds[kind] ?? []), name];
  return kinds;
};

describe("kinds", () => {
  test("biopsy: scores of 1 to 10 are numbers, the repeated ID is a warning", async () => {
    const table = await read("data/biopsy_repeated_ids.csv");
    const facts = describeColumns(table);
    expect(facts.filter(({ kind }) => kind === "number")).toHaveLength(9);
    const found = columnFindings(facts, { rows: table.rows, except: ["class"] });
    expect(found).toMatchObject([
      { kind: "repeated identifier", level: "warning", column: "ID", distinct: 645, rows: 699 },
      { kind: "left out", column: "ID" },
      { kind: "imputed", column: "V6", count: 16 },
    ]);
  });

  test("diabetes: sex is binary, all else numbers", async () => {
    const { binary, number } = await kindsOf("data/diabetes_progression.csv");
    expect([binary, number?.length]).toEqual([["sex"], 10]);
  });
});

test("splice: 99.0 % of exon-intron boundaries have GT behind them, 99.5 % of intron-exon AG before", async () => {
  const table = await read("data/splice_sequences.csv");
  const target = chooseTarget(table, { column: "class" });
  const { training, test: held } = splitByColumn(table, "statlog_split", target.rows);
  expect([training.length, held.length]).toEqual([2000, 1186]);
  const exclude = new Map([
    ["class", "the target"],
    ["statlog_split", "the split"],
  ]);
  const { values, width, names, rows } = applyRecipe(
    fitRecipe(table, { rows: training, exclude }),
    table,
  );
  expect([rows, width]).toEqual([3186, 240]);
  const share = (label: string, ...features: string[]) => {
    const columns = features.map((feature) => names.indexOf(`sequence[${feature}`));
    const chosen = target.rows.filter((row) => target.labels[target.values[row]!] === label);
    const all = chosen.filter((row) => columns.every((k) => values[row * width + k] === 1));
    return Math.round((1000 * all.length) / chosen.length) / 10;
  };
  expect(share("ei", "31]=G", "32]=T")).toBe(99.0);
  expect(share("ie", "29]=A", "30]=G")).toBe(99.5);
});

test("a path that is no table is one line", async () => {
  await expect(read("data/none.csv")).rejects.toThrow(InputError);
  await expect(read("data")).rejects.toThrow(InputError);
  await expect(read("data/README.md")).rejects.toThrow(/^README\.md/);
});

const shared = "../shared/data";
describe.skipIf(!existsSync(shared))("larger samples (need ../shared)", () => {
  test("Khan: five rows of the test table are none of the four tumors", async () => {
    const table = await read(`${shared}/khan_srbct_train.csv`);
    const target = chooseTarget(table, { column: "class" });
    const recipe = fitRecipe(table, {
      rows: target.rows,
      exclude: new Map([["class", "the target"]]),
    });
    const second = await read(`${shared}/khan_srbct_test.csv`);
    const held = readTarget(target, second);
    expect(held.rows).toHaveLength(20);
    expect(held.findings).toMatchObject([{ kind: "foreign label", label: "Normal", count: 5 }]);
    const { width, rows } = applyRecipe(recipe, second, held.rows);
    expect([width, rows]).toEqual([306, 20]);
  });

  test("PBC visits: stage and status are categories, id repeats, gaps are told", async () => {
    const kinds = await kindsOf(`${shared}/pbcseq_longitudinal.csv`);
    expect(kinds).toMatchObject({
      identifier: ["id"],
      category: ["status", "stage"],
      binary: ["trt", "sex", "ascites", "hepato", "spiders"],
    });
    expect(kinds.number).toHaveLength(11);
  });

  test("heart: what the codes of four sites are", async () => {
    const { category, binary } = await kindsOf(`${shared}/heart_uci_4sites.csv`);
    expect(category).toEqual(["cp", "restecg", "slope", "ca", "thal", "num", "site"]);
    expect(binary).toEqual(["sex", "fbs", "exang", "disease"]);
  });

  test("rotterdam: a recipe for the columns that gbsg has too", async () => {
    const table = await read(`${shared}/rotterdam.csv`);
    const second = await read(`${shared}/gbsg.csv`);
    const target = chooseTarget(table, { column: "death" });
    const exclude = new Map([
      ["death", "the target"],
      ["chemo", "ignored"],
      ["year", "ignored"],
    ]);
    const recipe = fitRecipe(table, { rows: target.rows, exclude });
    expect(() => applyRecipe(recipe, second)).toThrowErrorMatchingInlineSnapshot(
      `[InputError: gbsg.csv lacks “rtime”, “recur” and “dtime”, which the model needs. Columns found: pid, age, meno, size, grade, nodes, pgr, er (3 more).]`,
    );
  });
});
