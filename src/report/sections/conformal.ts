/** Conformal sets and intervals: whether they hold the truth as often as promised, and for whom. */
import type { ConformalEvidence, Evidence } from "../../evaluate/evidence/types.ts";
import type { Estimate } from "../../metrics/index.ts";
import { chart } from "../charts/chart.ts";
import { bar } from "../charts/marks.ts";
import { figure, type Section } from "../figure.ts";
import { type ForestRow, forestFigure } from "../figures/forest.ts";
import { count, listed, methodOf, percent, short, spelled } from "../format.ts";
import { el, type Markup } from "../html.ts";
import type { ReportSource } from "../source.ts";
import { testRowsOf } from "./essentials.ts";

export function conformalSection(source: ReportSource, evidence: Evidence): Section | null {
  const rules = evidence.conformal ?? [];
  if (rules.length === 0) return null;
  const sets = rules.some(({ sizes }) => sizes.length > 0);
  return {
    id: "conformal",
    title: sets ? "Conformal prediction sets" : "Conformal prediction intervals",
    content: [coverageFigure(source, rules), sets ? sizesFigure(source, rules) : null],
  };
}

const scores = {
  lac: "least ambiguous sets",
  aps: "adaptive sets",
  residual: "|observed − predicted|",
};
/** `LAC (least ambiguous sets)`. */
const nameOf = (rule: ConformalEvidence) =>
  `${briefOf(rule)} (${rule.byClass ? "a quantile for each class" : scores[rule.score]})`;
const briefOf = ({ score, byClass }: ConformalEvidence) =>
  score === "residual" ? "coverage" : `${score.toUpperCase()}${byClass ? " by class" : ""}`;

interface Part extends ForestRow {
  readonly find: (rule: ConformalEvidence) => {
    readonly coverage: Estimate;
    readonly meanSize: number | null;
  } | null;
}

/** All rows, then by true class, then by subgroup. */
function partsOf({ rows }: ReportSource["test"], [rule]: readonly ConformalEvidence[]): Part[] {
  const { classes, subgroups } = rule!;
  const columns = [...new Set(subgroups.map(({ column }) => column))];
  const heading = (name: string): Part => ({ name, heading: true, find: () => null });
  const parts = (from: "classes" | "subgroups", column: string): Part[] =>
    rule![from].flatMap((each, i) =>
      "column" in each && each.column !== column
        ? []
        : {
            ...{ name: each.label, full: `${column}: ${each.label}`, about: [count(each.rows)] },
            find: (other) => other[from][i] ?? null,
          },
    );
  return [
    { name: "all test rows", about: [count(rows)], find: (other) => other },
    ...(classes.length > 0 ? [heading("true class:"), ...parts("classes", "true class")] : []),
    ...columns.flatMap((column) => [heading(`${column}:`), ...parts("subgroups", column)]),
  ];
}

function coverageFigure(source: ReportSource, rules: readonly ConformalEvidence[]): Markup {
  const rows = partsOf(source.test, rules);
  const [first] = rules;
  const promised = 1 - first!.alpha;
  const half = first!.quantiles[0] ?? null;
  const what =
    first!.score === "residual"
      ? `Intervals of the prediction ± ${half === null ? "∞" : short(half)}, in units of ${source.model.target.column}`
      : `Sets by ${listed(rules.map(nameOf))}`;
  return forestFigure({
    id: "figure-conformal",
    title: "Coverage: how often the truth is held",
    what: "rows",
    about: ["number"],
    rows,
    alike: true,
    panels: [
      ...rules.map((rule) => ({
        label: briefOf(rule) === "coverage" ? "coverage" : `coverage, ${briefOf(rule)}`,
        estimates: rows.map(({ find }) => find(rule)?.coverage ?? null),
        against: { value: promised, label: `promised ${percent(promised)}` },
        within: [0, 1] as const,
      })),
      ...rules.map((rule) => ({
        label: `mean size, ${briefOf(rule)}`,
        estimates: rows.map(({ find }) => sizeOf(find(rule)?.meanSize ?? null)),
        unseen: true,
      })),
    ],
    caption: [
      el("strong", {}, `${testRowsOf(source)}. `),
      `${what}, calibrated with ${count(first!.rows)} validation rows${source.test.groups ? ", one a group" : ""}; 95 % intervals: ${methodOf(first!.coverage)}. The promise is for all rows together${rules.some(({ byClass }) => byClass) ? ", by class for each class" : ""}; nobody promises it for a subgroup.`,
    ],
  });
}

const sizeOf = (value: number | null): Estimate => ({ value, low: null, high: null, method: "" });

function sizesFigure(source: ReportSource, rules: readonly ConformalEvidence[]): Markup {
  return figure({
    id: "figure-set-sizes",
    title: "How many classes a set holds",
    wide: true,
    picture: rules.map((rule, i) => sizesPicture(rule, source.test.rows, i)),
    caption: [
      el("strong", {}, `${testRowsOf(source)}. `),
      "A set of one class is an answer; of several, a doubt; an empty one says that the row is like none that calibrated it.",
    ],
    data: {
      header: ["sets", "classes in the set", "rows"],
      names: 2,
      rows: rules.flatMap((rule) =>
        rule.sizes.map((rows, size) => [nameOf(rule), String(size), count(rows)]),
      ),
    },
  });
}

function sizesPicture(rule: ConformalEvidence, rows: number, series: number): Markup {
  const { sizes, meanSize, coverage } = rule;
  return chart(
    {
      id: `set-sizes-${series}`,
      title: `Sizes of sets, ${nameOf(rule)}`,
      description: `On average ${meanSize === null ? "all" : short(meanSize)} classes; coverage ${spelled(coverage)}.`,
      x: {
        label: `classes in the set, ${briefOf(rule)}`,
        ...{ low: 0, high: sizes.length, names: sizes.map((_, size) => String(size)) },
      },
      y: { label: "share of the rows", ...{ low: 0, high: 1 }, spell: (share) => percent(share) },
      ...{ width: 320, height: 240 },
    },
    (place) =>
      sizes.map((found, size) =>
        bar(place, { from: size + 0.15, to: size + 0.85, value: found / rows }, { series }),
      ),
  );
}
