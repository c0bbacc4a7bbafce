/** TRIPOD+AI (Collins et al., BMJ 2024;385:e078378): each item in brief, and where this report has it. */
import { at } from "../estimates.ts";
import { type Section, table } from "../figure.ts";
import { type Child, el, link } from "../html.ts";
import type { ReportSource } from "../source.ts";
import { tag } from "./audit.ts";

type Where = "authors" | readonly string[];

/** Item, what it asks in brief, and the sections that answer it; `part:` where authors must add to them. */
const items: readonly (readonly [item: string, asks: string, where: Where])[] = [
  ["1", "Title: development or evaluation, population, outcome", "authors"],
  ["2", "Structured abstract", "authors"],
  [
    "3a–c",
    "Background: context and rationale, intended use and users, known inequalities",
    "authors",
  ],
  ["4", "Objectives", "authors"],
  ["5a", "Sources of data for development and evaluation", ["part", "data", "provenance"]],
  ["5b", "Dates of data collection", "authors"],
  ["6a–c", "Setting, eligibility, treatments", "authors"],
  ["7", "Preparation of the data and quality checks", ["data", "audit", "provenance"]],
  ["8a–c", "Outcome: definition, assessment, blinding", "authors"],
  ["9a", "Choice of the initial predictors", ["part", "data"]],
  ["9b–c", "Predictors: definition and measurement", ["part", "data"]],
  ["10", "Sample size, for development and for evaluation", ["part", "data", "probast"]],
  ["11", "Missing data", ["data", "card"]],
  ["12a", "Use of the data, partition", ["data"]],
  ["12b", "Handling of predictors: form, scaling", ["data", "card", "provenance"]],
  [
    "12c",
    "Type of model, building, tuning, internal validation",
    ["card", "training", "provenance"],
  ],
  ["12d", "Heterogeneity between clusters", ["part", "subgroups"]],
  ["12e", "Measures and plots of performance", ["essentials", "thresholds"]],
  ["12f", "Model updating", ["none"]],
  ["12g", "How predictions are calculated", ["provenance", "card"]],
  ["13", "Class imbalance", ["provenance"]],
  ["14", "Fairness", ["part", "subgroups"]],
  ["15", "Output of the model, thresholds", ["card", "thresholds"]],
  ["16", "Differences of development and evaluation data", ["table-one"]],
  ["17", "Ethical approval", "authors"],
  ["18a–d", "Funding, conflicts, protocol, registration", "authors"],
  ["18e–f", "Availability of data and code", ["part", "provenance"]],
  ["19", "Involvement of patients and the public", "authors"],
  ["20a", "Flow of participants", ["data"]],
  ["20b", "Characteristics of participants", ["table-one"]],
  ["20c", "Distribution of predictors in development and evaluation", ["table-one"]],
  ["21", "Participants and events in each analysis", ["data", "essentials"]],
  ["22", "The full model, to predict for new people", ["provenance"]],
  ["23a", "Performance with intervals, also of subgroups", ["essentials", "subgroups"]],
  ["23b", "Heterogeneity of performance", ["part", "subgroups"]],
  ["24", "Results of updating", ["none"]],
  ["25", "Interpretation", "authors"],
  ["26", "Limitations", ["part", "audit"]],
  ["27a–c", "Use in practice: poor inputs, users, next steps", ["part", "card"]],
];

/** `present` are the sections that this report has with content. */
export function tripodSection(
  { run }: ReportSource,
  present: ReadonlyMap<string, string>,
): Section {
  const balanced = at(run.manifest.settings, "balanced") === true;
  const rows = items.map(([item, asks, where]): Child[] => {
    const [kind, word, found] = verdictOf(where, present);
    const remark =
      item === "13"
        ? balanced
          ? "each class counted the same (--balanced): probabilities are no risks. "
          : "nothing was done. "
        : "";
    return [item, asks, tag(kind, word), [remark, found]];
  });
  return {
    id: "tripod",
    title: "TRIPOD+AI",
    content: table(
      {
        id: "tripod-items",
        title: "Where each item is found",
        note: "Items in brief, after Collins et al., BMJ 2024;385:e078378; the wording that counts is theirs. A tick says that this report holds what the item asks, not that it is good.",
      },
      { header: ["item", "asks for", "in this report", "where"], names: 2, rows },
    ),
  };
}

type Verdict = readonly [kind: "yes" | "part" | "open", word: string, where: Child];

function verdictOf(where: Where, present: ReadonlyMap<string, string>): Verdict {
  if (where === "authors") return ["open", "for the authors", "in the paper"];
  if (where[0] === "none") return ["yes", "✓ not done", "the model was not updated"];
  const found = where.filter((id) => present.has(id));
  const links = found.map((id, i) => [i > 0 ? ", " : "", link(id, present.get(id)!)]);
  if (found.length === 0) return ["open", "missing", el("span", {}, "add --data FILE")];
  return where[0] === "part"
    ? ["part", "in part", [links, "; the authors add to it"]]
    : ["yes", "✓ yes", links];
}
