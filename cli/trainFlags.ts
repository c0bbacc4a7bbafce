/** What `golgi train` was told, checked as a whole and as the library calls it. */
import type { Reading, StudyOptions } from "../src/index.ts";
import { UsageError } from "./flags.ts";
import { harmless } from "./output/style.ts";
import type { Terminal } from "./output/terminal.ts";
import { type RecipeFlags, recipePlan } from "./recipeFlags.ts";
import { shellWords, spoken } from "./words.ts";

export interface TrainFlags extends RecipeFlags {
  readonly target?: string;
  readonly positive?: string;
  readonly task?: NonNullable<StudyOptions["task"]>;
  readonly group?: string;
  readonly id?: readonly string[];
  readonly ignore?: readonly string[];
  readonly number?: readonly string[];
  readonly missing?: readonly string[];
  readonly dictionary?: string;
  readonly skipRagged?: true;
  readonly sheet?: string;
  readonly stream?: true;
  readonly testFraction?: number;
  readonly test?: string;
  readonly splitColumn?: string;
  readonly time?: string;
  readonly site?: string;
  readonly threshold?: string;
  readonly prevalence?: number;
  readonly subgroup?: readonly string[];
  readonly ensemble?: number;
  readonly optimism?: number;
  readonly mcDropout?: number;
  readonly coverage?: number;
  readonly cv?: number;
  readonly repeat?: number;
  readonly hidden?: readonly number[];
  readonly activation?: NonNullable<StudyOptions["activation"]>;
  readonly dropout?: number;
  readonly optimizer?: NonNullable<StudyOptions["optimizer"]>;
  readonly learningRate?: number;
  readonly weightDecay?: number;
  readonly batchSize?: number;
  readonly epochs?: number;
  readonly patience?: number;
  readonly search?: NonNullable<StudyOptions["search"]>;
  readonly searchTrials?: number;
  readonly balanced?: true;
  readonly seed?: number;
  readonly threads?: number;
  readonly backend?: "wasm" | "blas";
  readonly out?: string;
  readonly force?: true;
  readonly json?: true;
  readonly quiet?: true;
  readonly checkpoint?: number;
  readonly resume?: string;
  readonly finish?: true;
}

/** What `--resume` goes with. */
export function checkResumption({ resume, finish, out }: TrainFlags): void {
  if (resume === undefined && finish)
    throw new UsageError("--finish ends an unfinished run. Name it with --resume RUN.");
  if (resume !== undefined && out !== undefined)
    throw new UsageError(
      `--out ${out}: --resume goes on in the run's own folder. Leave --out out.`,
    );
}

/** What no flag can check by itself; returns the target. */
export function checkFlags(file: string, flags: TrainFlags, command = "train"): string {
  if (flags.target === undefined)
    throw new UsageError(
      `${command} needs --target COLUMN, the column to predict: golgi ${command} ${shellWords([file])} --target COLUMN`,
    );
  if (flags.repeat !== undefined && flags.cv === undefined)
    throw new UsageError(`--repeat ${flags.repeat} repeats a cross-validation. Add --cv 5.`);
  if (flags.searchTrials !== undefined && flags.search === undefined)
    throw new UsageError(
      `--search-trials ${flags.searchTrials} is the size of a search. Add --search random or --search halving.`,
    );
  if (flags.task === "regression" && flags.positive !== undefined)
    throw new UsageError("--positive is for a binary task, not for a regression. Leave it out.");
  if (flags.number?.includes(flags.target))
    throw new UsageError(
      `--number ${flags.target}: this column is the target. To predict it as a number, say --task regression.`,
    );
  if (flags.time !== undefined && flags.repeat !== undefined)
    throw new UsageError(
      `--repeat ${flags.repeat}: folds forward in time are the same each time. Leave it out.`,
    );
  const third = flags.time === undefined ? "testFraction" : "time";
  const told = (["test", "splitColumn", third] as const).filter(
    (name) => flags[name] !== undefined,
  );
  if (told.length > 1)
    throw new UsageError(
      `${told.map(spoken).join(" and ")} both say which rows test. Keep one of them.`,
    );
  return flags.target;
}

/** Flags that the library calls as we do, and those it calls otherwise. */
const same = [
  ...(["positive", "task", "group", "ignore", "testFraction", "splitColumn", "seed"] as const),
  ...(["time", "site", "search", "searchTrials"] as const),
  ...(["hidden", "activation", "dropout", "optimizer", "learningRate", "weightDecay"] as const),
  ...(["threshold", "prevalence", "ensemble", "optimism", "mcDropout", "coverage"] as const),
  ...(["batchSize", "epochs", "patience", "balanced"] as const),
] satisfies readonly (keyof TrainFlags & keyof StudyOptions)[];
const renamed = {
  cv: "folds",
  repeat: "repeats",
  id: "identifiers",
  number: "numbers",
  subgroup: "subgroups",
} as const;

/** Flags as the library calls them; what nobody said stays unsaid. */
export function studyOptions(flags: TrainFlags, target: string): StudyOptions {
  const names = [...same.map((name) => [name, name] as const), ...Object.entries(renamed)] as const;
  const told = names.flatMap(([flag, name]) => {
    const value = flags[flag as keyof TrainFlags];
    return value === undefined ? [] : [[name, value]];
  });
  const recipe = recipePlan(flags);
  return { target, ...Object.fromEntries(told), ...(recipe ? { recipe } : {}) };
}

/** What was told of how files are read. */
export const readingOf = ({ skipRagged, sheet, stream }: TrainFlags): Reading => ({
  ...(skipRagged ? { skipRagged } : {}),
  ...(sheet === undefined ? {} : { sheet }),
  ...(stream ? { stream } : {}),
});

/** How a file is read: of Excel workbooks the told sheet; a conversion is told. */
export const readOptions = (
  told: Pick<TrainFlags, "missing" | "dictionary" | "skipRagged" | "sheet" | "stream">,
  { err }: Terminal,
  path?: string,
) => {
  const { missing = [], dictionary, skipRagged, sheet, stream } = told;
  const book = path === undefined || /\.xlsx$/i.test(path);
  return {
    missing,
    skipRagged: skipRagged ?? false,
    // a file of test rows is read as the training rows were
    ...(dictionary === undefined || path !== undefined ? {} : { dictionary }),
    ...(stream ? { stream } : {}),
    onConvert: (message: string) => err.write(`${harmless(message)}\n`),
    ...(sheet === undefined || !book ? {} : { sheet }),
  };
};

/** `wdbc` for `data/wdbc.csv`. */
export function stemOf(file: string): string {
  const name = file
    .split(/[/\\]/)
    .at(-1)!
    .replace(/\.[^.]*$/, "");
  return name.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "") || "run";
}
