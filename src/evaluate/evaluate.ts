/** The shortest way to a trained network's numbers. */
import type { Part } from "../data/index.ts";
import type { Estimate } from "../metrics/estimate.ts";
import { predict, type Trained } from "../train/index.ts";
import { evenThreshold, interpret } from "./interpret.ts";
import { type EvaluationOptions, statisticsOf } from "./statistics.ts";
import type { Evaluation } from "./types.ts";

/** An evaluation that prints as one line: `AUROC 0.994 [0.983, 0.999], Brier …`. */
export interface PrintedEvaluation extends Evaluation {
  toString(): string;
}

/**
 * Evaluates a trained network on rows that it has not seen, with an interval for every number; a
 * binary network calls a row positive from probability 0.5 on, unless `threshold` says otherwise.
 *
 *     const { training, test } = data.split(table, { target: "Diagnosis", seed: 7 });
 *     console.log(await evaluate(await train.fit(build, training, options), test));
 */
export async function evaluate(
  run: Pick<Trained, "model" | "weights">,
  part: Part,
  options: EvaluationOptions = {},
): Promise<PrintedEvaluation> {
  const { target, truth, groups } = part;
  const { threshold = evenThreshold } = options;
  const used = target.task === "binary" ? threshold : null;
  const predictions = interpret(predict(run, part), target, used);
  const grouped = groups ? { groups } : {};
  const found = statisticsOf(predictions, truth, { ...grouped, ...options, threshold: used });
  const print = { value: () => printed(found) };
  return Object.defineProperties(
    { ...found },
    {
      toString: print,
      [Symbol.for("nodejs.util.inspect.custom")]: print,
    },
  );
}

const names: Readonly<Record<string, string>> = {
  auroc: "AUROC",
  auprc: "average precision",
  brier: "Brier",
  logLoss: "log loss",
  sensitivity: "sensitivity",
  specificity: "specificity",
  accuracy: "accuracy",
  r2: "R²",
  rmse: "RMSE",
  mae: "MAE",
};

const printed = ({ statistics, rows }: Evaluation): string => {
  const shown = Object.entries(names).flatMap(([key, name]) => {
    const estimate = statistics[key];
    return estimate ? [`${name} ${spelled(estimate)}`] : [];
  });
  return `${shown.join(", ")} (${rows} rows, 95 % intervals)`;
};

/** `0.994 [0.983, 0.999]`. */
function spelled({ value, low, high }: Estimate): string {
  if (value === null) return "does not exist";
  const digits = (x: number) => (Math.abs(x) >= 100 ? x.toFixed(0) : x.toFixed(3));
  return low === null || high === null
    ? digits(value)
    : `${digits(value)} [${digits(low)}, ${digits(high)}]`;
}
