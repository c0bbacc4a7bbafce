/** A trained network at work on other tables: it needs nothing but itself. */
import type { Session } from "../backends/backend.ts";
import { InputError } from "../base/errors.ts";
import {
  allRows,
  type Finding,
  featuresOf,
  partOf,
  readAlike,
  readGroups,
  readTarget,
  type Table,
} from "../data/index.ts";
import type { IntervalOptions } from "../metrics/index.ts";
import { checkPrevalence } from "./evidence/asked.ts";
import { type DropoutEvidence, dropoutEvidence } from "./evidence/dropout.ts";
import { evidenceOf } from "./evidence/evidence.ts";
import { subgroupingOf } from "./evidence/subgrouping.ts";
import type { Evidence } from "./evidence/types.ts";
import { predictPart } from "./learn.ts";
import { statisticsOf } from "./statistics.ts";
import type { Evaluation, FittedModel, Predictions, StudyOptions } from "./types.ts";

/** Predictions of a table's rows, and what was met on the way. */
export interface Predicted extends Predictions {
  readonly findings: readonly Finding[];
}

/** A model's numbers on the rows of a table whose outcome is known. */
export interface Evaluated {
  readonly evaluation: Evaluation;
  /** What the figures of a report are drawn from. */
  readonly evidence: Evidence;
  /** `null` unless asked for. */
  readonly mcDropout: DropoutEvidence | null;
  readonly predictions: Predictions;
  /** The rows that were scored, and what is true of them. */
  readonly rows: Int32Array;
  readonly truth: Float64Array;
  readonly findings: readonly Finding[];
}

export interface ApplyOptions {
  /** Where to compute (default: WebAssembly). */
  readonly session?: Session;
}

/**
 * What the model says of every row of a table; missing, unseen and far-off values are findings.
 * Throws an `InputError` where a column that the model needs is missing.
 *
 *     const { probabilities, findings } = predictTable(model, await data.read("new-patients.csv"));
 */
export function predictTable(
  model: FittedModel,
  given: Table,
  { session }: ApplyOptions = {},
): Predicted {
  const { table, findings: read } = readAlike(given, model.recipe);
  const { block, findings } = featuresOf(model.recipe, table, allRows(table.rows));
  const samples = { rows: table.rows, inputs: { table: block } };
  return { ...predictPart(model, samples, session), findings: [...read, ...findings] };
}

export interface EvaluateOptions
  extends ApplyOptions,
    Pick<IntervalOptions, "seed" | "resamples">,
    Pick<StudyOptions, "group" | "prevalence" | "subgroups" | "mcDropout"> {}

/**
 * Evaluates a model on a table that has the target column too: the labels are read as in training,
 * the threshold stays as it was chosen, and with `group` every interval resamples groups.
 * Throws an `InputError` where a needed column is missing or no row has a label that was learned.
 *
 *     const { evaluation } = evaluateTable(model, table, { group: "patient" });
 */
export function evaluateTable(
  model: FittedModel,
  given: Table,
  options: EvaluateOptions = {},
): Evaluated {
  const {
    session,
    group,
    seed = 0,
    resamples,
    prevalence,
    subgroups = [],
    mcDropout: draws,
  } = options;
  checkPrevalence(prevalence);
  const { table, findings: read } = readAlike(given, model.recipe);
  const target = readTarget(model.target, table);
  const { rows } = target;
  if (rows.length === 0)
    throw new InputError(
      `${table.name}: no row of “${target.column}” has a value that the model knows. Check the column.`,
    );
  const groups = group === undefined ? null : readGroups(table, group);
  const { recipe, threshold } = model;
  const part = partOf({ table, target, recipe, scale: model.target.scale, groups }, rows);
  const predictions = predictPart(model, part, session);
  const interval = {
    seed,
    ...(resamples === undefined ? {} : { resamples }),
    ...(part.groups ? { groups: part.groups } : {}),
  };
  const evaluation = statisticsOf(predictions, part.truth, { ...interval, threshold });
  return {
    evaluation,
    evidence: evidenceOf(
      {
        statistics: evaluation.statistics,
        ...{ predictions, truth: part.truth, threshold, frozen: model.frozen, prevalence },
        subgroups: subgroups.map((text) => subgroupingOf(text, { table, rows })),
      },
      interval,
    ),
    mcDropout:
      draws === undefined ? null : dropoutEvidence(model, part, { draws, seed, session, interval }),
    predictions,
    rows,
    truth: part.truth,
    findings: [...read, ...target.findings, ...part.findings],
  };
}
