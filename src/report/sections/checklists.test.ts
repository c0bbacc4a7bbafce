/** PROBAST+AI and TRIPOD+AI in a report: every question and item, and no more than the run knows. */
import { expect, test } from "vitest";
import { stream } from "../../base/random.ts";
import { parseTable, type RecipePlan, steps } from "../../data/index.ts";
import type { Evidence } from "../../evaluate/evidence/types.ts";
import { prepare } from "../../evaluate/prepare.ts";
import { dataSideOf } from "../dataSide.ts";
import { el } from "../html.ts";
import type { ReportSource } from "../source.ts";
import { handling, imputation } from "./card.ts";
import { probastSection } from "./probast.ts";
import { tripodSection } from "./tripod.ts";

const random = stream({ seed: 5, purpose: "bootstrap" });
const lines = Array.from({ length: 120 }, (_, i) => {
  const [a, b, c] = [0, 1, 2].map(() => random.nextFloat().toFixed(4));
  const gap = i % 10 === 0 ? "" : b;
  return `${a},${gap},${c},${i % 3 === 0 ? "x" : "y"},${random.nextFloat() < 0.5 ? "ill" : "well"}`;
});
const bytes = new TextEncoder().encode(`a,b,c,kind,outcome\n${lines.join("\n")}\n`);
const table = await parseTable({ name: "rows.csv", bytes });

/** A report's source and its data, as far as the checklists look at them. */
function made(recipe: RecipePlan, settings: Record<string, unknown> = {}, metrics: object = {}) {
  const prepared = prepare(table, { target: "outcome", recipe });
  const { split, target } = prepared;
  const truth = Float64Array.from(split.test, (row) => target.values[row]!);
  const rows = { training: split.training.length, validation: split.validation.length };
  const source = {
    name: "run",
    model: {
      ...{ recipe: prepared.recipe, target, frozen: null, threshold: 0.5 },
      network: { inputs: prepared.network.features },
    },
    test: { rows: truth.length, truth, groups: null },
    run: { metrics: { rows, ...metrics }, manifest: { settings } },
  } as unknown as ReportSource;
  return { source, side: dataSideOf(prepared) };
}

const evidence = { task: "binary", recalibration: [] } as unknown as Evidence;
type Row = readonly string[];
const rowsIn = (content: Parameters<typeof el>[2]): Row[] =>
  [...el("div", {}, content).text.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, row]) =>
    [...row!.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell]) =>
      cell!.replace(/<[^>]*>/g, ""),
    ),
  );

function probast(from: ReturnType<typeof made>, openings = 1) {
  const rows = rowsIn(probastSection({ ...from, evidence, openings }).content);
  const heads = rows.flatMap(([first], i) => (first === "question" ? [i] : []));
  const part = (from: number, to?: number) =>
    Object.fromEntries(
      rows.slice(from + 1, to).map(([number, , , ...answer]) => [number!, answer]),
    );
  return { development: part(heads[0]!, heads[1]), evaluation: part(heads[1]!) };
}

test("16 questions of development, 18 of evaluation, by their numbers", () => {
  const { development, evaluation } = probast(made({}));
  const numbers = (last: number) =>
    [3, 4, 4, last].flatMap((count, domain) =>
      Array.from({ length: count }, (_, i) => `${domain + 1}.${i + 1}`),
    );
  expect(Object.keys(development)).toEqual(numbers(5));
  expect(Object.keys(evaluation)).toEqual(numbers(7));
  for (const number of ["1.1", "1.2", "1.3", "2.1", "3.1", "3.2", "3.4"])
    expect(development[number]![0]).toBe("for the authors");
});

test("selection by a univariable test is told, with what it kept; without one it is denied", () => {
  const tested = probast(made({ steps: [steps.select(2)] }));
  expect(tested.development["4.5"]![0]).toBe("probably no");
  expect(tested.development["4.5"]![1]).toMatch(/univariable tests.*2 best by F-test: 2 of \d/);
  const free = probast(made({}, { weightDecay: 0.005, dropout: 0.1 }));
  expect(free.development["4.5"]![0]).toBe("yes");
  expect(free.development["4.5"]![1]).toMatch(
    /weight decay 0.005 and dropout 0.1; the run selects no predictors by tests/,
  );
});

test("imputation is named as the recipe does it, and its gaps are counted", () => {
  const { source, side } = made({});
  expect(imputation(source)).toBe(
    "gaps become the median or the commonest level of the training rows, with an indicator where any were missing there",
  );
  const nearest = made({ impute: { kind: "knn", neighbors: 3 } });
  expect(imputation(nearest.source)).toMatch(/the mean of the 3 nearest of \d+ training rows/);
  const { development, evaluation } = probast({ source, side });
  // 12 of 120 rows lack b
  expect(development["4.3"]![0]).toBe("probably no");
  expect(development["4.3"]![1]).toContain("up to 10.0\u00a0% of a predictor's values are missing");
  expect(evaluation["4.3"]![0]).toBe("probably yes");
  expect(handling(source)).toMatch(/3 numbers: standardized.*1 column of two values: as 0 and 1/);
});

test("class imbalance, resampling and repeated openings change their answers", () => {
  const plain = probast(made({}));
  expect(plain.development["4.4"]![0]).toBe("not applicable");
  expect(plain.evaluation["4.6"]![0]).toBe("not applicable");
  const told = probast(made({}, { balanced: true }, { cv: {} }), 4);
  expect(told.development["4.4"]![0]).toBe("no");
  expect(told.evaluation["4.4"]![0]).toBe("yes");
  expect(told.evaluation["4.6"]![0]).toBe("yes");
  expect(told.evaluation["4.5"]).toEqual([
    "probably no",
    expect.stringContaining("opened 4 times"),
  ]);
});

test("TRIPOD+AI: 27 items of 52 parts, each in the report, in part, or for the authors", () => {
  const { source } = made({});
  const present = new Map([
    ["data", "Data"],
    ["card", "Card"],
    ["provenance", "Again"],
  ]);
  const rows = rowsIn(tripodSection(source, present).content).slice(1);
  expect(rows).toHaveLength(52);
  expect(new Set(rows.map(([name]) => Number.parseInt(name!, 10))).size).toBe(27);
  const found = Object.fromEntries(
    rows.map(([name, , , verdict, where]) => [name!, [verdict, where]]),
  );
  expect(found["11"]).toEqual(["✓ yes", "Data, Card"]);
  expect(found["22"]).toEqual(["in part", "Again"]);
  expect(found["17"]).toEqual(["for the authors", ""]);
  expect(found["23b"]).toEqual(["for the authors", "golgi train --site COLUMN examines it"]);
  expect(found["24"]).toEqual(["✓ yes", "the saved model was not updated. not done"]);
});
