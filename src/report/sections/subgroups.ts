/** Whether the model serves everybody: the same numbers for groups of the test rows. */
import type { Prepared } from "../../evaluate/types.ts";
import { auroc, type Estimate, proportion } from "../../metrics/index.ts";
import { chart } from "../charts/chart.ts";
import { markAt, reference, whisker } from "../charts/marks.ts";
import { estimateAt } from "../estimates.ts";
import { figure, note, type Section } from "../figure.ts";
import { count, number, spelled } from "../format.ts";
import { el } from "../html.ts";
import { intervalOf, type ReportSource } from "../source.ts";
import { withoutData } from "./data.ts";

interface Subgroup {
  readonly name: string;
  readonly rows: readonly number[];
  readonly events: number;
  readonly auroc: Estimate;
  readonly sensitivity: Estimate;
  readonly specificity: Estimate;
}

const [mostColumns, mostLevels, fewestEvents] = [4, 6, 10];

/** Of a binary model; columns are told, or those of two to six values. */
export function subgroupsSection(
  source: ReportSource,
  prepared: Prepared | null,
  told: readonly string[] | undefined,
): Section | null {
  if (source.model.target.task !== "binary") return null;
  return {
    id: "subgroups",
    title: "Subgroups",
    content: prepared ? contentOf(source, prepared, told) : withoutData("subgroups"),
  };
}

function contentOf(source: ReportSource, prepared: Prepared, told: readonly string[] | undefined) {
  const discrete = prepared.columns.filter(
    ({ name, levels }) =>
      name !== prepared.target.column && levels.length >= 2 && levels.length <= mostLevels,
  );
  const columns = told ?? discrete.slice(0, mostColumns).map(({ name }) => name);
  const groups = columns.flatMap((column) => groupsOf(source, prepared, column));
  if (groups.length === 0)
    return note(
      "No column divides the rows into two to six groups, so no subgroup was compared. ",
      el("code", {}, "golgi report RUN --subgroup COLUMN"),
      " names one.",
    );
  return forest(source, groups);
}

/** Test rows by the values of a column; numbers of many values in thirds. */
function groupsOf(source: ReportSource, { test, split }: Prepared, column: string): Subgroup[] {
  const cells = test.table.columns.find(({ name }) => name === column)?.cells;
  if (!cells) return [];
  const values = Array.from(split.test, (row) => cells[row] ?? "missing");
  const different = new Set(values).size;
  const labels = different > mostLevels ? thirds(values) : values;
  return [...new Set(labels)].sort().map((label) => {
    const rows = labels.flatMap((each, row) => (each === label ? [row] : []));
    return measured(source, `${column}: ${label}`, rows);
  });
}

function thirds(values: readonly string[]): string[] {
  const sorted = values
    .map(Number)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const edges = [1, 2].map((k) => sorted[Math.floor((k * sorted.length) / 3)] ?? 0);
  return values.map((value) => {
    const x = Number(value);
    if (!Number.isFinite(x)) return "not a number";
    return x < edges[0]!
      ? `below ${edges[0]}`
      : x < edges[1]!
        ? `from ${edges[0]}`
        : `from ${edges[1]} up`;
  });
}

function measured(source: ReportSource, name: string, rows: readonly number[]): Subgroup {
  const { probabilities, truth, values, groups } = source.test;
  const y = rows.map((row) => truth[row]!);
  const events = y.filter((each) => each === 1).length;
  const right = (label: number) =>
    rows.filter((row) => truth[row] === label && values[row] === label).length;
  const none = "no such row";
  return {
    ...{ name, rows, events },
    auroc: auroc(
      rows.map((row) => probabilities![2 * row + 1]!),
      y,
      {
        ...intervalOf(source),
        groups: groups ? rows.map((row) => groups[row]!) : undefined,
      },
    ),
    sensitivity: proportion(right(1), events, { none }),
    specificity: proportion(right(0), rows.length - events, { none }),
  };
}

function forest(source: ReportSource, groups: readonly Subgroup[]) {
  const all = estimateAt(source.run.metrics, "test", "auroc")?.value ?? null;
  return figure({
    id: "figure-subgroups",
    title: "AUROC by subgroup",
    picture: forestPicture(groups, all),
    caption: [
      el("strong", {}, `${count(source.test.rows)} test rows. `),
      `AUROC with 95 % intervals; sensitivity and specificity at the shared threshold are in the table. Gray: fewer than ${fewestEvents} rows with or without the event, too few to say. Intervals that overlap are no proof of fairness.`,
    ],
    data: {
      header: ["subgroup", "rows", "events", "AUROC", "low", "high", "sensitivity", "specificity"],
      rows: groups.map(({ name, rows, events, auroc: area, sensitivity, specificity }) => [
        name,
        ...[rows.length, events].map(count),
        ...[area.value, area.low, area.high].map((value) => number(value)),
        ...[sensitivity, specificity].map(spelled),
      ]),
    },
  });
}

const few = ({ events, rows }: Subgroup) => Math.min(events, rows.length - events) < fewestEvents;

function forestPicture(groups: readonly Subgroup[], all: number | null) {
  const lows = groups.flatMap(({ auroc: area }) => area.low ?? area.value ?? []);
  const low = Math.max(0, Math.floor(10 * Math.min(0.5, ...lows)) / 10);
  return chart(
    {
      id: "subgroups-forest",
      title: "AUROC by subgroup",
      description: "AUROC with its interval in each subgroup; the dashed line is all test rows.",
      x: { label: "AUROC", low, high: 1 },
      y: {
        label: "",
        low: 0,
        high: groups.length,
        names: groups.map(({ name }) => name).reverse(),
      },
      ...{ left: 170, height: 70 + 24 * groups.length },
    },
    (place) => [
      all === null ? null : reference(place, [all, 0], [all, groups.length]),
      groups.map((group, i) => {
        const { value, low: from, high: to } = group.auroc;
        const [y, faded] = [groups.length - i - 0.5, few(group)];
        return [
          from === null || to === null
            ? null
            : whisker(place, [y, from, to], { along: true, faded }),
          value === null ? null : markAt(place.x(value), place.y(y), { faded }),
        ];
      }),
    ],
  );
}
