/** What a split is balanced by, and whether the rows and groups are enough for it. */
import { InputError } from "../base/errors.ts";
import { firstAtLeast } from "../base/search.ts";
import { counted, quoted } from "./findings.ts";
import type { Groups } from "./groups.ts";
import type { Grouping, Strata } from "./partition.ts";
import { valuesAt } from "./table.ts";
import { countLabels, type Target } from "./target.ts";

/** A number is cut at its tenths; fewer where a tenth would hold under 10 rows. */
const mostRanges = 10;
const rowsPerRange = 10;

/** Classes, or ranges of a number of about as many rows each. */
export function strataOf(target: Target, rows: Int32Array): Strata {
  const { values, task } = target;
  if (task !== "regression")
    return { of: rows.map((row) => values[row]!), count: target.labels.length };
  const count = Math.max(1, Math.min(mostRanges, Math.floor(rows.length / rowsPerRange)));
  const sorted = valuesAt(values, rows).sort();
  const taken = new Int32Array(rows.length);
  const of = rows.map((row) => {
    const first = firstAtLeast(sorted, values[row]!);
    const rank = first + taken[first]!++; // equal numbers in the order of their rows
    return Math.floor((rank * count) / rows.length);
  });
  return { of, count };
}

/** The groups of the rows, numbered from 0 in order of first occurrence. */
export function groupingOf(groups: Groups, rows: Int32Array): Grouping & { names: string[] } {
  const places = new Map<number, number>();
  const of = rows.map((row) => {
    const group = groups.of[row]!;
    const place = places.get(group) ?? places.size;
    places.set(group, place);
    return place;
  });
  return {
    of,
    count: places.size,
    names: Array.from(places.keys(), (group) => groups.names[group]!),
  };
}

interface Need {
  readonly target: Target;
  readonly strata: Strata;
  /** How many parts are to be filled, and how many of them need each class. */
  readonly parts: number;
  readonly perClass: number;
}

/** An InputError where rows, or rows of a class, are too few. */
export function requireRows({ target, strata, parts, perClass }: Need): void {
  const rows = strata.of.length;
  if (rows < parts)
    throw new InputError(
      `${counted(rows, "row")} with a target ${rows === 1 ? "does" : "do"} not fill ${parts} parts. ` +
        `Gather more rows, or take fewer parts.`,
    );
  const counts = new Int32Array(strata.count);
  for (const stratum of strata.of) counts[stratum]!++;
  target.labels.forEach((label, i) => {
    if (counts[i]! > 0 && counts[i]! < perClass)
      throw new InputError(
        `class ${quoted(label)} has ${counted(counts[i]!, "row")} where ${perClass} folds need one ` +
          `each. Take ${counts[i]} folds or fewer, or leave the class out.`,
      );
  });
}

/** An InputError where groups, or groups that hold a class, are too few. */
export function requireGroups(
  need: Need & { readonly groups: Groups; readonly grouping: Grouping & { names: string[] } },
): void {
  const { target, strata, groups, grouping, parts, perClass } = need;
  if (grouping.count < parts)
    throw new InputError(
      `the group column ${quoted(groups.column)} has ${counted(grouping.count, "group")} where ` +
        `${parts} parts need one each. Group by another column, or take fewer parts.`,
    );
  target.labels.forEach((label, i) => {
    const holding = new Set(grouping.of.filter((_, entry) => strata.of[entry] === i));
    if (holding.size === 0 || holding.size >= perClass) return;
    const [only] = holding;
    throw new InputError(
      holding.size === 1
        ? `class ${quoted(label)} occurs in one group of ${quoted(groups.column)} only ` +
            `(${quoted(grouping.names[only!]!)}), so it cannot be both learned and tested. ` +
            `Leave the class out, or group by another column.`
        : `class ${quoted(label)} occurs in ${holding.size} groups of ${quoted(groups.column)} ` +
            `where ${perClass} folds need one each. Take ${holding.size} folds or fewer.`,
    );
  });
}

/** An InputError where a class of the rows is in none of a side's; groups that hold many can cause it. */
export function requireClasses(
  target: Target,
  rows: Int32Array,
  sides: readonly Int32Array[],
): void {
  const all = countLabels(target, rows);
  for (const side of sides) {
    const inside = countLabels(target, side);
    const absent = target.labels.find((_, i) => all[i]! > 0 && inside[i] === 0);
    if (absent !== undefined)
      throw new InputError(
        `class ${quoted(absent)} cannot be put into every part without dividing a group. ` +
          `Try another --seed, take fewer parts, or leave the class out.`,
      );
  }
}
