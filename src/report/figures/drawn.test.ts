/** Curves as they are drawn, against those of scikit-learn, R's loess and dcurves. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fromPython } from "../../../test/support/calibration.ts";
import { drawingOf, heightAt } from "../../../test/support/drawing.ts";
import { goldens } from "../../../test/support/statistics.ts";
import { evidenceOf } from "../../evaluate/evidence/evidence.ts";
import type { BinaryEvidence } from "../../evaluate/evidence/types.ts";
import { called } from "../../evaluate/interpret.ts";
import { auroc, averagePrecision } from "../../metrics/index.ts";
import { calibrationFigure } from "./calibration.ts";
import type { Setting } from "./curve.ts";
import { decisionFigure } from "./decision.ts";
import { distributionFigure } from "./distribution.ts";
import { forestFigure } from "./forest.ts";
import { recallFigure } from "./rates.ts";
import { rocFigure } from "./roc.ts";

const right = (path: string) =>
  JSON.parse(readFileSync(new URL(`../../../test/goldens/${path}`, import.meta.url), "utf8"));
const curves = right("curves/fromPython.json");
const loess = right("calibration/fromR.json");

const truth = Float64Array.from(goldens.binary.labels);
/** What the figures of a model of the goldens are drawn from. */
function settingOf(scores: readonly number[]): Setting {
  const predictions = called({
    ...{ task: "binary", labels: ["no", "yes"], threshold: 0.5 },
    probabilities: Float64Array.from(scores.flatMap((p) => [1 - p, p])),
  });
  const options = { seed: 1, resamples: 100 };
  const evidence = evidenceOf({ predictions, truth }, options) as BinaryEvidence;
  const area = auroc(scores, truth, options);
  const precision = averagePrecision(scores, truth, options);
  const curve = { ...evidence, other: "no", series: 0, auroc: area, auprc: precision };
  return {
    ...{ curves: [curve], threshold: null, operating: null, grouped: false },
    ...{ baseline: "logistic regression", n: `${truth.length} test rows` },
  };
}
const [first, second] = [goldens.binary.first, goldens.binary.second].map(settingOf);

/** Of an axis from 0 to 1: the picture is rounded to a hundredth of a pixel of some 300. */
const near = (found: number, wanted: number) => expect(Math.abs(found - wanted)).toBeLessThan(1e-4);

test("the ROC curve is scikit-learn's, corner by corner", () => {
  const [line] = drawingOf(rocFigure(first!).text, "roc").lines("s0");
  const [falsePositive, sensitivity] = curves.roc;
  expect(line).toHaveLength(falsePositive.length);
  line!.forEach(([x, y], i) => {
    near(x, falsePositive[i]);
    near(y, sensitivity[i]);
  });
});

test("precision and recall are scikit-learn's, as steps that hold back to the recall before", () => {
  const [line] = drawingOf(recallFigure(first!.curves, "160 rows").text, "recall").lines("s0");
  const [, recall, precision] = curves.precisionRecall;
  expect(line).toHaveLength(2 * recall.length);
  recall.forEach((x: number, i: number) => {
    const [from, to] = [line![2 * i]!, line![2 * i + 1]!];
    near(from[0], recall[i - 1] ?? 0);
    near(to[0], x);
    near(from[1], precision[i]);
    near(to[1], precision[i]);
  });
});

test("the calibration curve passes where R's loess does", () => {
  const [line] = drawingOf(calibrationFigure(first!).text, "calibration-0").lines("s0");
  // between two of 101 places the drawn line is straight
  loess.first.at.forEach((x: number, i: number) => {
    expect(Math.abs(heightAt(line!, x) - loess.first.curve[i])).toBeLessThan(2e-3);
  });
});

test("the decision curve passes where dcurves' does, and so does treating all", () => {
  const drawing = drawingOf(decisionFigure(second!).text, "decision-0");
  const [model] = drawing.lines("s0");
  const [all] = drawing.lines("s4");
  fromPython.thresholds.forEach((threshold, i) => {
    near(heightAt(model!, threshold), fromPython.netBenefit[i]!);
    near(heightAt(all!, threshold), fromPython.treatAll[i]!);
  });
});

test("the histograms by outcome together are NumPy's", () => {
  const { text } = distributionFigure(first!);
  const rows = [...text.matchAll(/<tr>(.*?)<\/tr>/g)]
    .slice(1)
    .map(([, row]) =>
      [...row!.matchAll(/<t[hd][^>]*>(?:<data[^>]*>)?([^<]*)/g)].map(([, cell]) => Number(cell)),
    );
  expect(rows.map(([, , events, others]) => events! + others!)).toEqual(curves.histogram.counts);
  expect(rows.map(([from]) => from)).toEqual(curves.histogram.edges.slice(0, -1));
});

test("a forest's marks stand at their estimates, headings have none", () => {
  const estimates = [null, [0.8, 0.7, 0.9] as const, [0.5, 0.3, 0.6] as const].map(
    (each) => each && { value: each[0], low: each[1], high: each[2], method: "" },
  );
  const { text } = forestFigure({
    ...{ id: "forest", title: "Forest", what: "site", caption: "" },
    rows: [{ name: "site:", heading: true }, { name: "a" }, { name: "b" }],
    panels: [{ label: "AUROC", estimates, against: { value: 0.75, label: "all" }, within: [0, 1] }],
  });
  const drawing = drawingOf(text, "forest-0");
  const stood = drawing.marks("f0").map(([x]) => x);
  expect(stood).toHaveLength(2);
  // marks are rounded to a tenth of a pixel
  for (const [i, x] of [0.8, 0.5].entries()) expect(Math.abs(stood[i]! - x)).toBeLessThan(2e-4);
  expect(text.match(/<tr>/g)).toHaveLength(3);
  expect(text).toContain('<th scope="row">b</th><td><data value="0.5">');
});
