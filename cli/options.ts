/** The flags of the commands, those of `train` by what they are about. */
import { Option } from "commander";
import {
  above0,
  below1,
  from0,
  name,
  names,
  oneOf,
  type Parse,
  share,
  whole,
  widths,
} from "./flags.ts";

/** A flag with a value; the parser knows the flag's name for its messages. */
export function valued<T>(flags: string, text: string, parse: Parse<T>): Option {
  const option = new Option(flags, text);
  const check = parse(option.long!.slice(2));
  return option.argParser((value) => check(value));
}

/** A flag with a list that may be given several times. */
export function listing(flags: string, text: string, example = "A,B"): Option {
  const option = new Option(flags, text);
  return option.argParser(names(option.long!.slice(2), example));
}

/** A table that stays on disk. */
const streamOption = () =>
  new Option("--stream", "keep the table on disk, in blocks of rows (from 256 MiB on)");

export const sheetOption = () =>
  valued("--sheet <name>", "the sheet of an Excel workbook (the first)", name);

export const prevalence = () =>
  valued("--prevalence <share>", "PPV and NPV where so many have the event", share("0.02"));

/** Once a column: cut points have commas between. */
export const subgroup = () =>
  new Option(
    "--subgroup <column>",
    "results by its values; age=40,65 cuts a number there (several times)",
  ).argParser((text: string, before: readonly string[] = []) => [
    ...before,
    name("subgroup")(text),
  ]);

export const mcDropout = () =>
  valued(
    "--mc-dropout <passes>",
    "passes with dropout left on, and how they disagree",
    whole(2, 100_000, 50),
  );

const most = 10_000_000;

export const flagsOfTrain = {
  "What to predict, from what": [
    valued("--target <column>", "the column to predict (needed)", name),
    valued("--positive <label>", "the label that counts as positive", name),
    valued(
      "--task <task>",
      "binary, classes or regression (found from the target)",
      oneOf("binary", "classes", "regression"),
    ),
    valued("--group <column>", "rows of one patient, say: never on two sides", name),
    listing("--id <columns>", "columns that name a row, shown beside predictions"),
    listing("--ignore <columns>", "columns to leave out, A,B"),
    listing("--number <columns>", "columns that are numbers, whatever they look like"),
    listing(
      "--missing <codes>",
      "more codes for a missing value, such as -9,unknown",
      "-9,unknown",
    ),
    valued("--dictionary <file>", "of a REDCap export its data dictionary", name),
    new Option("--skip-ragged", "leave out lines with too few or too many cells"),
    sheetOption(),
    streamOption(),
  ],
  "Which rows test it": [
    valued("--test-fraction <share>", "share of the rows held out (0.2)", share("0.2")),
    valued("--test <file>", "a file with the test rows", name),
    valued("--split-column <column>", "a column that says train, validation or test", name),
    valued("--time <column>", "the latest rows are tested; folds go forward in time", name),
    valued("--site <column>", "beside it, each site judged by a model of all others", name),
    valued("--cv <folds>", "cross-validation beside it, in so many folds", whole(2, 1000, 5)),
    valued(
      "--repeat <times>",
      "cross-validation with other folds each time (1)",
      whole(1, 1000, 10),
    ),
  ],
  "What becomes of the columns": [
    listing(
      "--steps <steps>",
      "log, winsorize=0.01, variance=0, variable=500, select=20, welch=20, pca=10; in this order",
      "log,winsorize=0.01",
    ),
    valued("--select <count>", "features that tell most of the target", whole(1, most, 20)),
    valued("--impute <way>", "gaps of numbers: median, knn, knn=7, iterative (median)", name),
    new Option("--without-indicators", "no 0/1 input for each column with gaps"),
    listing(
      "--ordinal <columns>",
      "categories in order: stage,grade=low<high",
      "stage,grade=low<high",
    ),
    valued("--kmers <letters>", "sequences as counts of their words of so many", whole(1, 12, 3)),
  ],
  "What is told of them": [
    valued(
      "--threshold <rule>",
      "youden, sensitivity=0.95, specificity=0.9, cost=1:4 or probability=0.2 (youden)",
      name,
    ),
    prevalence(),
    subgroup(),
    valued(
      "--ensemble <count>",
      "networks of other seeds, and how they disagree",
      whole(2, 1000, 5),
    ),
    mcDropout(),
    valued("--coverage <share>", "what conformal sets promise to hold (0.9)", share("0.9")),
    valued(
      "--optimism [refits]",
      "how much the fit flatters itself: the whole fit on resamples (200)",
      whole(10, 100_000, 200),
    ).preset("200"),
  ],
  "The network and its training": [
    valued("--hidden <widths>", "widths of the hidden layers, such as 32,16, or none", widths),
    valued(
      "--activation <name>",
      "relu, leakyRelu, gelu, tanh, sigmoid, softplus (relu)",
      oneOf("relu", "leakyRelu", "gelu", "tanh", "sigmoid", "softplus", "identity"),
    ),
    valued("--dropout <share>", "share of hidden values dropped in training", below1("0.1")),
    valued(
      "--optimizer <name>",
      "adam, adamW, sgd, momentum, nesterov, adagrad, rmsProp",
      oneOf("adam", "adamW", "sgd", "momentum", "nesterov", "adagrad", "rmsProp"),
    ),
    valued("--learning-rate <number>", "size of the steps, such as 1e-3", above0("1e-3")),
    valued("--weight-decay <number>", "pull of the weights toward 0", from0("1e-2")),
    valued("--batch-size <rows>", "rows a step (32)", whole(1, most, 32)),
    valued("--epochs <count>", "most passes over the training rows (200)", whole(1, most, 200)),
    valued(
      "--patience <count>",
      "epochs without a better validation loss (20)",
      whole(1, most, 20),
    ),
    valued(
      "--search <how>",
      "search what is not told: random or halving",
      oneOf("random", "halving"),
    ),
    valued("--search-trials <count>", "settings to try (20)", whole(1, 100_000, 50)),
    new Option("--balanced", "each class counts the same, however few its rows"),
    valued(
      "--seed <number>",
      "decides all that is random (0)",
      whole(0, Number.MAX_SAFE_INTEGER, 7),
    ),
    valued(
      "--threads <count>",
      "threads for large networks; the bits are the same (1)",
      whole(1, 64, 2),
    ),
    valued("--backend <name>", "wasm, or blas: not bit-reproducible", oneOf("wasm", "blas")),
  ],
  "What comes out": [
    valued("--out <folder>", "the run folder (runs/NAME-1, -2, …)", name),
    new Option("--force", "replace a run that stands there"),
    new Option("--json", "events on standard output, one a line"),
    new Option("--quiet", "only the results"),
  ],
  "Stopping and going on": [
    valued("--checkpoint <seconds>", "how often what is done is kept (10)", from0("10")),
    valued("--resume <run>", "go on with a run that was stopped; give its file again", name),
    new Option("--finish", "with --resume: evaluate the best weights so far"),
  ],
};

/** What `data` takes of them. */
export const flagsOfData = new Set(
  "--target --positive --task --group --id --ignore --number --missing --dictionary --skip-ragged --sheet --stream --test --split-column --time --site --seed".split(
    " ",
  ),
);

/** What `luck` takes of them. */
export const flagsOfLuck = new Set(
  "--target --positive --task --group --id --ignore --number --missing --dictionary --skip-ragged --sheet --test-fraction --split-column --hidden --activation --dropout --optimizer --learning-rate --weight-decay --batch-size --epochs --patience --balanced --seed --threads --json --quiet".split(
    " ",
  ),
);
