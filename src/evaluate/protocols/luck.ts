/** The luck meter: how far the numbers go when nothing changes but the split, or but the seed. */

import type { Session } from "../../backends/backend.ts";
import { wasmSession } from "../../backends/wasm/session.ts";
import { InputError } from "../../base/errors.ts";
import { type Split, splitRows } from "../../data/index.ts";
import { heldRows } from "../judged.ts";
import { defaults } from "../settings.ts";
import { learningRows } from "../sides.ts";
import { statisticsOf } from "../statistics.ts";
import { sourceOf } from "../study.ts";
import type { Prepared } from "../types.ts";

/** What changes from draw to draw. */
export type Lot = "splits" | "seeds";

export interface LuckOptions {
  /** Trainings of each kind (default 30). */
  readonly draws?: number;
  /** Every row may be drawn for testing, those of the study's own test too (default: never). */
  readonly all?: boolean;
  readonly onDraw?: (draw: LuckDraw) => void;
  /** Ends after the running draw; what was drawn is summed up. */
  readonly signal?: AbortSignal;
  /** Where to compute (default: WebAssembly). */
  readonly session?: Session;
}

export interface LuckDraw {
  readonly lot: Lot;
  /** From 1; the first draw of both kinds is one and the same. */
  readonly draw: number;
  readonly done: number;
  readonly of: number;
  readonly values: Readonly<Record<string, number | null>>;
}

/** A statistic over the draws where it exists. */
export interface Spread {
  readonly values: readonly number[];
  readonly mean: number | null;
  /** Standard deviation, n − 1. */
  readonly deviation: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** What one single run would have shown, and how many of the other draws lie below it. */
  readonly first: number | null;
  readonly below: number;
}

export interface Luck {
  readonly draws: number;
  readonly all: boolean;
  readonly task: Prepared["target"]["task"];
  /** Rows that were drawn from, and of them tested in the first draw. */
  readonly rows: { readonly drawn: number; readonly tested: number };
  readonly splits: Readonly<Record<string, Spread>>;
  readonly seeds: Readonly<Record<string, Spread>>;
}

/** Few resamples: the intervals of a draw are not shown. */
const quick = { resamples: 100 };
const usualDraws = 30;

/**
 * Trains the network of a study again and again: with other splits and the same seed, then with the
 * first split and other seeds. The study's own test rows stay closed unless `all`; with it the first
 * draw is the study itself. Same seed, same bits.
 *
 *     const { splits } = await luck(prepare(table, { target: "Diagnosis" }), { draws: 30 });
 *     splits.auroc; // { mean: 0.991, deviation: 0.008, low: 0.972, high: 0.999, first: 0.994, … }
 */
export async function luck(prepared: Prepared, options: LuckOptions = {}): Promise<Luck> {
  const { draws = usualDraws, all = false, session = wasmSession(), signal } = options;
  const { target, settings } = prepared;
  check(prepared, draws);
  const rows = all ? target.rows : learningRows(prepared.split);
  const first = drawSplit(prepared, rows, 0);
  const lots = [
    ...Array.from({ length: draws }, (_, i) => ({ lot: "splits" as const, i })),
    ...Array.from({ length: draws - 1 }, (_, i) => ({ lot: "seeds" as const, i: i + 1 })),
  ];
  const found: LuckDraw[] = [];
  for (const { lot, i } of lots) {
    if (signal?.aborted) break;
    const split = lot === "seeds" || i === 0 ? first : drawSplit(prepared, rows, i);
    const seed = settings.seed + (lot === "seeds" ? i : 0);
    const values = await valuesOf(prepared, split, { seed, session });
    const drawn: LuckDraw = { lot, draw: i + 1, done: found.length + 1, of: lots.length, values };
    found.push(drawn);
    options.onDraw?.(drawn);
  }
  const [one] = found;
  const of = (lot: Lot) =>
    spreadsOf(found.filter((each) => each === one || each.lot === lot).map(({ values }) => values));
  return {
    ...{ draws, all, task: target.task },
    rows: { drawn: rows.length, tested: first.test.length },
    splits: of("splits"),
    seeds: of("seeds"),
  };
}

function check({ options, table, test }: Prepared, draws: number): void {
  if (!(Number.isSafeInteger(draws) && draws >= 2))
    throw new InputError(`luck: ${draws} draws. Give a whole number from 2 up.`);
  if (options.time !== undefined)
    throw new InputError(
      `luck draws splits at random, and “${options.time}” splits by time. Leave it out.`,
    );
  if (test.table !== table && options.testFraction !== undefined)
    throw new InputError(`${test.table.name} has the test rows already. Leave it out.`);
}

const drawSplit = (
  { target, groups, options, settings }: Prepared,
  rows: Int32Array,
  index: number,
): Split =>
  splitRows({
    ...{ target, rows, index, seed: settings.seed },
    test: options.testFraction ?? defaults.testFraction,
    validation: defaults.validationFraction,
    ...(groups ? { groups } : {}),
  });

async function valuesOf(
  prepared: Prepared,
  split: Split,
  { seed, session }: { readonly seed: number; readonly session: Session },
): Promise<LuckDraw["values"]> {
  const { table, target, groups } = prepared;
  const source = { ...sourceOf(prepared), test: { table, target, groups } };
  const settings = { ...prepared.settings, seed };
  const { said, truth } = await heldRows(source, split, { settings, session });
  const { statistics } = statisticsOf(said, truth, quick);
  return Object.fromEntries(Object.entries(statistics).map(([name, { value }]) => [name, value]));
}

const spreadsOf = (draws: readonly LuckDraw["values"][]): Record<string, Spread> =>
  Object.fromEntries(
    Object.keys(draws[0] ?? {}).map((name) => [
      name,
      spread(draws.map((draw) => draw[name] ?? null)),
    ]),
  );

/** Mean, standard deviation and range of what exists, and where the first of all lies in it. */
export function spread(all: readonly (number | null)[]): Spread {
  const values = all.filter((value) => value !== null);
  const [first = null] = all;
  const n = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const squares = values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0);
  return {
    values,
    mean: n > 0 ? mean : null,
    deviation: n > 1 ? Math.sqrt(squares / (n - 1)) : null,
    low: n > 0 ? Math.min(...values) : null,
    high: n > 0 ? Math.max(...values) : null,
    first,
    below: first === null ? 0 : values.filter((value) => value < first).length,
  };
}
