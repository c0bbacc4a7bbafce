/** A published baseline made again: the same data, split and settings, with intervals. */
import type { Session } from "../../backends/backend.ts";
import { wasmSession } from "../../backends/wasm/session.ts";
import { readGroups, requireColumn, type Split, type Table, takeRows } from "../../data/index.ts";
import { classAccuracy } from "../../metrics/multiclass.ts";
import { brier } from "../../metrics/probability.ts";
import { regression } from "../../metrics/regression.ts";
import { adam } from "../../optim/index.ts";
import { positives } from "../interpret.ts";
import { type HeldRows, heldRows, joinHeld, rankOf } from "../judged.ts";
import { prepare } from "../prepare.ts";
import { foldSplits, learningRows } from "../sides.ts";
import { sourceOf } from "../study.ts";
import type { NetworkSettings, Prepared, Statistics } from "../types.ts";
import type { Figures, Paper } from "./published.ts";

export interface ReproduceOptions {
  /** Test rows of their own, where the paper has a `testFile`. */
  readonly testTable?: Table;
  /** Decides folds, first weights and order of rows (default 0). */
  readonly seed?: number;
  readonly session?: Session;
  /** Ends after the running fold: nothing is given back. */
  readonly signal?: AbortSignal;
  readonly onFold?: (done: number, of: number) => void;
}

/** Ours beside theirs. */
export interface Reproduced {
  readonly name: string;
  readonly task: Task;
  readonly seed: number;
  readonly rows: number;
  readonly features: number;
  /** Rows that judge; with repeats each of them as often. */
  readonly judged: number;
  /** AUROC, accuracy and Brier score; of classes without the last; R² and RMSE of a regression. */
  readonly linear: Statistics;
  readonly network: Statistics;
  /** Which figures of others lie outside of our interval. */
  readonly differing: readonly Difference[];
}

export interface Difference {
  readonly model: "linear" | "network";
  readonly statistic: string;
  readonly ours: Statistics[string];
  readonly theirs: number;
}

/**
 * Trains the two models of a paper as its authors did, on the same rows: all that are not held out
 * learn, for as many epochs as were said. `null` where it was stopped.
 *
 *     const wdbc = papers.find(({ name }) => name === "wdbc")!;
 *     const { network } = (await reproduce(wdbc, await data.read("data/wdbc.csv")))!;
 *     network.auroc; // { value: 0.995, low: 0.990, high: 0.999, … }
 */
export async function reproduce(
  paper: Paper,
  given: Table,
  options: ReproduceOptions = {},
): Promise<Reproduced | null> {
  const { testTable, seed = 0, session = wasmSession(), signal, onFold } = options;
  const table = rowsOf(paper, given);
  const prepared = prepare(table, { ...paper.study, seed, ...(testTable ? { testTable } : {}) });
  const splits = splitsOf(prepared, paper);
  const folds: (readonly [linear: HeldRows, network: HeldRows])[] = [];
  for (const [index, split] of splits.entries()) {
    if (signal?.aborted) return null;
    folds.push(await judge(paper, prepared, split, { seed: seed + index + 1, session }));
    onFold?.(index + 1, splits.length);
  }
  const [first, second] = [0, 1].map((model) => joinHeld(folds.map((fold) => fold[model]!)));
  const [linear, network] = [first!, second!].map((held) => statistics(held, seed));
  return {
    ...{ name: paper.name, task: prepared.target.task, seed },
    ...{ rows: prepared.target.rows.length, features: prepared.network.features },
    ...{ judged: first!.truth.length, linear: linear!, network: network! },
    differing: [
      ...differences("linear", linear!, paper.scikitLearn.linear),
      ...differences("network", network!, paper.scikitLearn.network),
    ],
  };
}

type Task = Prepared["target"]["task"];

/** What papers print, each with the interval of resampled rows or patients. */
function statistics(held: HeldRows, seed: number): Statistics {
  const { said, truth, units } = held;
  const { task, values, probabilities, labels } = said;
  const interval = { seed, groups: units };
  if (task === "regression") {
    const { r2, rmse } = regression(values, truth, interval);
    return { r2, rmse };
  }
  const given = { probabilities: probabilities!, labels: truth, classes: labels.length };
  const ranked = { auroc: rankOf(held, { seed }), accuracy: classAccuracy(given, interval) };
  if (task === "classes") return ranked;
  return { ...ranked, brier: brier(positives(said), truth, interval) };
}

function rowsOf({ where }: Paper, table: Table): Table {
  if (!where) return table;
  const { cells } = requireColumn(table, where.column);
  return takeRows(
    table,
    [...cells.keys()].filter((row) => cells[row] === where.is),
  );
}

/** Every fold of every repeat, or the study's own split; nobody validates. */
function splitsOf(prepared: Prepared, { folds }: Paper): Split[] {
  const { settings, target, split } = prepared;
  const none = new Int32Array();
  const all = { training: target.rows, validation: none, test: none };
  const drawn = folds
    ? foldSplits({ ...prepared, split: all }, { seed: settings.seed, ...folds })
    : [{ split }];
  return drawn.map(({ split: each }) => ({
    ...{ training: learningRows(each), validation: none, test: each.test },
  }));
}

/** The patient of each held row where a column names them, else the row. */
function unitsOf({ patients }: Paper, { table }: Prepared, { test }: Split): Int32Array {
  if (patients === undefined) return test;
  const { of } = readGroups(table, patients);
  return test.map((row) => of[row]!);
}

/** The two models learned from a split. */
async function judge(
  paper: Paper,
  prepared: Prepared,
  split: Split,
  { seed, session }: { readonly seed: number; readonly session: Session },
) {
  const source = { ...sourceOf(prepared), rule: "probability=0.5" };
  const units = unitsOf(paper, prepared, split);
  const { task } = prepared.target;
  const held = (how: Partial<NetworkSettings>) => {
    const settings = { ...prepared.settings, ...how, seed };
    const { learningRate, weightDecay } = settings;
    // its penalties leave the biases alone
    const optimizer = adam({ learningRate, weightDecay, decayBiases: false });
    return heldRows(source, split, { settings, session, optimizer, units });
  };
  const rows = split.training.length;
  return [await held(linearSettings(task, rows)), await held(networkSettings(task, rows))] as const;
}

/** scikit-learn halves the square loss and we do not, so the same L2 is twice as much. */
const halved = (task: Task) => (task === "regression" ? 2 : 1);

/**
 * scikit-learn's MLP: batches of at most 200 rows, L2 1.0 divided by the rows of each batch. Its last
 * batch may be of few rows, which pulls the more: the mean over the batches of an epoch.
 */
function networkSettings(task: Task, rows: number) {
  const batchSize = Math.min(200, rows);
  const [full, rest] = [Math.floor(rows / batchSize), rows % batchSize];
  const pull = full / batchSize + (rest > 0 ? 1 / rest : 0);
  const weightDecay = (halved(task) * pull) / (full + Number(rest > 0));
  return { hidden: [16], learningRate: 5e-3, epochs: 400, batchSize, weightDecay };
}

/** Its logistic regression (C = 1: L2 1 over all rows) and its linear one (none), in whole batches. */
const linearSettings = (task: Task, rows: number) => ({
  ...{ hidden: [], epochs: 1000, batchSize: rows, learningRate: 0.05 },
  weightDecay: task === "regression" ? 0 : 1 / rows,
});

/** Figures outside of our interval by more than what printing them has rounded away. */
function differences(model: Difference["model"], found: Statistics, theirs: Figures): Difference[] {
  return Object.entries(theirs).flatMap(([statistic, figure]) => {
    const ours = found[statistic]!;
    const digits = String(figure).split(".")[1]?.length ?? 0;
    const rounding = 0.5 / Number(`1e${Math.max(digits, 3)}`);
    const [low, high] = [ours.low ?? ours.value!, ours.high ?? ours.value!];
    const inside = figure >= low - rounding && figure <= high + rounding;
    return inside ? [] : [{ model, statistic, ours, theirs: figure }];
  });
}
