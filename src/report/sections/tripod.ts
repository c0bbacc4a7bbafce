/**
 * TRIPOD+AI (Collins et al., BMJ 2024;385:e078378): each of the 27 items with its parts, by number
 * and in our words, where this report has it, and what the authors must write.
 */
import { at } from "../estimates.ts";
import { type Section, table } from "../figure.ts";
import { type Child, link } from "../html.ts";
import type { ReportSource } from "../source.ts";
import { tag } from "./audit.ts";

/** Development, evaluation, or both. */
type Of = "D" | "E" | "D;E";

/** Number, of which part of a study, and what it asks. */
const items: readonly (readonly [item: string, of: Of, asks: string])[] = [
  ["1", "D;E", "Title: development or evaluation, target population, outcome"],
  ["2", "D;E", "Abstract: by the list for abstracts of its own"],
  ["3a", "D;E", "Context: diagnostic or prognostic, why this model, earlier models"],
  ["3b", "D;E", "Target population, purpose on the path of care, users"],
  ["3c", "D;E", "Known inequalities of health between groups of people"],
  ["4", "D;E", "Objectives: development, evaluation or both"],
  ["5a", "D;E", "Sources of the data of each part, why these, whom they stand for"],
  ["5b", "D;E", "Dates: start and end of accrual, end of follow-up"],
  ["6a", "D;E", "Setting, number and place of centers"],
  ["6b", "D;E", "Who was eligible"],
  ["6c", "D;E", "Treatments, and how they were handled"],
  ["7", "D;E", "Preprocessing and checks of quality, alike in all groups"],
  ["8a", "D;E", "Outcome: definition, horizon, how and when assessed, why"],
  ["8b", "D;E", "Who assessed the outcome, where that takes judgment"],
  ["8c", "D;E", "Whether outcome assessment was blinded"],
  ["9a", "D", "How the first predictors were chosen, and any preselection"],
  ["9b", "D;E", "Each predictor: definition, how and when measured, blinding"],
  ["9c", "D;E", "Who assessed predictors, where that takes judgment"],
  ["10", "D;E", "Sample size of each part: how it came about, whether it is enough"],
  ["11", "D;E", "Missing data: how handled; why any were left out"],
  ["12a", "D", "How the rows were used: partition, sizes"],
  ["12b", "D", "How predictors were handled: form, scale, transformation"],
  ["12c", "D", "Type of model, all steps of building it, tuning, internal validation"],
  ["12d", "D;E", "How differences between clusters were handled and quantified"],
  ["12e", "D;E", "Measures and plots of performance; comparison of models"],
  ["12f", "E", "Any updating, such as recalibration, overall or for groups"],
  ["12g", "E", "How predictions were calculated"],
  ["13", "D;E", "Methods against class imbalance, why, and recalibration after"],
  ["14", "D;E", "What was done about fairness, and why"],
  ["15", "D", "Output; classification and how its thresholds were found"],
  [
    "16",
    "D;E",
    "Differences of development and evaluation: setting, eligibility, outcome, predictors",
  ],
  ["17", "D;E", "Ethical approval and consent"],
  ["18a", "D;E", "Funding and the funders' part"],
  ["18b", "D;E", "Conflicts of interest"],
  ["18c", "D;E", "Where the protocol is"],
  ["18d", "D;E", "Registration"],
  ["18e", "D;E", "Whether the data can be had"],
  ["18f", "D;E", "Whether the code can be had"],
  ["19", "D;E", "Involvement of patients and the public"],
  ["20a", "D;E", "Flow of participants, with and without the outcome, follow-up"],
  ["20b", "D;E", "Characteristics overall and by source, missing values"],
  ["20c", "E", "Distribution of predictors beside that of the development data"],
  ["21", "D;E", "Participants and events in each analysis"],
  ["22", "D", "The full model, so that others can predict with it; restrictions"],
  ["23a", "D;E", "Performance with intervals, also in subgroups; plots"],
  ["23b", "D;E", "Heterogeneity of performance between clusters, if examined"],
  ["24", "E", "Results of any updating"],
  ["25", "D;E", "Interpretation, with fairness and earlier studies"],
  ["26", "D;E", "Limitations and what they do to bias and generality"],
  ["27a", "D", "Poor or missing inputs in use"],
  ["27b", "D", "What users must do and know"],
  ["27c", "D;E", "Next steps, for applicability and generality"],
];

/** The sections that answer an item, where any does. */
const answeredIn: Readonly<Record<string, string>> = {
  "5a": "data",
  "6a": "sites",
  7: "card data audit",
  "9a": "data",
  "9b": "data",
  10: "probast data",
  11: "data card",
  "12a": "data cross-validation",
  "12b": "card",
  "12c": "card search training cross-validation provenance",
  "12d": "sites subgroups",
  "12e": "essentials thresholds",
  "12f": "recalibration",
  "12g": "card provenance",
  13: "provenance",
  14: "subgroups conformal",
  15: "card thresholds",
  16: "table-one sites",
  "18e": "provenance",
  "18f": "provenance",
  "20a": "data",
  "20b": "table-one data",
  "20c": "table-one",
  21: "data essentials cross-validation",
  22: "provenance",
  "23a": "essentials subgroups",
  "23b": "sites",
  24: "recalibration",
  26: "probast audit",
  "27a": "card",
};

/** What the authors add to an item that a section answers in part. */
const toAdd: Readonly<Record<string, string>> = {
  "5a": "sources and reasons",
  "6a": "setting and place",
  7: "what was done before the file",
  "9a": "reasons of the choice",
  "9b": "definitions",
  10: "how it came about",
  "12c": "why this type",
  "12d": "which clusters matter",
  "12f": "whether a map is to be used",
  14: "what was done and why",
  16: "setting, eligibility",
  "18e": "where; here are their names and SHA-256",
  "18f": "where; here is the command",
  22: "where it can be had",
  24: "whether a map is to be used",
  26: "the discussion",
  "27a": "who checks them",
};

const paper = "all of it, in the paper";

/** `present` are the sections that this report has with content. */
export function tripodSection(source: ReportSource, present: ReadonlyMap<string, string>): Section {
  const verdicts = items.map(([name]) => verdictOf(name, present));
  const found = (word: string) => verdicts.filter(([, given]) => given === word).length;
  return {
    id: "tripod",
    title: "TRIPOD+AI",
    content: table(
      {
        id: "tripod-items",
        title: "Where each item is found",
        note: `27 items of ${items.length} parts, by the numbers of Collins et al., BMJ 2024;385:e078378, and in our words; theirs count. ${found(whole)} are in this report, ${found(part)} in part, ${found(open)} for the authors alone. A tick says that the report holds what the item asks, not that it is good. D: development, E: evaluation.`,
      },
      {
        header: ["item", "of", "asks for", "in this report", "where", "the authors add"],
        rows: items.map((each, i): Child[] => {
          const [kind, word, where] = verdicts[i]!;
          const [name] = each;
          return [
            ...[...each, tag(kind, word)],
            [remarkOn(name, source), where],
            word === whole ? "" : (toAdd[name] ?? (name in answeredIn ? "" : paper)),
          ];
        }),
      },
    ),
  };
}

const [whole, part, open] = ["✓ yes", "in part", "for the authors"];

type Verdict = readonly [kind: "yes" | "part" | "open", word: string, where: Child];

/** What would bring a section that stands alone for an item. */
const hints: Readonly<Record<string, string>> = {
  "table-one": "golgi report --data FILE has it",
  sites: "golgi train --site COLUMN examines it",
};

function verdictOf(name: string, present: ReadonlyMap<string, string>): Verdict {
  const where = answeredIn[name]?.split(" ") ?? [];
  const found = where.filter((id) => present.has(id));
  const links = found.map((id, i) => [i > 0 ? ", " : "", link(id, present.get(id)!)]);
  if (found.length > 0) return name in toAdd ? ["part", part, links] : ["yes", whole, links];
  if (updating.has(name)) return ["yes", whole, "not done"];
  return ["open", open, name in toAdd ? "" : (hints[where[0] ?? ""] ?? "")];
}

const updating = new Set(["12f", "24"]);

/** What the run itself knows of an item. */
function remarkOn(name: string, { run }: ReportSource): string {
  if (name === "13")
    return at(run.manifest.settings, "balanced") === true
      ? "each class counted the same (--balanced): probabilities are no risks. "
      : "nothing was done. ";
  if (updating.has(name)) return "the saved model was not updated. ";
  const time = at(run.metrics, "time");
  return name === "5b" && time
    ? `the test rows begin at ${at(time, "column")} ${at(time, "from")}. `
    : "";
}
