/** The model card (Mitchell et al. 2019), written from the run; what only people know stays open. */
import { imputerText, type RecipeInput, stepText } from "../../data/index.ts";
import { at, estimateAt, nameOf } from "../estimates.ts";
import { facts, type Section } from "../figure.ts";
import { count, fixed, listed, spelled } from "../format.ts";
import { type Child, el, link } from "../html.ts";
import type { ReportSource } from "../source.ts";
import { testRowsOf } from "./essentials.ts";

/** What the authors must write themselves. */
const open = (what: string): Child =>
  el("em", { class: "soft" }, `To be written by the authors: ${what}.`);

export function cardSection(source: ReportSource): Section {
  const entries = [...aboutModel(source), ...aboutRows(source), ...aboutUse(source)];
  return { id: "card", title: "Model card", content: facts(entries) };
}

type Entry = readonly [name: string, value: Child];
const mostNames = 40;

function aboutModel({ run, model }: ReportSource): Entry[] {
  const { recipe, target, network, threshold } = model;
  const names = recipe.inputs.map(({ name }) => name);
  const { settings } = run.manifest;
  const widths = at(settings, "hidden");
  const layers = Array.isArray(widths) ? widths.map(String) : [];
  const hidden =
    layers.length === 0
      ? "no hidden layer"
      : `hidden ${layers.length === 1 ? "layer" : "layers"} of ${listed(layers)}, ${String(at(settings, "activation") ?? "relu")}`;
  const outputs = {
    binary: `the probability of ${target.column} = ${target.labels[1]}; called so from ${fixed(threshold ?? 0.5)} on`,
    classes: `a probability for each of ${listed(target.labels)}`,
    regression: `${target.column} as a number`,
  };
  return [
    [
      "Model",
      `feed-forward network, ${count(network.inputs ?? 0)} inputs, ${hidden}; made by Golgi ${run.manifest.release} on ${run.circumstances.created.slice(0, 10).replaceAll("-", "\u2011")}`,
    ],
    ["Output", outputs[target.task]],
    [
      "Inputs",
      names.length > mostNames
        ? `${names.slice(0, mostNames).join(", ")} … ${count(names.length)} in all`
        : listed(names),
    ],
  ];
}

function aboutRows(source: ReportSource): Entry[] {
  const { run, model } = source;
  const first = model.target.task === "regression" ? "r2" : "auroc";
  const found = estimateAt(run.metrics, "test", first);
  const rowsIn = (part: string) => count(Number(at(run.metrics, "rows", part) ?? 0));
  return [
    [
      "Training data",
      `${run.manifest.data[0]?.name ?? "a table"}: ${rowsIn("training")} rows to learn from, ${rowsIn("validation")} to stop by`,
    ],
    ["Evaluation data", [`${testRowsOf(source)}; see `, link("data", "data and flow of rows")]],
    [
      "Performance",
      [
        found ? `${nameOf(first)} ${spelled(found)}; see ` : "",
        link("essentials", "the essentials"),
      ],
    ],
  ];
}

/** How the model's gaps are filled. */
export function imputation({ model: { recipe } }: ReportSource): string {
  const how = recipe.impute
    ? imputerText(recipe.impute)
    : "gaps become the median or the commonest level of the training rows";
  const marked = recipe.inputs.some((input) => "indicator" in input && input.indicator);
  return `${how}${marked ? ", with an indicator where any were missing there" : ""}`;
}

type Becomes = readonly [one: string, many: string, what: string];
const becomes: Readonly<Record<RecipeInput["kind"], Becomes>> = {
  number: ["number", "numbers", "standardized by mean and deviation of the training rows"],
  binary: ["column of two values", "columns of two values", "as 0 and 1"],
  category: ["category", "categories", "a 0/1 column for each level"],
  ordinal: ["category in order", "categories in order", "the level's place, standardized"],
  sequence: ["sequence", "sequences", "a 0/1 column for each letter at each place"],
  kmers: ["sequence", "sequences", "counts of its words, standardized"],
};

/** What becomes of each kind of column, and of all together. */
export function handling({ model: { recipe } }: ReportSource): string {
  const kinds = (Object.keys(becomes) as RecipeInput["kind"][]).flatMap((kind) => {
    const own = recipe.inputs.filter((input) => input.kind === kind);
    const [one, many, what] = becomes[kind];
    const stepped = own.flatMap((input) => ("steps" in input ? (input.steps ?? []) : []));
    const steps = [...new Set(stepped.map(({ kind: step }) => step))];
    const first = steps.length > 0 ? ` (some first through ${listed(steps)})` : "";
    return own.length === 0
      ? []
      : [`${count(own.length)} ${own.length === 1 ? one : many}: ${what}${first}`];
  });
  return [...kinds, ...(recipe.steps ?? []).map((step) => `then ${stepText(step)}`)].join("; ");
}

const aboutUse = (source: ReportSource): Entry[] => [
  ["Handling of predictors", handling(source)],
  ["Factors", open("the groups of people that matter for this use")],
  [
    "Missing inputs",
    `${imputation(source)}; a category never seen counts as none of those known; both are said with each prediction`,
  ],
  [
    "Intended use",
    open("who uses it, for whom, at which moment of care, and what it must not be used for"),
  ],
  ["Ethical considerations", open("risks and harms of wrong predictions, and who bears them")],
  [
    "Caveats",
    "valid for people like those of the data, measured alike; recalibrate where the share of events differs",
  ],
];
