import { describe, expect, test } from "vitest";
import type { BaselineComparison, Evaluation } from "../../src/index.ts";
import { capture } from "../../test/cli/capture.ts";
import { Page } from "../output/page.ts";
import { messagesOf } from "./findings.ts";
import { matrix } from "./matrix.ts";
import { evaluationTables, heading } from "./results.ts";
import { beside } from "./verdict.ts";

const page = (columns: number) => new Page(capture({ columns }).out);
const estimate = (value: number, low: number, high: number, method: string) => ({
  value,
  low,
  high,
  method,
});
const nothing = { low: null, high: null, method: "Wald" };
const wilson = (value: number) => estimate(value, value - 0.1, Math.min(1, value + 0.1), "Wilson");

const found: Evaluation = {
  task: "binary",
  rows: 114,
  statistics: {
    auroc: estimate(0.9944, 0.984, 0.9991, "DeLong, logit scale"),
    auprc: estimate(0.99, 0.97, 1, "stratified bootstrap over 64 groups, 2000 resamples"),
    calibrationSlope: { ...nothing, value: null, reason: "the classes separate" },
    calibrationIntercept: { ...nothing, value: -1.06, reason: "all rows belong to one group" },
    sensitivity: wilson(0.952),
    npv: wilson(0.8),
  },
  recalls: null,
  confusion: {
    labels: ["benign", "malignant"],
    counts: [
      [1070, 2],
      [0, 40],
    ],
  },
  threshold: 0.4111,
};

describe("an evaluation", () => {
  const shown = (columns: number) => {
    const built = page(columns);
    heading(built, "On 114 rows the network never saw");
    evaluationTables(built, found, "chosen on validation");
    return built.text();
  };

  test("in 80 columns", () =>
    expect(shown(80)).toMatchInlineSnapshot(`
      "On 114 rows the network never saw        95 % interval
        AUROC                          0.994   0.984 – 0.999   DeLong, logit scale
        average precision              0.990   0.970 – 1.000   bootstrap by group
        calibration slope                  —   —
          does not exist: the classes separate
        calibration in the large       −1.06   —
          no interval: all rows belong to one group
        at threshold 0.41 (chosen on validation)
          sensitivity                  0.952   0.852 – 1.000   Wilson
          NPV                          0.800   0.700 – 0.900   Wilson
                         predicted malignant   predicted benign
          is malignant                    40                  0
          is benign                        2              1 070
      "
    `));
  test("in 40 columns", () =>
    expect(shown(40)).toMatchInlineSnapshot(`
      "On 114 rows the network never saw
        (95 % intervals)
        AUROC          0.994  0.984 – 0.999
        avg precision  0.990  0.970 – 1.000
        calib. slope       —  —
          does not exist: the classes separate
        calib. large   −1.06  —
          no interval: all rows belong to one
          group
        at threshold 0.41 (chosen on
        validation)
          sensitivity  0.952  0.852 – 1.000
          NPV          0.800  0.700 – 0.900
          predicted        1      2
          1 is malignant  40      0
          2 is benign      2  1 070
      "
    `));
});

test("a matrix of many classes numbers its columns, one of too many is elsewhere", () => {
  const labels = ["cerebellum", "a tissue with a very long name indeed", "colon", "liver"];
  const counts = labels.map((_, i) => labels.map((__, j) => (i === j ? 12 : 0)));
  const built = page(60);
  matrix(built, { labels, counts });
  const many = Array.from({ length: 20 }, (_, i) => `${i}`);
  matrix(built, { labels: many, counts: many.map(() => many.map(() => 1)) });
  expect(built.text()).toMatchInlineSnapshot(`
    "    predicted                    1   2   3   4
        1 is cerebellum             12   0   0   0
        2 is a tissue with a very…   0  12   0   0
        3 is colon                   0   0  12   0
        4 is liver                   0   0   0  12
      the confusion matrix of 20 classes is in metrics.json
    "
  `);
});

describe("beside the baseline", () => {
  const words = (comparison: Partial<BaselineComparison>, hidden = 1) => {
    const built = page(120);
    const whole: BaselineComparison = {
      statistic: "auroc",
      against: "logistic",
      difference: 0.05,
      low: 0.01,
      high: 0.09,
      p: 0.01,
      method: "DeLong, paired",
      ...comparison,
    };
    beside(built, { comparison: whole, baseline: found, hidden });
    return built.text().replace(/\s+/g, " ").trim();
  };

  test.each<[Partial<BaselineComparison>, number, RegExp]>([
    [
      {},
      1,
      /AUROC 0\.994 · difference 0\.050 \(0\.010 – 0\.090, p = 0\.010, DeLong, paired\): the hidden layer helps here$/,
    ],
    [{ p: 0.0001 }, 2, /p < 0\.001, .*: the hidden layers help here$/],
    [{ difference: -0.05 }, 1, /: the simpler model is better here: take --hidden none$/],
    [{ p: 0.7 }, 1, /: no evidence that the hidden layer helps here$/],
    [{ p: 0.001 }, 0, /: the network has no hidden layer, so the two are the same kind of model$/],
    [
      { difference: null, p: null, reason: "one class" },
      1,
      /no difference can be tested: one class$/,
    ],
    [
      { statistic: "rmse", against: "linear", difference: -2.4 },
      1,
      /linear regression RMSE .*: the hidden layer helps/,
    ],
  ])("%o with %i hidden", (comparison, hidden, text) =>
    expect(words(comparison, hidden)).toMatch(text),
  );
});

test("many findings of one kind become one line", () => {
  const out = (column: string) =>
    ({
      kind: "left out",
      level: "warning",
      column,
      because: "constant",
      message: `${column} is left out`,
    }) as const;
  const note = { kind: "encoding", level: "note", encoding: "x", message: "a note" } as const;
  const columns = Array.from("abcdefghijkl", out);
  expect(messagesOf([note, ...columns], "warning")).toEqual([
    "a is left out",
    "b is left out",
    "c is left out",
    "9 more left out: d, e, f, g, h, i and 3 more",
  ]);
  expect(messagesOf([note, ...columns.slice(0, 4)], "warning")).toHaveLength(4);
  expect(messagesOf([note, ...columns], "note")).toEqual(["a note"]);
});
