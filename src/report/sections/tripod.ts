/**
 * TRIPOD+AI (Collins et al., BMJ 2024;385:e078378): each of the 27 items with its parts, by number
 * and in our words, where this report has it, and what the authors must write.
 */
import { at } from "../estimates.ts";
import { type Section, table } from "../figure.ts";
import { type Child, link } from "../html.ts";
import type { ReportSource } from "../source.ts";
import { tag } from "./audit.ts";

interface Item {
  readonly item: string;
  /** Development, evaluation, or both. */
  readonly of: "D" | "E" | "D;E";
  readonly asks: string;
  /** The sections that answer it. */
  readonly where: readonly string[];
  /** What the authors add; alone they answer it. */
  readonly add?: string;
}

const item = (
  name: string,
  of: Item["of"],
  asks: string,
  where: Item["where"],
  add?: string,
): Item => ({ ...{ item: name, of, asks, where }, ...(add === undefined ? {} : { add }) });

const paper = "all of it, in the paper";

const introduction: readonly Item[] = [
  item("1", "D;E", "Title: development or evaluation, target population, outcome", [], paper),
  item("2", "D;E", "Abstract: by the list for abstracts of its own", [], paper),
  item("3a", "D;E", "Context: diagnostic or prognostic, why this model, earlier models", [], paper),
  item("3b", "D;E", "Target population, purpose on the path of care, users", [], paper),
  item("3c", "D;E", "Known inequalities of health between groups of people", [], paper),
  item("4", "D;E", "Objectives: development, evaluation or both", [], paper),
];

const methods: readonly Item[] = [
  item(
    "5a",
    "D;E",
    "Sources of the data of each part, why these, whom they stand for",
    ["data"],
    "sources and reasons",
  ),
  item("5b", "D;E", "Dates: start and end of accrual, end of follow-up", [], paper),
  item("6a", "D;E", "Setting, number and place of centers", ["sites"], "setting and place"),
  item("6b", "D;E", "Who was eligible", [], paper),
  item("6c", "D;E", "Treatments, and how they were handled", [], paper),
  item(
    "7",
    "D;E",
    "Preprocessing and checks of quality, alike in all groups",
    ["card", "data", "audit"],
    "what was done before the file",
  ),
  item("8a", "D;E", "Outcome: definition, horizon, how and when assessed, why", [], paper),
  item("8b", "D;E", "Who assessed the outcome, where that takes judgment", [], paper),
  item("8c", "D;E", "Whether outcome assessment was blinded", [], paper),
  item(
    "9a",
    "D",
    "How the first predictors were chosen, and any preselection",
    ["data"],
    "reasons of the choice",
  ),
  item(
    "9b",
    "D;E",
    "Each predictor: definition, how and when measured, blinding",
    ["data"],
    "definitions",
  ),
  item("9c", "D;E", "Who assessed predictors, where that takes judgment", [], paper),
  item(
    "10",
    "D;E",
    "Sample size of each part: how it came about, whether it is enough",
    ["probast", "data"],
    "how it came about",
  ),
  item("11", "D;E", "Missing data: how handled; why any were left out", ["data", "card"]),
  item("12a", "D", "How the rows were used: partition, sizes", ["data", "cross-validation"]),
  item("12b", "D", "How predictors were handled: form, scale, transformation", ["card"]),
  item(
    "12c",
    "D",
    "Type of model, all steps of building it, tuning, internal validation",
    ["card", "search", "training", "cross-validation", "provenance"],
    "why this type",
  ),
  item(
    "12d",
    "D;E",
    "How differences between clusters were handled and quantified",
    ["sites", "subgroups"],
    "which clusters matter",
  ),
  item("12e", "D;E", "Measures and plots of performance; comparison of models", [
    "essentials",
    "thresholds",
  ]),
  item(
    "12f",
    "E",
    "Any updating, such as recalibration, overall or for groups",
    ["recalibration"],
    "whether a map is to be used",
  ),
  item("12g", "E", "How predictions were calculated", ["card", "provenance"]),
  item("13", "D;E", "Methods against class imbalance, why, and recalibration after", [
    "provenance",
  ]),
  item(
    "14",
    "D;E",
    "What was done about fairness, and why",
    ["subgroups", "conformal"],
    "what was done and why",
  ),
  item("15", "D", "Output; classification and how its thresholds were found", [
    "card",
    "thresholds",
  ]),
  item(
    "16",
    "D;E",
    "Differences of development and evaluation: setting, eligibility, outcome, predictors",
    ["table-one", "sites"],
    "setting, eligibility",
  ),
  item("17", "D;E", "Ethical approval and consent", [], paper),
];

const openScience: readonly Item[] = [
  item("18a", "D;E", "Funding and the funders' part", [], paper),
  item("18b", "D;E", "Conflicts of interest", [], paper),
  item("18c", "D;E", "Where the protocol is", [], paper),
  item("18d", "D;E", "Registration", [], paper),
  item(
    "18e",
    "D;E",
    "Whether the data can be had",
    ["provenance"],
    "where; here are their names and SHA-256",
  ),
  item("18f", "D;E", "Whether the code can be had", ["provenance"], "where; here is the command"),
  item("19", "D;E", "Involvement of patients and the public", [], paper),
];

const results: readonly Item[] = [
  item("20a", "D;E", "Flow of participants, with and without the outcome, follow-up", ["data"]),
  item("20b", "D;E", "Characteristics overall and by source, missing values", [
    "table-one",
    "data",
  ]),
  item("20c", "E", "Distribution of predictors beside that of the development data", ["table-one"]),
  item("21", "D;E", "Participants and events in each analysis", [
    "data",
    "essentials",
    "cross-validation",
  ]),
  item(
    "22",
    "D",
    "The full model, so that others can predict with it; restrictions",
    ["provenance"],
    "where it can be had",
  ),
  item("23a", "D;E", "Performance with intervals, also in subgroups; plots", [
    "essentials",
    "subgroups",
  ]),
  item("23b", "D;E", "Heterogeneity of performance between clusters, if examined", ["sites"]),
  item("24", "E", "Results of any updating", ["recalibration"], "whether a map is to be used"),
];

const discussion: readonly Item[] = [
  item("25", "D;E", "Interpretation, with fairness and earlier studies", [], paper),
  item(
    "26",
    "D;E",
    "Limitations and what they do to bias and generality",
    ["probast", "audit"],
    "the discussion",
  ),
  item("27a", "D", "Poor or missing inputs in use", ["card"], "who checks them"),
  item("27b", "D", "What users must do and know", [], paper),
  item("27c", "D;E", "Next steps, for applicability and generality", [], paper),
];

const items: readonly Item[] = [
  ...introduction,
  ...methods,
  ...openScience,
  ...results,
  ...discussion,
];

/** `present` are the sections that this report has with content. */
export function tripodSection(source: ReportSource, present: ReadonlyMap<string, string>): Section {
  const verdicts = items.map((each) => verdictOf(each, present));
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
          return [
            ...[each.item, each.of, each.asks, tag(kind, word)],
            [remarkOn(each, source), where],
            word === whole ? "" : (each.add ?? ""),
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

function verdictOf(
  { item: name, where, add }: Item,
  present: ReadonlyMap<string, string>,
): Verdict {
  const found = where.filter((id) => present.has(id));
  const links = found.map((id, i) => [i > 0 ? ", " : "", link(id, present.get(id)!)]);
  if (found.length > 0) return add === undefined ? ["yes", whole, links] : ["part", part, links];
  if (updating.has(name)) return ["yes", whole, "not done"];
  return ["open", open, add === undefined ? (hints[where[0] ?? ""] ?? "") : ""];
}

const updating = new Set(["12f", "24"]);

/** What the run itself knows of an item. */
function remarkOn({ item: name }: Item, { run }: ReportSource): string {
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
