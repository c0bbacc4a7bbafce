/** Whether the model serves everybody: the same numbers for groups of the test rows. */
import type {
  Evidence,
  SubgroupEvidence,
  SubgroupGap,
  SubgroupLevel,
} from "../../evaluate/evidence/types.ts";
import type { Prepared } from "../../evaluate/types.ts";
import { estimateAt, nameOf } from "../estimates.ts";
import { subgroupsBy } from "../evidence.ts";
import { note, type Section, table } from "../figure.ts";
import { type ForestPanel, type ForestRow, forestFigure } from "../figures/forest.ts";
import { count, methodOf, numbers } from "../format.ts";
import { type Child, el } from "../html.ts";
import type { ReportSource } from "../source.ts";
import { withoutData } from "./data.ts";
import { testRowsOf } from "./essentials.ts";

const [mostColumns, mostLevels] = [4, 6];

interface Told {
  readonly prepared: Prepared | null;
  readonly columns: readonly string[] | undefined;
}

/** Of the columns told now, or when the run was made, or else of those of two to six values. */
export function subgroupsSection(
  source: ReportSource,
  evidence: Evidence,
  { prepared, columns }: Told,
): Section {
  const kept = evidence.subgroups ?? [];
  const found = columns || kept.length === 0 ? prepared && { prepared, columns } : null;
  const all = found ? subgroupsBy(source, found.prepared, columnsOf(found)) : kept;
  const empty = all.length === 0 && prepared === null;
  return {
    ...{ id: "subgroups", title: "Subgroups", empty },
    content: empty ? withoutData("subgroups") : contentOf(source, evidence, all),
  };
}

function columnsOf({ prepared, columns }: { prepared: Prepared; columns: Told["columns"] }) {
  const discrete = prepared.columns.filter(
    ({ name, levels }) =>
      name !== prepared.target.column && levels.length >= 2 && levels.length <= mostLevels,
  );
  return columns ?? discrete.slice(0, mostColumns).map(({ name }) => name);
}

function contentOf(
  source: ReportSource,
  evidence: Evidence,
  subgroups: readonly SubgroupEvidence[],
): Child {
  if (subgroups.length === 0)
    return note(
      "No column divides the rows into two to six groups, so no subgroup was compared. ",
      el("code", {}, "golgi report RUN --subgroup COLUMN"),
      " names one.",
    );
  return [forest(source, evidence, subgroups), gapTable(subgroups)];
}

/** What is drawn, and what the table has beside it. */
const shown = {
  binary: ["auroc", "observedOverExpected", "sensitivity", "specificity"],
  classes: ["auroc", "accuracy", "logLoss"],
  regression: ["rmse", "mae", "bias"],
};
const beside = { binary: ["calibrationSlope", "ppv", "npv"], classes: [], regression: [] };

/** Named here where it is no statistic of all rows. */
const named = (key: string) => (key === "bias" ? "predicted − observed" : nameOf(key));

/** Where the line stands: all test rows, or what is ideal. */
function againstOf(
  key: string,
  { run }: ReportSource,
  evidence: Evidence,
): NonNullable<ForestPanel["against"]> {
  if (key === "bias" && evidence.task === "regression")
    return { value: evidence.agreement.bias.value, label: "all test rows" };
  return { value: estimateAt(run.metrics, "test", key)?.value ?? null, label: "all test rows" };
}

const shares = new Set(["auroc", "accuracy", "sensitivity", "specificity", "ppv", "npv"]);

/** Each column's name above its levels. */
const rowsOf = (subgroups: readonly SubgroupEvidence[]): (ForestRow & Partial<SubgroupLevel>)[] =>
  subgroups.flatMap(({ column, levels }) => [
    { name: `${column}:`, heading: true },
    ...levels.map(({ label, rows, events, few, statistics }) => ({
      name: few ? `${label} (few)` : label,
      full: `${column}: ${label}`,
      about: [count(rows), ...(events === null ? [] : [count(events)])],
      statistics,
    })),
  ]);

function forest(
  source: ReportSource,
  evidence: Evidence,
  subgroups: readonly SubgroupEvidence[],
): Child {
  const { task } = evidence;
  const rows = rowsOf(subgroups);
  const panel = (key: string, unseen: boolean): ForestPanel => ({
    ...{ label: named(key), unseen, against: againstOf(key, source, evidence) },
    estimates: rows.map(({ statistics }) => statistics?.[key] ?? null),
    ...(shares.has(key) ? { within: [0, 1] as const } : {}),
  });
  const [main] = shown[task];
  const first = rows.flatMap(({ statistics }) => statistics?.[main!] ?? [])[0];
  const how = first ? ` (${named(main!)}: ${methodOf(first)})` : "";
  const least = task === "binary" ? "10 rows with or without the event" : "20 rows";
  return forestFigure({
    ...{ id: "figure-subgroups", title: "The same model in each subgroup", what: "subgroup", rows },
    about: ["rows", ...(task === "binary" ? ["events"] : [])],
    panels: [
      ...shown[task].map((key) => panel(key, false)),
      ...beside[task].map((key) => panel(key, true)),
    ],
    caption: [
      el("strong", {}, `${testRowsOf(source)}. `),
      `95 % intervals${how}${task === "binary" ? ", sensitivity and specificity at the one shared threshold" : ""}. Nothing is drawn for fewer than ${least}. Intervals that overlap are no proof of fairness.`,
    ],
  });
}

function gapTable(subgroups: readonly SubgroupEvidence[]): Child {
  const gaps = subgroups
    .flatMap(({ column, gaps: own }) => own.map((gap) => ({ ...gap, column })))
    .filter(({ difference }) => difference !== 0);
  if (gaps.length === 0) return null;
  const rowOf = (gap: SubgroupGap & { readonly column: string }): Child[] => [
    ...[gap.column, named(gap.statistic), gap.highest, gap.lowest],
    ...numbers([gap.difference, gap.low, gap.high]),
  ];
  return table(
    {
      id: "subgroup-gaps",
      title: "The largest gap of each column",
      note: `Highest minus lowest, 95 % interval by ${methodOf(gaps[0])}; the interval does not know that these two were picked as the furthest apart.`,
    },
    {
      header: ["column", "statistic", "highest", "lowest", "difference", "low", "high"],
      names: 2,
      rows: gaps.map(rowOf),
    },
  );
}
