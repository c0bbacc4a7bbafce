/** PROBAST+AI (Moons et al., BMJ 2025): questions on risk of bias, answered where the run can. */

import type { DataSide } from "../dataSide.ts";
import { type Section, table } from "../figure.ts";
import { count } from "../format.ts";
import type { Child } from "../html.ts";
import type { ReportSource } from "../source.ts";
import { tag } from "./audit.ts";
import { imputation } from "./card.ts";

type Answer = readonly [
  answer: "yes" | "probably yes" | "probably no" | "no" | "for the authors",
  why: string,
];

const forAuthors = (why: string): Answer => ["for the authors", why];

/** Fewer rows with or without the event say little about calibration (Collins, Ogundimu & Altman 2016). */
const enoughEvents = 100;

export function probastSection(source: ReportSource, side: DataSide | null): Section {
  const kinds = {
    yes: "yes",
    "probably yes": "yes",
    "probably no": "part",
    no: "no",
    "for the authors": "open",
  } as const;
  return {
    id: "probast",
    title: "PROBAST+AI",
    content: table(
      {
        id: "probast-questions",
        title: "Risk of bias, question by question",
        note: "After the domains of Moons et al., BMJ 2025;388:e082505, in our words. Answers are what the run itself can tell; a reviewer decides.",
      },
      {
        header: ["domain", "question", "answer", "because"],
        names: 2,
        rows: questions(source, side).map(([domain, question, [answer, why]]): Child[] => [
          domain,
          question,
          tag(kinds[answer], answer),
          why,
        ]),
      },
    ),
  };
}

type Question = readonly [domain: string, question: string, answer: Answer];

const questions = (source: ReportSource, side: DataSide | null): Question[] => [
  ...aboutParticipants(side),
  ...aboutPredictors(side),
  ...aboutRows(source, side),
  ...aboutMeasures(source, side),
];

const aboutParticipants = (side: DataSide | null): Question[] => [
  [
    "Participants and data",
    "Were the sources of data appropriate?",
    forAuthors("where the rows come from is not in the file"),
  ],
  [
    "Participants and data",
    "Were all who should be included, and no others?",
    forAuthors("eligibility is not in the file"),
  ],
  [
    "Participants and data",
    "Are the test rows independent of those that trained?",
    independent(side),
  ],
];

const aboutPredictors = (side: DataSide | null): Question[] => [
  [
    "Predictors",
    "Were predictors measured alike for everybody?",
    forAuthors("measurement is not in the file"),
  ],
  [
    "Predictors",
    "Are all predictors known when the model is used?",
    leaks(
      side,
      ["single feature", "row counter"],
      "no column looks as if it knew the answer; when each is measured is for the authors",
    ),
  ],
  [
    "Outcome",
    "Was the outcome determined well, and alike for everybody?",
    forAuthors("assessment is not in the file"),
  ],
  [
    "Outcome",
    "Are predictors no part of the outcome's definition?",
    leaks(side, ["single feature", "class-wise constant"], "no single column predicts nearly all"),
  ],
];

const aboutRows = (source: ReportSource, side: DataSide | null): Question[] => [
  ["Analysis", "Were there enough rows with the outcome?", enough(source)],
  [
    "Analysis",
    "Were missing values handled well?",
    [
      "yes",
      `${imputation(source)}; rows without an outcome were left out and are counted in the flow of rows`,
    ],
  ],
  [
    "Analysis",
    "Was preprocessing fitted on training rows alone?",
    leaks(
      side,
      ["scaled before the split", "selected before the split"],
      "scaling and imputation are fitted inside the training rows; the audit found no sign of earlier scaling or selection",
    ),
  ],
];

const aboutMeasures = (source: ReportSource, side: DataSide | null): Question[] => [
  ["Analysis", "Were predictors not chosen by univariable tests?", selection(source)],
  [
    "Analysis",
    "Were relevant measures evaluated: discrimination, calibration, utility?",
    [
      "yes",
      source.model.target.task === "regression"
        ? "agreement, calibration and errors, with intervals"
        : "AUROC, calibration and decision curve, with intervals",
    ],
  ],
  [
    "Analysis",
    "Were overfitting and optimism accounted for?",
    ["yes", "performance is on rows that no training, stopping or threshold saw"],
  ],
  [
    "Analysis",
    "Were dependent rows, such as visits of one patient, accounted for?",
    grouped(source, side),
  ],
];

/** Whether a step of the recipe chose features by a test. */
function selection({ model: { recipe } }: ReportSource): Answer {
  const chosen = recipe.steps?.find((step) => step.kind === "keep" && step.p !== null);
  return chosen?.kind === "keep"
    ? ["no", `${chosen.why}, ${chosen.kept} of ${chosen.of}, by the training rows alone`]
    : ["yes", "the run selects no predictors by tests; what was done before is for the authors"];
}

function leaks(side: DataSide | null, checks: readonly string[], otherwise: string): Answer {
  if (!side) return forAuthors("this report was made without the data");
  const found = side.audit.suspicions.filter(
    ({ check, severity }) => checks.includes(check) && severity !== "note",
  );
  if (found.length === 0) return ["probably yes", otherwise];
  return [
    found.some(({ severity }) => severity === "severe") ? "no" : "probably no",
    found[0]!.detail,
  ];
}

const independent = (side: DataSide | null): Answer =>
  leaks(
    side,
    ["duplicate rows", "near-duplicate rows", "group on two sides"],
    "no copies and no group on two sides",
  );

function enough({ model: { target }, test }: ReportSource): Answer {
  if (target.task === "regression")
    return [
      test.rows >= enoughEvents ? "probably yes" : "probably no",
      `${count(test.rows)} test rows; about ${enoughEvents} are the least for a calibration curve`,
    ];
  const counts = target.labels.map((_, k) => test.truth.filter((y) => y === k).length);
  const fewest = Math.min(...counts);
  return [
    fewest >= enoughEvents ? "probably yes" : "no",
    `${count(fewest)} test rows of the rarest outcome; at least ${enoughEvents} are asked for to judge calibration`,
  ];
}

function grouped({ test }: ReportSource, side: DataSide | null): Answer {
  if (test.groups) return ["yes", "groups stay on one side, and intervals resample groups"];
  return leaks(side, ["group on two sides"], "no group was told, and none was seen on two sides");
}
