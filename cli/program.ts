/** The commands and their flags; what a command does is loaded only when it is called. */
import { Command, Option } from "commander";
import type { BenchFlags } from "./commands/bench.ts";
import type { DataFlags } from "./commands/data.ts";
import type { EvaluateFlags } from "./commands/evaluate.ts";
import type { ExplainFlags } from "./commands/explain.ts";
import type { InspectFlags } from "./commands/inspect.ts";
import type { LuckFlags } from "./commands/luck.ts";
import type { PredictFlags } from "./commands/predict.ts";
import type { ReportFlags } from "./commands/report.ts";

import { name, oneOf, whole } from "./flags.ts";
import {
  flagsOfData,
  flagsOfLuck,
  flagsOfTrain,
  listing,
  mcDropout,
  prevalence,
  sheetOption,
  subgroup,
  valued,
} from "./options.ts";
import type { Terminal } from "./output/terminal.ts";
import type { TrainFlags } from "./trainFlags.ts";

/** What a command is called with beside its flags. */
export interface Context {
  readonly terminal: Terminal;
  readonly release: string;
  /** As they were typed. */
  readonly args: readonly string[];
}

const examples = {
  golgi: `Examples:
  golgi train data/wdbc.csv --target Diagnosis
  golgi predict runs/wdbc-1 new-patients.csv --out predictions.csv
  golgi help train                            every flag of a command`,
  train: `Examples:
  golgi train wdbc.csv --target Diagnosis --positive M
  golgi train visits.csv --target died --group patient --cv 5 --repeat 10
  golgi train progression.csv --target score --hidden none`,
  luck: `Examples:
  golgi luck wdbc.csv --target Diagnosis
  golgi luck wdbc.csv --target Diagnosis --test-fraction 0.3 --draws 30 --all`,
  evaluate: `Example:
  golgi evaluate runs/wdbc-1 --data other-hospital.csv`,
  predict: `Examples:
  golgi predict runs/wdbc-1 new-patients.csv
  golgi predict runs/wdbc-1 new-patients.csv --out predictions.csv`,
  explain: `Examples:
  golgi explain runs/wdbc-1 new-patients.csv
  golgi explain runs/wdbc-1 new-patients.csv --line 7 --method shapley --background wdbc.csv`,
  data: `Examples:
  golgi data wdbc.csv
  golgi data wdbc.csv --target Diagnosis --strict
  golgi data visits.csv --target died --prove`,
  report: `Examples:
  golgi report runs/wdbc-1
  golgi report runs/visits-1 --data visits.csv --subgroup sex --subgroup age=40,65`,
  inspect: `Example:
  golgi inspect runs/wdbc-1 --graph`,
  bench: `Examples:
  golgi bench papers
  golgi bench papers --only wdbc,splice --seed 1`,
};

const about =
  "Deep learning for biomedical data: from a CSV to an evaluated, saved, predicting network.";

/** The program; `done` takes the exit code of the command that ran. */
export function programFor(context: Context, done: (code: number) => void): Command {
  const { terminal, release } = context;
  const { out, err } = terminal;
  const program = new Command("golgi")
    .description(about)
    .version(release, "--version", "print the version")
    .helpOption("--help", "show help")
    .helpCommand("help [command]", "show a command and its flags")
    .exitOverride()
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: out.write,
      writeErr: err.write,
      outputError: () => {},
      getOutHelpWidth: () => Math.min(100, out.columns),
      getErrHelpWidth: () => Math.min(100, err.columns),
      getOutHasColors: () => out.color,
      getErrHasColors: () => err.color,
    })
    .option("--debug", "with an internal fault, show where")
    .addHelpText("after", `\n${examples.golgi}`);
  addData(program, context, done);
  addTrain(program, context, done);
  addLuck(program, context, done);
  addEvaluate(program, context, done);
  addPredict(program, context, done);
  addExplain(program, context, done);
  addReport(program, context, done);
  addInspect(program, context, done);
  addBench(program, context, done);
  return program;
}

function commandOf(
  program: Command,
  called: Exclude<keyof typeof examples, "golgi">,
  [usage, text]: readonly [usage: string, text: string],
): Command {
  return program
    .command(`${called} ${usage}`)
    .description(text)
    .allowExcessArguments(false)
    .addHelpOption(new Option("--help", "show this").helpGroup("Help:"))
    .addOption(new Option("--debug", "with an internal fault, show where").hideHelp())
    .addHelpText("after", `\n${examples[called]}`);
}

type Done = (code: number) => void;

function addTrain(program: Command, context: Context, done: Done): void {
  const text = "Train a network on a table, evaluate it on rows it never saw, save it.";
  const command = commandOf(program, "train", ["<file>", text]);
  for (const [group, options] of Object.entries(flagsOfTrain))
    for (const option of options) command.addOption(option.helpGroup(`${group}:`));
  command.action(async (file: string, flags: TrainFlags) => {
    const { train } = await import("./commands/train.ts");
    done(await train(file, flags, context));
  });
}

function addData(program: Command, context: Context, done: Done): void {
  const text = "Show what a table holds, and what could make results from it look too good.";
  const command = commandOf(program, "data", ["<file>", text]);
  for (const option of Object.values(flagsOfTrain).flat())
    if (flagsOfData.has(option.long!)) command.addOption(option);
  command
    .option("--prove", "train with and without the cause of each suspicion")
    .addOption(listing("--prove-without <columns>", "train with and without these columns"))
    .addOption(valued("--prove-group <column>", "split by rows, and by this column", name))
    .addOption(valued("--prove-time <column>", "split at random, and forward in time", name))
    .option("--prove-duplicates", "test rows with copies of training rows, and without")
    .option("--prove-selection", "shuffle the target, select features before and inside the folds")
    .addOption(listing("--labels <labels>", "only rows whose target is one of these"))
    .option("--strict", "exit code 3 if a suspicion is severe")
    .option("--json", "everything as JSON")
    .action(async (file: string, flags: DataFlags) => {
      const { data } = await import("./commands/data.ts");
      done(await data(file, flags, context));
    });
}

function addLuck(program: Command, context: Context, done: Done): void {
  const text =
    "Train again and again with other splits and other seeds: how much of a number is luck.";
  const command = commandOf(program, "luck", ["<file>", text])
    .addOption(valued("--draws <count>", "trainings of each kind (30)", whole(2, 100_000, 30)))
    .option("--all", "draw from every row, the test rows too");
  for (const option of Object.values(flagsOfTrain).flat())
    if (flagsOfLuck.has(option.long!)) command.addOption(option);
  command.action(async (file: string, flags: LuckFlags) => {
    const { luck } = await import("./commands/luck.ts");
    done(await luck(file, flags, context));
  });
}

function addEvaluate(program: Command, context: Context, done: Done): void {
  commandOf(program, "evaluate", ["<run>", "Evaluate a trained network on another file."])
    .addOption(valued("--data <file>", "the file, with the target's column (needed)", name))
    .addOption(sheetOption())
    .addOption(valued("--group <column>", "rows of one patient, say: intervals by group", name))
    .addOption(prevalence())
    .addOption(subgroup())
    .addOption(mcDropout())
    .addOption(valued("--out <file>", "write the statistics as JSON", name))
    .option("--force", "replace the file that stands there")
    .option("--json", "the statistics as JSON on standard output")
    .action(async (run: string, flags: EvaluateFlags) => {
      const { evaluate } = await import("./commands/evaluate.ts");
      done(await evaluate(run, flags, context));
    });
}

function addPredict(program: Command, context: Context, done: Done): void {
  commandOf(program, "predict", ["<run> <file>", "Predict the rows of a file."])
    .addOption(sheetOption())
    .addOption(valued("--out <file>", "write a CSV (else to standard output)", name))
    .option("--force", "replace the file that stands there")
    .option("--json", "rows as JSON on standard output, one a line")
    .action(async (run: string, file: string, flags: PredictFlags) => {
      const { predict } = await import("./commands/predict.ts");
      done(await predict(run, file, flags, context));
    });
}

function addExplain(program: Command, context: Context, done: Done): void {
  const text = "Show what each column has to do with what is predicted for the rows of a file.";
  commandOf(program, "explain", ["<run> <file>", text])
    .addOption(
      valued(
        "--method <name>",
        "integrated, shapley, gradientInput or saliency (integrated)",
        oneOf("integrated", "shapley", "gradientInput", "saliency"),
      ),
    )
    .addOption(valued("--label <label>", "of several classes the one to explain", name))
    .addOption(listing("--line <numbers>", "rows on these lines of the file only", "7,12"))
    .addOption(sheetOption())
    .addOption(
      valued("--background <file>", "rows that stand in for what is not known (the file)", name),
    )
    .addOption(valued("--out <file>", "write a CSV, a column for each column", name))
    .option("--force", "replace the file that stands there")
    .option("--json", "everything as JSON on standard output")
    .action(async (run: string, file: string, flags: ExplainFlags) => {
      const { explain } = await import("./commands/explain.ts");
      done(await explain(run, file, flags, context));
    });
}

function addReport(program: Command, context: Context, done: Done): void {
  commandOf(program, "report", ["<run>", "Write a run as one HTML file that reviewers can read."])
    .addOption(valued("--data <file>", "the file of the run, if it is not near by", name))
    .addOption(valued("--test <file>", "the run's file of test rows", name))
    .addOption(subgroup())
    .addOption(valued("--out <file>", "the file (report.html in the run folder)", name))
    .option("--force", "replace the file that stands there")
    .action(async (run: string, flags: ReportFlags) => {
      const { report } = await import("./commands/report.ts");
      done(await report(run, flags, context));
    });
}

function addInspect(program: Command, context: Context, done: Done): void {
  commandOf(program, "inspect", ["<run>", "Show what a run holds: network, inputs, provenance."])
    .option("--graph", "every node of the computation, with its formula")
    .option("--plan", "a training step kernel by kernel, timed on this machine")
    .option("--json", "everything as JSON")
    .action(async (run: string, flags: InspectFlags) => {
      const { inspect } = await import("./commands/inspect.ts");
      done(await inspect(run, flags, context));
    });
}

function addBench(program: Command, context: Context, done: Done): void {
  const text = "Make the published baselines again on the data that come with Golgi.";
  commandOf(program, "bench", ["[papers]", text])
    .addOption(listing("--only <names>", "these papers only, such as wdbc,splice", "wdbc,splice"))
    .addOption(valued("--data <folder>", "a folder with more data sets by their file names", name))
    .addOption(
      valued("--seed <number>", "decides folds and first weights (0)", whole(0, 2 ** 32, 7)),
    )
    .option("--json", "a line a paper on standard output")
    .action(async (what: string | undefined, flags: BenchFlags) => {
      const { bench } = await import("./commands/bench.ts");
      done(await bench(what ?? "papers", flags, context));
    });
}
