import { describe, expect, test } from "vitest";
import { capture } from "../../test/cli/capture.ts";
import { bar, progressOn, type Standing } from "./progress.ts";
import { styleFor, widthOf } from "./style.ts";

const standing = (epoch: number): Standing => ({
  epoch,
  epochs: 200,
  loss: 0.0413,
  validation: { loss: 0.1, score: 0.996 },
  best: 63,
  bestScore: 0.997,
  stepsPerSecond: 12345,
  remaining: 0.42,
});
const style = styleFor({ color: false });
const shown = (width: number) => bar(standing(71), { style, score: "AUROC", width });

describe("the line", () => {
  test("drops what matters least until it fits", () => {
    expect([140, 110, 79, 60, 39].map(shown).join("\n")).toMatchInlineSnapshot(`
      "training   █████████░░░░░░░░░░░░░░░░  epoch 71/200  loss 0.0413  validation AUROC 0.996  (best 0.997, epoch 63)  12 345 steps/s  0.4 s left
      training   █████████░░░░░░░░░░░░░░░░  epoch 71/200  loss 0.0413  validation AUROC 0.996  0.4 s left
      training   ████░░░░░░  epoch 71/200  loss 0.0413  val. AUROC 0.996  0.4 s left
      ████░░░░░░  71/200  loss 0.0413  val. AUROC 0.996
      ████░░░░░░  71/200  loss 0.0413"
    `);
  });

  test("is never wider than the window from 30 columns on", () => {
    for (let width = 30; width < 180; width++)
      expect(widthOf(shown(width))).toBeLessThanOrEqual(width);
  });

  test("without validation rows or without a score", () => {
    const at = { ...standing(200), bestScore: null };
    const without = { ...at, validation: null };
    const unscored = { ...at, validation: { loss: 0.25, score: null } };
    const lines = [without, unscored].map((each) => bar(each, { style, score: "R²", width: 120 }));
    expect(lines.join("\n")).toMatchInlineSnapshot(`
      "training   █████████████████████████  epoch 200/200  loss 0.0413  12 345 steps/s  0.4 s left
      training   █████████████████████████  epoch 200/200  loss 0.0413  val. loss 0.250  (best epoch 63)  0.4 s left"
    `);
  });
});

describe("on a terminal", () => {
  test("at most 20 drawings a second, and nothing is left behind", () => {
    const { err } = capture({ isTerminal: true, columns: 100 });
    let now = 0;
    const progress = progressOn({ sink: err, score: "AUROC", now: () => now });
    for (let epoch = 1; epoch < 200; epoch++, now += 1) progress.epoch(standing(epoch));
    expect(err.text.split("\r").length - 1).toBe(4);
    expect(err.text).not.toContain("\n");
    progress.clear();
    expect(err.text.endsWith("\r\u001b[K")).toBe(true);
  });

  test("the last epoch and the stages are drawn whatever the time", () => {
    const { err } = capture({ isTerminal: true, columns: 100 });
    const progress = progressOn({ sink: err, score: "AUROC", now: () => 0 });
    progress.epoch(standing(1));
    progress.epoch(standing(2));
    progress.epoch(standing(200));
    progress.stage("cross-validation, 50 of 50 folds", 50, 50);
    expect(err.text).toContain("epoch 200/200");
    expect(err.text).not.toContain("epoch 2/200");
    expect(err.text).toContain("50 of 50");
  });
});

test("elsewhere: a line an epoch, without control characters", () => {
  const { err } = capture();
  const progress = progressOn({ sink: err, score: "AUROC" });
  progress.epoch(standing(71));
  progress.stop({ epoch: 71, best: 63 });
  progress.stage("cross-validation, 1 of 5 folds", 1, 5);
  progress.clear();
  expect(err.text).toMatchInlineSnapshot(`
    "epoch 71/200  loss 0.0413  validation loss 0.100  AUROC 0.996  best epoch 63  12 345 steps/s  0.4 s left
    stopped at epoch 71; weights of epoch 63 kept; evaluating
    cross-validation, 1 of 5 folds
    "
  `);
});
