/** The parts against each other: time, and shares of the outcome. */

import { chiSquareTail } from "../../base/math.ts";
import { countLabels } from "../../data/index.ts";
import { learningRows } from "../sides.ts";
import type { Check } from "./types.ts";
import { percentOf, quoted } from "./words.ts";

/** Dates in the table, and test rows that are not the latest (L3.1). */
export const timeOrder: Check = ({ table, options, target, test, columns }) => {
  if (test.table !== table || options.splitColumn !== undefined) return [];
  if (options.time !== undefined) return [];
  const dates = columns
    .filter(({ kind, name }) => kind === "date" && name !== target.column)
    .map(({ name }) => name);
  if (dates.length === 0) return [];
  return [
    {
      ...{
        check: "time order",
        type: "L3.1",
        severity: "warning",
        columns: dates,
        rows: [],
        remedy: { kind: "time", column: dates[0]! },
      },
      detail: `${quoted(dates[0]!)} tells when, and test rows are drawn from all times: to predict the future, hold out the latest rows with --time ${dates[0]}`,
    },
  ];
};

/** Test rows with another share of the outcome than training rows, beyond chance (L3.3). */
export const differentParts: Check = ({ target, split, test }) => {
  if (target.task === "regression" || split.test.length === 0) return [];
  const learned = learningRows(split);
  const counts = [countLabels(target, learned), countLabels(test.target, split.test)] as const;
  let statistic = 0;
  const shares = target.labels.map((label, k) => {
    const [a, b] = [counts[0][k]!, counts[1][k]!];
    const [n, m] = [learned.length, split.test.length];
    const expected = ((a + b) * n) / (n + m);
    const other = a + b - expected;
    if (expected > 0) statistic += ((a - expected) * (a - expected)) / expected;
    if (other > 0) statistic += ((b - other) * (b - other)) / other;
    return { label, learned: a / n, held: b / m };
  });
  const p = chiSquareTail(statistic, Math.max(1, target.labels.length - 1));
  if (!(p < 0.001)) return [];
  const far = shares.toSorted(
    (x, y) => Math.abs(y.held - y.learned) - Math.abs(x.held - x.learned),
  )[0]!;
  return [
    {
      ...{
        check: "different parts",
        type: "L3.3",
        severity: "warning",
        columns: [],
        rows: [],
        remedy: null,
      },
      detail: `${quoted(far.label)} makes ${percentOf(far.held, 1)} of the test rows and ${percentOf(far.learned, 1)} of the others: calibration will suffer, and the test rows stand for another population`,
    },
  ];
};
