/** Leave one site out: the model of all sites but one is judged on that one. */
import { InputError } from "../../base/errors.ts";
import { quoted } from "../../data/findings.ts";
import { countLabels, readGroups, type Split, splitRows } from "../../data/index.ts";
import { byCodeUnit } from "../../data/table.ts";
import type { IntervalOptions } from "../../metrics/index.ts";
import { type FoldOptions, type Judged, judgeSplit, pool } from "../cross-validate.ts";
import { defaults } from "../settings.ts";
import { learningRows } from "../sides.ts";
import { statisticsOf } from "../statistics.ts";
import type { Prepared, SiteResult, SiteValidation } from "../types.ts";

/** A site that is held out whole, and the others. */
export interface SiteSplit {
  readonly site: string;
  readonly split: Split;
  /** Rows of other sites that belong to groups of this one: on neither side. */
  readonly leftOut: number;
}

/** Site splits take the indices and seeds after those of all folds that can be. */
const afterFolds = 2_000_000;

/**
 * A split a site: its rows are held out, the rows of all others learn and validate. Groups that have
 * rows in it learn nothing. `InputError`s: one site only, a row without a site, a class that the
 * other sites lack.
 */
export function siteSplits(
  prepared: Pick<Prepared, "table" | "target" | "groups" | "split">,
  { site: column, seed = defaults.seed }: { readonly site?: string; readonly seed?: number },
): SiteSplit[] {
  if (column === undefined) return [];
  const { table, target, groups, split } = prepared;
  const sites = readGroups(table, column, "site");
  const rows = learningRows(split);
  const names = [...new Set(Array.from(rows, (row) => sites.names[sites.of[row]!]!))];
  if (names.length < 2)
    throw new InputError(
      `the site column ${quoted(column)} names one site only. Leave --site out, or name another column.`,
    );
  return names.sort(byCodeUnit).map((site, i) => {
    const test = rows.filter((row) => sites.names[sites.of[row]!] === site);
    const held = new Set(groups ? Array.from(test, (row) => groups.of[row]!) : []);
    const others = rows.filter((row) => sites.names[sites.of[row]!] !== site);
    const free = others.filter((row) => !groups || !held.has(groups.of[row]!));
    requireLearnable(target, free, site);
    const common = { target, rows: free, seed, index: afterFolds + i };
    const drawn = splitRows({
      ...{ ...common, test: 0, validation: defaults.validationFraction },
      ...(groups ? { groups } : {}),
    });
    return { site, split: { ...drawn, test }, leftOut: others.length - free.length };
  });
}

function requireLearnable(target: Prepared["target"], rows: Int32Array, site: string): void {
  const lacking = target.labels[countLabels(target, rows).indexOf(0)];
  if (lacking !== undefined)
    throw new InputError(
      `without the site ${quoted(site)} no row has ${quoted(target.column)} = ${quoted(lacking)}. ` +
        `Merge sites, or leave --site out.`,
    );
}

/** Every site judged by a model of the others, and all sites together; `null` when interrupted. */
export async function leaveSitesOut(
  prepared: Prepared,
  options: FoldOptions,
): Promise<SiteValidation | null> {
  const splits = siteSplits(prepared, prepared.options);
  const judged: Judged[] = [];
  const sites: SiteResult[] = [];
  for (const [i, { site, split, leftOut }] of splits.entries()) {
    if (options.signal?.aborted) return null;
    const seed = prepared.settings.seed + afterFolds + i;
    const held = await judgeSplit(prepared, split, { ...options, seed, training: `site-${i + 1}` });
    judged.push(held);
    const sizes = {
      training: split.training.length,
      validation: split.validation.length,
      held: split.test.length,
      leftOut,
    };
    const found = resultOf(prepared, held, options.interval);
    const chosen = held.chosen ? { chosen: held.chosen } : {};
    sites.push({ site, rows: sizes, ...found, ...chosen });
    const { statistics } = found.evaluation;
    const values = Object.entries(statistics).map(([name, { value }]) => [name, value]);
    const told = { site, rows: sizes, values: Object.fromEntries(values) };
    options.tell({ event: "site", of: splits.length, ...told });
  }
  const column = prepared.options.site!;
  return { column, sites, ...pool(prepared, judged, options.interval) };
}

/** A site's numbers with their intervals; groups are resampled where there are any. */
function resultOf(
  { target, groups }: Prepared,
  { network, truth, units }: Judged,
  interval: IntervalOptions,
) {
  const events = target.task === "binary" ? truth.reduce((sum, y) => sum + y, 0) : null;
  const grouped = groups ? { groups: units } : {};
  return {
    prevalence: events === null ? null : events / truth.length,
    evaluation: statisticsOf(network, truth, { ...interval, ...grouped }),
  };
}
