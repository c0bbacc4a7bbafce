/** What selecting features before the split is worth: shuffled labels, of which nothing can be known. */
import type { Session } from "../../backends/backend.ts";
import { wasmSession } from "../../backends/wasm/session.ts";
import { InputError } from "../../base/errors.ts";
import { stream } from "../../base/random.ts";
import { fitRecipe, type RecipePlan, recipeFeatures, type Table } from "../../data/index.ts";
import { type HeldRows, heldRows, joinHeld, rankOf } from "../judged.ts";
import type { LessonSource } from "../learn.ts";
import { excluded, prepare } from "../prepare.ts";
import { baselineSettings } from "../settings.ts";
import { foldSplits, learningRows } from "../sides.ts";
import type { Prepared, StudyOptions } from "../types.ts";

export interface SelectionProof {
  /** `auroc`, of several classes its mean, or `r2`. */
  readonly statistic: "auroc" | "r2";
  readonly rows: number;
  /** How many features there are, and how many are selected. */
  readonly features: number;
  readonly selected: number;
  /** For each shuffle, where all rows select and where those of each fold's training side do. */
  readonly before: readonly number[];
  readonly inside: readonly number[];
}

export interface SelectionProofOptions {
  /** Features to select (default 20). */
  readonly count?: number;
  /** Times the labels are shuffled (default 10). */
  readonly shuffles?: number;
  readonly session?: Session;
  readonly onShuffle?: (done: number, of: number) => void;
}

const folds = 5;

/**
 * Shuffles the target among the rows and cross-validates a network without hidden layer twice: features
 * selected with all rows, and anew in each fold. What the first gains is leakage alone (Ambroise &
 * McLachlan, PNAS 2002). An `InputError` where there is nothing to select from.
 *
 *     const { before, inside } = await proveSelection(table, { target: "tissue" });
 */
export async function proveSelection(
  table: Table,
  options: StudyOptions,
  { count = 20, shuffles = 10, session = wasmSession(), onShuffle }: SelectionProofOptions = {},
): Promise<SelectionProof> {
  const prepared = prepare(table, options);
  const features = recipeFeatures(prepared.recipe).length;
  if (features <= count)
    throw new InputError(
      `${table.name} has ${features} features: nothing to select ${count} from. Prove it on a table of many columns.`,
    );
  const [before, inside]: [number[], number[]] = [[], []];
  for (let shuffle = 0; shuffle < shuffles; shuffle++) {
    const shuffled = shuffledTarget(prepared, shuffle);
    const source = sourceOf(shuffled, { steps: [{ kind: "select", count }] });
    inside.push(await crossValidated(shuffled, source, session));
    before.push(await crossValidated(shuffled, selectedBefore(source), session));
    onShuffle?.(shuffle + 1, shuffles);
  }
  const { task, rows } = prepared.target;
  const statistic = task === "regression" ? "r2" : "auroc";
  return { statistic, rows: rows.length, features, selected: count, before, inside };
}

/** The same study of a table whose target was dealt out anew among the rows that have one. */
function shuffledTarget({ table, target, settings, options }: Prepared, shuffle: number): Prepared {
  const draws = stream({ seed: settings.seed, purpose: "proof", epoch: shuffle, index: 0 });
  const order = draws.permutation(target.rows.length);
  const columns = table.columns.map((column) => {
    if (column.name !== target.column) return column;
    const cells = column.cells.slice();
    target.rows.forEach((row, i) => {
      cells[row] = column.cells[target.rows[order[i]!]!]!;
    });
    return { name: column.name, cells };
  });
  const { positive: _, ...told } = options;
  const label = target.task === "binary" ? { positive: target.labels[1]! } : {};
  return prepare({ ...table, columns }, { ...told, ...label, seed: settings.seed + shuffle });
}

const sourceOf = (
  { table, target, groups, options }: Prepared,
  plan: RecipePlan,
): LessonSource => ({
  ...{ table, target, groups, plan },
  exclude: excluded(table, options),
  numbers: options.numbers ?? [],
});

/** The mistake: only the columns that all rows, the held out among them, select. */
function selectedBefore(source: LessonSource): LessonSource {
  const { leftOut } = fitRecipe(source.table, { ...source, rows: source.target.rows });
  const lost = leftOut.filter(({ kind }) => kind === "not selected");
  const exclude = new Map(source.exclude);
  for (const { name, reason } of lost) exclude.set(name, reason);
  return { ...source, exclude, plan: {} };
}

/**
 * The mean AUROC of the folds, each of which is ranked by one model: rows of several, pooled, would look
 * worse than chance where nothing is known (Parker, Günter & Bedo 2007). R² takes all rows together.
 */
async function crossValidated(
  prepared: Prepared,
  source: LessonSource,
  session: Session,
): Promise<number> {
  const { target, settings } = prepared;
  const none = new Int32Array();
  const split = { training: target.rows, validation: none, test: none };
  const held: HeldRows[] = [];
  for (const fold of foldSplits({ ...prepared, split }, { seed: settings.seed, folds })) {
    // few rows: all but the held out learn, and training goes on to its end
    const all = { ...fold.split, training: learningRows(fold.split) };
    held.push(await heldRows(source, all, { settings: baselineSettings(settings), session }));
  }
  const ranked = target.task === "regression" ? [joinHeld(held)] : held;
  const values = ranked.flatMap((rows) => rankOf(rows, { resamples: 100 }).value ?? []);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
