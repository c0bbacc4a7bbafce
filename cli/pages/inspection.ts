/** A run, for people: the network, what goes in, what comes out, where it came from. */
import type { FittedModel, ModelFacts, NodeLine, TrainingPlan } from "../../src/index.ts";
import type { Json, Run } from "../../src/node.ts";
import {
  bytes,
  counted,
  decimals,
  figure,
  integer,
  listed,
  range,
  tie,
} from "../output/numbers.ts";
import type { Page } from "../output/page.ts";
import { harmless } from "../output/style.ts";
import { digitsOf, intervalOf, nameOf } from "./results.ts";

type Recipe = FittedModel["recipe"];

interface Inspected {
  readonly path: string;
  readonly stored: Run;
  readonly model: FittedModel;
  readonly facts: ModelFacts;
  /** The network's graph, where it is asked for. */
  readonly nodes: readonly NodeLine[] | null;
  /** A step of its training, timed, where it is asked for. */
  readonly step: TrainingPlan | null;
}

export function inspection(page: Page, inspected: Inspected): void {
  const { path, stored, model } = inspected;
  const { target } = model;
  const labels = target.labels.map(harmless);
  const task = {
    binary: `${labels[1]} against ${labels[0]}`,
    classes: `one of ${listed(labels, 12)}`,
    regression: "a number",
  }[target.task];
  page.line(`${page.style.strong(path)} · predicts ${harmless(target.column)}: ${task}`);
  page.line();
  layers(page, model);
  if (inspected.nodes) graph(page, inspected.nodes);
  if (inspected.step) plan(page, inspected.step);
  inputs(page, model.recipe, inspected.facts);
  outcome(page, inspected);
  provenance(page, stored);
}

function layers(page: Page, { network, weights }: FittedModel): void {
  const { faint, strong } = page.style;
  const summary = network.summary();
  const total = summary.reduce((sum, { parameters }) => sum + parameters, 0);
  page.line(
    `${strong("Network")}   ${counted(total, "parameter")} · ${bytes(4 * total)} as float32`,
  );
  const rows = summary.map(({ path, name, inputs, outputs, parameters }) => {
    const shapes = Object.entries(weights)
      .filter(([key]) => key.startsWith(`${path}.`))
      .reverse() // the weight, then its bias
      .map(([key, { shape }]) => `${key} [${shape.join(", ")}]`);
    const maps = inputs === null ? "" : `${integer(inputs)} → ${integer(outputs ?? inputs)}`;
    return [path, name, maps, parameters > 0 ? integer(parameters) : "", shapes.join("  ")];
  });
  const head = ["", "layer", "features", "parameters", page.narrow ? "" : "weights"].map(faint);
  const columns = [{}, {}, {}, { align: "right" as const }, {}];
  const cut = page.narrow ? 4 : 5;
  page.table(
    [head, ...rows].map((row) => row.slice(0, cut)),
    columns,
  );
}

/** A training step: each kernel with its share of the time, what it moves and what it computes. */
function plan(page: Page, { kernels, bytes: held, threads, vectorBits }: TrainingPlan): void {
  const { faint, strong } = page.style;
  const total = kernels.reduce((sum, { microseconds }) => sum + microseconds, 0);
  const peak = held.parameters + held.state + held.step;
  const width = vectorBits === null ? "" : ` · ${vectorBits}-bit vectors`;
  page.line();
  page.line(
    `${strong("Plan")}   a training step, ${decimals(total, 1)} µs on this machine · ${counted(threads, "thread")}${width}`,
  );
  page.line(
    `${bytes(peak)} beside the data: ${bytes(held.parameters)} of parameters, ${bytes(held.state)} of optimizer state, ${bytes(held.step)} within a step`,
    7,
  );
  const rows = kernels.flatMap((kernel) => [
    [
      `${decimals((100 * kernel.microseconds) / total, 0)} %`,
      decimals(kernel.microseconds, 2),
      ...costs(kernel),
    ],
    ...stepRows(kernel),
  ]);
  const head = ["share", "µs", "moves", "operations", "kernel"].map(faint);
  const right = { align: "right" as const };
  page.table([head, ...rows], [right, right, right, right, {}]);
}

type Kernel = TrainingPlan["kernels"][number];

const costs = ({
  text,
  operations,
  bytes: moved,
}: Pick<Kernel, "text" | "operations" | "bytes">) => [
  bytes(moved),
  integer(operations),
  text.length > longestKernel ? `${text.slice(0, longestKernel)}…` : text,
];
const longestKernel = 70;

/** What one step of a loop consists of; the loop's own line is about all its steps. */
function stepRows({ loop }: Pick<Kernel, "loop">, depth = 1): string[][] {
  return (loop?.body ?? []).flatMap((each) => [
    ["", "", ...costs({ ...each, text: `${"  ".repeat(depth)}each step: ${each.text}` })],
    ...stepRows(each, depth + 1),
  ]);
}

/** Every node of the computation for one row: inputs and parameters by name, then what follows. */
function graph(page: Page, nodes: readonly NodeLine[]): void {
  const { faint, strong } = page.style;
  page.line();
  page.line(`${strong("Graph")}   for one row`);
  const rows = nodes.map(({ name, formula, shape }) => [name, formula, `[${shape.join(", ")}]`]);
  page.table([["name", "formula", "shape"].map(faint), ...rows], []);
}

/** So many inputs are shown one by one. */
const mostInputs = 20;

function inputs(page: Page, recipe: Recipe, { steps }: Pick<ModelFacts, "steps">): void {
  const { strong, faint } = page.style;
  page.line();
  const { dictionary } = recipe;
  const read = dictionary ? `, read by the dictionary ${harmless(dictionary.name)}` : "";
  page.line(`${strong("Inputs")}   ${counted(recipe.inputs.length, "column")}${read}`);
  const shown = recipe.inputs.slice(0, mostInputs);
  const head = ["column", "becomes", "seen", "gaps become"];
  const rows = [head.map(faint), ...shown.map(inputRow)];
  page.table(page.narrow ? rows.map((row) => row.slice(0, 2)) : rows, []);
  const more = recipe.inputs.slice(mostInputs).map(({ name }) => harmless(name));
  if (more.length > 0) page.line(faint(`and ${integer(more.length)} more: ${listed(more)}`), 2);
  for (const text of steps) page.line(`then ${harmless(text)}`, 2, 4);
  const told = recipe.leftOut.filter(({ kind }) => kind !== "not selected");
  const out = told.map(({ name, reason }) => `${harmless(name)} (${reason})`);
  const lost = recipe.leftOut.length - told.length;
  if (lost > 0) out.push(`${counted(lost, "column")} not selected`);
  if (out.length > 0) page.line(faint(`left out: ${listed(out)}`), 2, 4);
}

/** What a column becomes before it reaches the network. */
function inputRow(input: Recipe["inputs"][number]): string[] {
  const name = harmless(input.name);
  const marked = (text: string) =>
    "indicator" in input && input.indicator ? `${text}, marked` : text;
  switch (input.kind) {
    case "number": {
      const { mean, deviation, low, high, median } = input;
      const x = (input.steps ?? []).reduce(
        (inner, step) =>
          step.kind === "log"
            ? `ln(${inner} + ${figure(step.shift, 4)})`
            : `cut(${inner}, ${figure(step.low, 4)}, ${figure(step.high, 4)})`,
        "x",
      );
      const standardized = `(${x} − ${figure(mean, 4)}) / ${figure(deviation, 4)}`.replaceAll(
        " ",
        tie,
      );
      return [name, standardized, range(low, high, (end) => figure(end)), marked(figure(median))];
    }
    case "binary": {
      const levels = input.levels.map(harmless);
      return [name, `1 if ${levels[1]}`, levels.join(", "), marked(levels[input.commoner]!)];
    }
    case "category":
      return [
        name,
        `${input.levels.length} × 0/1`,
        listed(input.levels.map(harmless)),
        marked("0"),
      ];
    case "ordinal": {
      const levels = input.levels.map(harmless);
      const places = `(place − ${figure(input.mean, 4)}) / ${figure(input.deviation, 4)}`;
      return [name, places, listed(levels, 8, " < "), marked(`place ${figure(input.median)}`)];
    }
    case "kmers":
      return [name, `${input.kmers.length} words of ${input.k}`, harmless(input.alphabet), "means"];
    case "sequence":
      return [name, `${input.length} letters × 0/1`, harmless(input.alphabet), "0"];
  }
}

function outcome(page: Page, { stored, model }: Inspected): void {
  const { strong } = page.style;
  const { metrics } = stored;
  page.line();
  page.line(strong("Evaluation"));
  const rows = property(metrics, "rows");
  const sizes = ["training", "validation", "test"].flatMap((part) => {
    const count = property(rows, part);
    return typeof count === "number" ? [`${part} ${integer(count)}`] : [];
  });
  if (sizes.length > 0) page.fact("rows", sizes.join(" · "));
  const key = { binary: "auroc", classes: "accuracy", regression: "r2" }[model.target.task];
  const found = property(property(metrics, "test"), key);
  const number = (name: string) => {
    const value = property(found, name);
    return typeof value === "number" ? value : null;
  };
  const estimate = { value: number("value"), low: number("low"), high: number("high"), method: "" };
  if (estimate.value !== null)
    page.fact(
      "test",
      `${nameOf(key)} ${digitsOf(key, estimate.value)} (${intervalOf(key, estimate)})`,
    );
  if (model.threshold !== null)
    page.fact("threshold", `positive from probability ${decimals(model.threshold, 3)} on`);
}

/** A field of JSON that may not be there. */
function property(json: Json | undefined, name: string): Json | undefined {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  return (json as { readonly [name: string]: Json })[name];
}

function provenance(page: Page, { manifest, hashes, circumstances }: Run): void {
  const { release, seed, settings, data } = manifest;
  page.line();
  page.line(page.style.strong("Provenance"));
  page.fact("made", `Golgi ${release} · ${circumstances.created} · seed ${seed}`);
  for (const { name, sha256 } of data) page.fact("data", `${harmless(name)} · SHA-256 ${sha256}`);
  page.fact("weights", `SHA-256 ${hashes.weights}`);
  page.fact("recipe", `SHA-256 ${hashes.recipe}`);
  const told = typeof settings === "object" && settings !== null ? Object.entries(settings) : [];
  page.fact("settings", told.map(([name, value]) => `${name} ${spoken(value)}`).join(" · "));
}

const spoken = (value: Json): string =>
  typeof value === "string"
    ? harmless(value)
    : Array.isArray(value)
      ? value.join(",") || "none"
      : JSON.stringify(value);
