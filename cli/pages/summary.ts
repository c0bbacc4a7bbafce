/** What a study will do, before it does it: data, target, features, split, network. */
import type { Prepared } from "../../src/index.ts";
import { bytes, counted, figure, integer, listed, percent } from "../output/numbers.ts";
import type { Page } from "../output/page.ts";
import { harmless } from "../output/style.ts";
import { notes } from "./findings.ts";

/** The name of the table and how it was read. */
export function titleLine(page: Page, { table }: Prepared, path: string): void {
  const { delimiter, decimalComma } = table.format;
  const read = [
    ...(delimiter === "," ? [] : [`separator ${delimiter === "\t" ? "tab" : `“${delimiter}”`}`]),
    ...(decimalComma ? ["decimal comma"] : []),
  ];
  const facts = [counted(table.rows, "row"), counted(table.columns.length, "column")];
  const rest = [...facts, ...(read.length > 0 ? [read.join(", ")] : [])].join(" · ");
  page.line(`${page.style.strong(harmless(path))} · ${rest}`);
}

export function summary(page: Page, prepared: Prepared): void {
  page.fact("target", targetText(page, prepared));
  page.fact("features", featureText(prepared));
  const excluded = leftOutText(prepared);
  if (excluded !== "") page.fact("left out", excluded);
  if (prepared.groups)
    page.fact(
      "groups",
      `${counted(prepared.groups.names.length, `value`)} of ${harmless(prepared.groups.column)}, none on two sides`,
    );
  page.fact("split", splitText(prepared));
  page.fact("network", networkText(prepared));
  notes(page, prepared.findings);
}

function targetText(page: Page, { target }: Prepared): string {
  const name = page.style.strong(harmless(target.column));
  if (target.task === "regression") {
    const present = Array.from(target.rows, (row) => target.values[row]!);
    const mean = present.reduce((sum, value) => sum + value, 0) / present.length;
    const low = present.reduce((least, value) => Math.min(least, value));
    const high = present.reduce((most, value) => Math.max(most, value));
    return `${name}   a number, ${figure(low)} – ${figure(high)}, mean ${figure(mean)}`;
  }
  const counts = target.labels.map(() => 0);
  for (const row of target.rows) counts[target.values[row]!]!++;
  const shown = target.labels.map((label, i) => {
    const share = percent(counts[i]!, target.rows.length);
    return `${harmless(label)}: ${integer(counts[i]!)} (${share})`;
  });
  if (target.task === "classes")
    return `${name}   ${target.labels.length} classes · ${listed(shown, 12, " · ")}`;
  return `${name}   ${shown[1]}, counts as positive · ${shown[0]}`;
}

type Step = NonNullable<Prepared["recipe"]["steps"]>[number];
const nameOf = (step: Step) =>
  step.kind === "keep" ? step.why : `${step.directions.length} principal components`;

/** “30 numbers · 2 categories → 37 inputs”. */
function featureText({ recipe, network }: Prepared): string {
  const of = (kind: string) => recipe.inputs.filter((input) => input.kind === kind);
  const sequences = recipe.inputs.flatMap((input) =>
    input.kind === "sequence"
      ? [`a sequence of ${input.length} letters (${input.alphabet})`]
      : input.kind === "kmers"
        ? [`a sequence as ${input.kmers.length} words of ${input.k} letters`]
        : [],
  );
  const kinds = [
    [of("number").length, "number", "numbers"],
    [of("binary").length, "column of two values", "columns of two values"],
    [of("category").length, "category", "categories"],
    [of("ordinal").length, "category in order", "categories in order"],
  ] as const;
  const parts = kinds.flatMap(([count, one, many]) => (count ? [counted(count, one, many)] : []));
  const missing = recipe.inputs.filter((input) => "indicator" in input && input.indicator).length;
  const inputs =
    network.features === recipe.inputs.length
      ? ""
      : ` → ${counted(network.features, "input")}${missing ? `, ${missing} with gaps` : ""}`;
  const steps = (recipe.steps ?? []).map((step) => `, ${nameOf(step)}`).join("");
  return [...parts, ...sequences].join(" · ") + steps + inputs;
}

/** “ID (identifier) · a, b (constant)”: columns with one reason together. */
function leftOutText({ recipe, target }: Prepared): string {
  const reasons = new Map<string, string[]>();
  for (const { name, kind, reason } of recipe.leftOut) {
    if (name === target.column) continue;
    const why = kind === "excluded" ? reason : kind;
    reasons.set(why, [...(reasons.get(why) ?? []), harmless(name)]);
  }
  return [...reasons].map(([why, columns]) => `${listed(columns)} (${why})`).join(" · ");
}

function splitText({ split, forward, groups, options, settings, table, test }: Prepared): string {
  const { training, validation, test: held } = split;
  const sizes = [
    `train ${integer(training.length)}`,
    `validation ${integer(validation.length)}`,
    `test ${integer(held.length)}`,
  ];
  const own = test.table === table ? "" : ` rows of ${harmless(test.table.name)}`;
  const how = options.splitColumn
    ? `told by ${harmless(options.splitColumn)}`
    : forward
      ? `${groups ? "by group, " : ""}test from ${harmless(forward.column)} ${harmless(forward.from)} on, seed ${settings.seed}`
      : `${groups ? "by group, " : ""}stratified, seed ${settings.seed}`;
  return `${sizes.join(" · ")}${own}, ${how}`;
}

/** Trials of a search when nobody says how many. */
const defaultTrials = 20;

/** What the last layer's numbers become. */
const ending = { binary: " sigmoid", classes: " softmax", regression: "" };

function networkText({ network, target, options }: Prepared): string {
  if (options.search !== undefined) {
    const names = { hidden: "width, depth", learningRate: "learning rate", dropout: "dropout" };
    const free = Object.entries({ ...names, weightDecay: "weight decay" }).flatMap(
      ([name, words]) => (options[name as "hidden"] === undefined ? [words] : []),
    );
    const trials = counted(options.searchTrials ?? defaultTrials, "trial");
    return `searched (${options.search}, ${trials}): ${free.join(", ") || "all is told"}`;
  }
  const size = `${counted(network.parameters, "parameter")} · ${bytes(4 * network.parameters)}`;
  return `${network.text}${ending[target.task]} · ${size}`;
}
