/** The flow of rows, as a CONSORT diagram: from the file to training, validation and test. */
import type { Split } from "../../data/index.ts";
import { fontFamily, ink } from "../charts/palette.ts";
import type { DataSide } from "../dataSide.ts";
import { at } from "../estimates.ts";
import { figure } from "../figure.ts";
import { count, counted, listed, percent } from "../format.ts";
import { type Child, el, type Markup } from "../html.ts";
import type { ReportSource } from "../source.ts";

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly lines: readonly string[];
}

interface Stage {
  readonly name: string;
  readonly rows: number;
  /** Rows of each label, where they are known. */
  readonly labels: readonly string[];
}

export function flowFigure(source: ReportSource, side: DataSide | null): Markup {
  const stages = stagesOf(source, side);
  const excluded = side ? excludedOf(side) : [];
  const known =
    side?.prepared.target.rows.length ?? stages.reduce((sum, { rows }) => sum + rows, 0);
  const total = side?.prepared.table.rows ?? known;
  return figure({
    id: "figure-flow",
    title: "Flow of rows",
    picture: pictureOf({ total, known, excluded, stages }),
    caption: [el("strong", {}, `${counted(total, "row")}. `), howDivided(source)],
    data: {
      header: ["stage", "rows", "by outcome"],
      rows: [
        ["in the file", count(total), ""],
        ...excluded.map(([why, rows]) => [`left out: ${why}`, count(rows), ""]),
        ["outcome known", count(known), ""],
        ...stages.map(({ name, rows, labels }) => [name, count(rows), labels.join(", ")]),
      ],
    },
  });
}

function stagesOf({ run, test, model }: ReportSource, side: DataSide | null): Stage[] {
  const { labels } = model.target;
  const rowsIn = (part: string) => Number(at(run.metrics, "rows", part) ?? 0);
  const told = (rows: Int32Array, values: Float64Array) =>
    labels.map((label, k) => `${label}: ${count(rows.filter((row) => values[row] === k).length)}`);
  const split = side?.prepared.split;
  const values = side?.prepared.target.values;
  const stage = (name: keyof Split): Stage => ({
    name,
    rows: rowsIn(name),
    labels: split && values ? told(split[name], values) : [],
  });
  const tested = labels.map(
    (label, k) => `${label}: ${count(test.truth.filter((y) => y === k).length)}`,
  );
  return [
    stage("training"),
    stage("validation"),
    { name: "test", rows: test.rows, labels: tested },
  ];
}

type Excluded = readonly (readonly [why: string, rows: number])[];

/** Rows without a usable outcome, each with the reason. */
function excludedOf({ prepared }: DataSide): Excluded {
  const reasons: (readonly [string, number])[] = [];
  for (const finding of prepared.target.findings) {
    if (finding.kind === "missing target") reasons.push(["no outcome", finding.count]);
    if (finding.kind === "foreign label")
      reasons.push([`outcome “${finding.label}”`, finding.count]);
  }
  return reasons;
}

function howDivided({ run }: ReportSource): string {
  const told = (name: string) => {
    const value = at(run.manifest.settings, name);
    return typeof value === "string" ? value : undefined;
  };
  const [column, time, group] = [told("splitColumn"), told("time"), told("group")];
  const apart = group === undefined ? "" : ` No ${group} is on two sides.`;
  const how =
    told("testTable") !== undefined
      ? "The test rows are a file of their own."
      : column !== undefined
        ? `The column “${column}” says which rows test.`
        : time !== undefined
          ? `The latest rows by “${time}” test.`
          : `The test rows were drawn by the seed, ${percent(Number(at(run.manifest.settings, "testFraction") ?? 0.2))} of all, with each outcome in its share.`;
  return `${how}${apart} Validation rows decide when training stops and where the threshold lies; test rows take part in neither.`;
}

const [width, gap, lineHeight] = [460, 14, 17];

interface Flow {
  readonly total: number;
  readonly known: number;
  readonly excluded: Excluded;
  readonly stages: readonly Stage[];
}

/** All boxes and the lines between them. */
function laidOut({ total, known, excluded, stages }: Flow) {
  const first: Box = { x: 120, y: 8, width: 220, lines: [counted(total, "row"), "in the file"] };
  const reasons = excluded.map(([why, rows]) => `${why}: ${count(rows)}`);
  const lines = [`${counted(total - known, "row")} left out`, ...reasons];
  const left: Box[] = excluded.length === 0 ? [] : [{ x: 250, y: 70, width: 202, lines }];
  const below = left[0] ? left[0].y + heightOf(left[0]) + 14 : 84;
  const second: Box = {
    ...{ x: 120, y: below, width: 220 },
    lines: [counted(known, "row"), "with a known outcome"],
  };
  const bottom = below + heightOf(second);
  const each = (width - 16 - gap * (stages.length - 1)) / stages.length;
  const parts = stages.map(
    ({ name, rows, labels }, i): Box => ({
      ...{ x: 8 + i * (each + gap), y: bottom + 44, width: each },
      lines: [name, counted(rows, "row"), ...labels.slice(0, 8)],
    }),
  );
  const fork = bottom + 22;
  const ways = [
    `M230 ${8 + heightOf(first)}V${below}`,
    ...left.map((box) => `M230 ${box.y + heightOf(box) / 2}H${box.x}`),
    `M230 ${bottom}V${fork}`,
    `M${middle(parts[0]!)} ${fork}H${middle(parts.at(-1)!)}`,
    ...parts.map((box) => `M${middle(box)} ${fork}V${box.y}`),
  ];
  return { boxes: [first, ...left, second, ...parts], ways };
}

function pictureOf(flow: Flow): Markup {
  const { total, known, stages } = flow;
  const { boxes, ways } = laidOut(flow);
  const height = Math.max(...boxes.map((box) => box.y + heightOf(box))) + 8;
  const parts = listed(stages.map(({ name, rows }) => `${name} ${count(rows)}`));
  const lines = { fill: "none", class: "axis", stroke: ink.line, "stroke-width": 1.5 };
  return el(
    "svg",
    {
      ...{ xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, role: "img" },
      ...{ "aria-labelledby": "flow-title flow-desc", "font-size": 13 },
      "font-family": fontFamily,
    },
    el("title", { id: "flow-title" }, "Flow of rows"),
    el(
      "desc",
      { id: "flow-desc" },
      `${counted(total, "row")}, ${count(known)} with a known outcome, divided into ${parts}.`,
    ),
    ways.map((d) => el("path", { d, ...lines })),
    boxes.map(boxOf),
  );
}

const heightOf = ({ lines }: Pick<Box, "lines">) => lines.length * lineHeight + 14;
const middle = ({ x, width: wide }: Box) => Math.round((x + wide / 2) * 10) / 10;
const boxOf = (box: Box): Child => [
  el("rect", {
    ...{ x: box.x, y: box.y, width: box.width, height: heightOf(box), rx: 5 },
    ...{ class: "box", fill: "#f6f7f9", stroke: ink.line },
  }),
  box.lines.map((line, i) =>
    el(
      "text",
      {
        ...{ x: middle(box), y: box.y + 19 + i * lineHeight, "text-anchor": "middle" },
        ...{ class: i === 0 ? "ink" : "soft", fill: i === 0 ? ink.text : ink.soft },
        "font-weight": i === 0 ? 600 : null,
      },
      line,
    ),
  ),
];
