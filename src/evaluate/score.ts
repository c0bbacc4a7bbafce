/** The score of the validation rows that training tells with each epoch: quick, without interval. */
import type { Part } from "../data/index.ts";
import { onceEach } from "../metrics/bootstrap.ts";
import { weightedAuroc } from "../metrics/delong.ts";
import { binaryRows } from "../metrics/rows.ts";
import { outputsOf } from "./network.ts";

/** AUROC, its mean over the classes, or R²; `null` where it does not exist. */
export function validationScore({
  target,
  targets,
}: Part): (outputs: Float32Array) => number | null {
  const { task } = target;
  if (task === "regression") return (outputs) => explained(outputs, targets);
  const width = outputsOf(target);
  const classes = task === "binary" ? [1] : target.labels.map((_, k) => k);
  const once = onceEach(targets.length);
  return (outputs) => {
    let sum = 0;
    for (const k of classes) {
      const scores = targets.map((_, row) => outputs[row * width + (width > 1 ? k : 0)]!);
      const rows = binaryRows(
        "validation AUROC",
        scores,
        targets.map((y) => Number(y === k)),
      );
      const area = weightedAuroc(rows)(once);
      if (area === null) return null;
      sum += area;
    }
    return sum / classes.length;
  };
}

/** R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)². */
function explained(outputs: Float32Array, targets: Float32Array): number | null {
  const mean = targets.reduce((sum, y) => sum + y, 0) / targets.length;
  let [left, all] = [0, 0];
  targets.forEach((y, row) => {
    left += (y - outputs[row]!) * (y - outputs[row]!);
    all += (y - mean) * (y - mean);
  });
  return all === 0 ? null : 1 - left / all;
}
