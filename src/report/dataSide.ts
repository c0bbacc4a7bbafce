/** What the rows themselves add to a report: profile, Table 1, audit, the rows that were tested. */
import {
  type Part,
  type Profile,
  partOf,
  profile,
  residentBlock,
  rowsByLabel,
  type TableOne,
  tableOne,
} from "../data/index.ts";
import { type Audit, audit } from "../evaluate/audit/audit.ts";
import type { Prepared } from "../evaluate/types.ts";

export interface DataSide {
  readonly prepared: Prepared;
  readonly profile: Profile;
  readonly audit: Audit;
  /** By outcome; `null` for a regression. */
  readonly byOutcome: TableOne | null;
  /** Training, validation, test. */
  readonly byPart: TableOne;
}

export function dataSideOf(prepared: Prepared): DataSide {
  const { table, target, options, columns, split, test } = prepared;
  const shown = columns.filter(({ name }) => name !== target.column);
  const parts = [
    { name: "training", rows: split.training },
    { name: "validation", rows: split.validation },
    ...(test.table === table ? [{ name: "test", rows: split.test }] : []),
  ].filter(({ rows }) => rows.length > 0);
  return {
    prepared,
    profile: profile(table, { target, columns }),
    audit: audit(prepared),
    byOutcome: target.task === "regression" ? null : tableOne(table, shown, rowsByLabel(target)),
    // the column that tells the parts differs between them by its nature
    byPart: tableOne(
      table,
      shown.filter(({ name }) => name !== options.splitColumn),
      parts,
    ),
  };
}

/** The test rows as the network takes them, in memory. */
export function testPartOf(
  { recipe, test, split }: Prepared,
  scale: Parameters<typeof partOf>[0]["scale"],
): Part {
  const part = partOf({ ...test, recipe, scale }, split.test);
  return { ...part, inputs: { table: residentBlock(part.inputs.table) } };
}
