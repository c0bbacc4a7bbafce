/**
 * PROBAST+AI (Moons et al., BMJ 2025;388:e082505): 16 signalling questions on the development of a
 * model and 18 on its evaluation, by number and in our words, answered where the run can.
 */
import { type Section, table } from "../figure.ts";
import { listed } from "../format.ts";
import { type Child, el } from "../html.ts";
import { tag } from "./audit.ts";
import {
  type Answer,
  type Asked,
  apparentAvoided,
  doubted,
  enoughLearned,
  enoughTested,
  forAuthors,
  imbalanceInTest,
  measures,
  missingLearned,
  missingTested,
  overfitting,
  recalibrated,
  resampled,
  splitHeld,
} from "./probastAnswers.ts";

/** Number, what it asks in brief, and what the run knows of it. */
type Question = readonly [number: string, asks: string, answer: Answer];

export function probastSection(asked: Asked): Section {
  const parts = [
    ["development", "Development: quality", development(asked)],
    ["evaluation", "Evaluation: risk of bias", evaluation(asked)],
  ] as const;
  return {
    id: "probast",
    title: "PROBAST+AI",
    content: [
      el(
        "p",
        {},
        "The signalling questions of Moons et al., BMJ 2025;388:e082505, by their numbers and in our words; theirs count. The run answers what it can see; the rest is for the authors, and every judgment, that of applicability with them, for a reviewer.",
      ),
      parts.map(([id, title, questions]) => questionTable(id, title, questions)),
    ],
  };
}

const tags = {
  yes: "yes",
  "probably yes": "yes",
  "probably no": "part",
  no: "no",
  "not applicable": "open",
  "for the authors": "open",
} as const;

const domains = ["Participants and data", "Predictors", "Outcome", "Analysis"];

function questionTable(id: string, title: string, questions: readonly Question[]): Child {
  const counts = Object.keys(tags).flatMap((answer) => {
    const found = questions.filter(([, , [given]]) => given === answer).length;
    return found > 0 ? [`${found} ${answer}`] : [];
  });
  return table(
    {
      id: `probast-${id}`,
      title,
      note: `${questions.length} questions: ${listed(counts)}.`,
    },
    {
      header: ["question", "domain", "asks", "answer", "because"],
      names: 2,
      rows: questions.map(([number, asks, [answer, why]]): Child[] => [
        number,
        domains[Number(number[0]) - 1],
        asks,
        tag(tags[answer], answer),
        why,
      ]),
    },
  );
}

/** Domains 1 to 3 ask the same of the rows that learned and of those that test. */
function common({ side }: Asked, rows: string): Question[] {
  const unknown = (what: string) => forAuthors(`${what} not in the file`);
  return [
    ["1.1", "Sources of data that suit the question?", unknown("where the rows come from is")],
    ["1.2", "A study design that suits it?", unknown("the design is")],
    [
      "1.3",
      "Do inclusions and exclusions leave rows that stand for the target population?",
      unknown("eligibility is"),
    ],
    ["2.1", "Predictors defined and measured alike for everybody?", unknown("measurement is")],
    [
      "2.2",
      "Predictors preprocessed alike for everybody?",
      [
        "probably yes",
        `one recipe, fitted on the training rows, for ${rows}; what was done before is for the authors`,
      ],
    ],
    [
      "2.3",
      "Predictors measured without knowledge of the outcome?",
      doubted(side, ["single feature", "class-wise constant"], "blinding is not in the file"),
    ],
    [
      "2.4",
      "Predictors at hand when the model is to be used?",
      doubted(side, ["single feature", "row counter"], "when each is measured is not in the file"),
    ],
    ["3.1", "Outcome defined and determined well?", unknown("its definition is")],
    ["3.2", "Outcome defined and determined alike for everybody?", unknown("its assessment is")],
    [
      "3.3",
      "Outcome determined without the predictors?",
      doubted(side, ["single feature", "class-wise constant"], "blinding is not in the file"),
    ],
    ["3.4", "A fitting time between predictors and outcome?", unknown("that time is")],
  ];
}

const development = (asked: Asked): Question[] => [
  ...common(asked, "all rows"),
  ["4.1", "Enough rows to learn from?", enoughLearned(asked)],
  [
    "4.2",
    "Continuous and categorical predictors handled well?",
    [
      "probably yes",
      "numbers stay numbers, categories become 0/1 columns or keep their order; nothing is cut into groups, and the network bends lines by itself",
    ],
  ],
  ["4.3", "Missing or censored values handled well?", missingLearned(asked)],
  ["4.4", "Where class imbalance was corrected: recalibrated after it?", recalibrated(asked)],
  ["4.5", "Was overfitting dealt with?", overfitting(asked)],
];

const evaluation = (asked: Asked): Question[] => [
  ...common(asked, "the test rows, unchanged"),
  ["4.1", "More than apparent performance?", apparentAvoided(asked)],
  ["4.2", "Enough rows to test by?", enoughTested(asked)],
  ["4.3", "Missing or censored values handled well?", missingTested(asked)],
  ["4.4", "Tested on rows without correction of class imbalance?", imbalanceInTest(asked)],
  ["4.5", "Where rows were split: no leak from one side to the other?", splitHeld(asked)],
  ["4.6", "Where rows were resampled: every step of development in it?", resampled(asked)],
  ["4.7", "Calibration, discrimination and net benefit evaluated well?", measures(asked)],
];
