/** Between the command that began a run and the one that goes on with it. */
import type { Begun, Json, Manifest } from "../src/node.ts";
import { UsageError } from "./flags.ts";
import { warn } from "./output/page.ts";
import { harmless } from "./output/style.ts";
import type { Context } from "./program.ts";
import type { TrainFlags } from "./trainFlags.ts";
import { called, shellWords, spoken } from "./words.ts";

const isList = (value: unknown, of: "string" | "number") =>
  Array.isArray(value) && value.every((each) => typeof each === of);
const kinds = {
  text: (value: unknown) => typeof value === "string",
  texts: (value: unknown) => isList(value, "string"),
  number: (value: unknown) => typeof value === "number",
  numbers: (value: unknown) => isList(value, "number"),
  yes: (value: unknown) => value === true,
  task: (value: unknown) => ["binary", "classes", "regression"].includes(value as string),
};

/** Flags that say nothing about the bits, and paths of files, which no file may name. */
type Free =
  | ("test" | "dictionary" | "threads" | "out" | "force" | "json" | "quiet")
  | ("resume" | "finish" | "checkpoint");

/** What `run.json` keeps of the flags: all that a run is begun with but files. */
const kept: { readonly [F in Exclude<keyof TrainFlags, Free>]-?: keyof typeof kinds } = {
  ...{ target: "text", positive: "text", task: "task", group: "text" },
  ...{ id: "texts", ignore: "texts", number: "texts", missing: "texts", skipRagged: "yes" },
  ...{ sheet: "text", stream: "yes", time: "text", site: "text" },
  ...{ search: "text", searchTrials: "number" },
  ...{ testFraction: "number", splitColumn: "text", cv: "number", repeat: "number" },
  ...{ hidden: "numbers", activation: "text", dropout: "number", optimizer: "text" },
  ...{ learningRate: "number", weightDecay: "number", batchSize: "number", epochs: "number" },
  ...{ patience: "number", balanced: "yes", seed: "number", backend: "text" },
  ...{ steps: "texts", select: "number", impute: "text", ordinal: "texts", kmers: "number" },
  ...{ withoutIndicators: "yes" },
  ...{ threshold: "text", prevalence: "number", subgroup: "texts", ensemble: "number" },
  ...{ optimism: "number", mcDropout: "number", coverage: "number" },
};

export const keptFlags = (flags: TrainFlags): Json =>
  Object.fromEntries(
    Object.keys(kept).flatMap((name) => {
      const value = flags[name as keyof typeof kept];
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** Flags as they are typed: `--hidden 32,16`. */
export const typedFlags = (flags: TrainFlags): string[] =>
  Object.entries(keptFlags(flags) as TrainFlags).flatMap(([name, value]) => {
    if (value === true) return [spoken(name)];
    // cut points have commas of their own
    if (name === "subgroup") return (value as string[]).flatMap((each) => [spoken(name), each]);
    const list = Array.isArray(value) && value.length === 0 ? "none" : String(value);
    return [spoken(name), list];
  });

/** The flags that name a file, which are given again. */
export const fileFlags = ({ test, dictionary }: TrainFlags): string[] => [
  ...(test === undefined ? [] : ["--test", test]),
  ...(dictionary === undefined ? [] : ["--dictionary", dictionary]),
];

/** The dictionary is given again, since what columns are called depends on it. */
function checkDictionary({ dictionary }: TrainFlags, { manifest }: Begun): void {
  const { name } = Object(Object(manifest.settings).dictionary) as { name?: string };
  if (name !== undefined && dictionary === undefined)
    throw new UsageError(
      `the run was begun with the dictionary ${name}. Add --dictionary ${name}.`,
    );
}

/** The flags a run was begun with, and those given now; what is said again must agree. */
export function resumedFlags(given: TrainFlags, begun: Begun): TrainFlags {
  checkDictionary(given, begun);
  const stored = Object(begun.flags) as Readonly<Record<string, unknown>>;
  const flags: Record<string, unknown> = { ...given };
  for (const [name, kind] of Object.entries(kept)) {
    const value = Object.hasOwn(stored, name) ? stored[name] : undefined;
    if (value !== undefined && !kinds[kind](value))
      throw new UsageError(
        `run.json of ${given.resume}: “${name}” is something else; it was damaged or edited. Train anew.`,
      );
    const said = given[name as keyof typeof kept];
    if (said !== undefined && JSON.stringify(said) !== JSON.stringify(value))
      throw new UsageError(
        `${spoken(name)} ${said}: the run was begun ${value === undefined ? "without it" : `with ${value}`}. Leave it out, or train anew without --resume.`,
      );
    if (value !== undefined) flags[name] = value;
  }
  return flags;
}

/** Refuses another release, other data, and flags that do not make the settings of the run. */
export function checkSame(begun: Manifest, own: Manifest, paths: readonly string[]): void {
  if (begun.release !== own.release)
    throw new UsageError(
      `the run was begun by Golgi ${begun.release}, this is ${own.release}: its bits may differ. Go on with that release, or train anew.`,
    );
  const needed = begun.data.map(({ name }) => name).join(" and ");
  if (begun.data.length !== own.data.length)
    throw new UsageError(
      `the run was begun with ${needed}. Give ${begun.data.length > 1 ? "both, the second with --test" : "it alone, without --test"}.`,
    );
  begun.data.forEach(({ name, sha256 }, i) => {
    if (own.data[i]!.sha256 !== sha256)
      throw new UsageError(
        `${paths[i]} is not the ${name} that the run was begun with (its SHA-256 differs). Give that file, or train anew.`,
      );
  });
  const dictionaries = [begun, own].map(({ settings }) => Object(settings).dictionary?.sha256);
  if (dictionaries[0] !== dictionaries[1])
    throw new UsageError(
      "--dictionary is not what the run was begun with (its SHA-256 differs). Give the same, or train anew.",
    );
  if (JSON.stringify(begun.settings) !== JSON.stringify(own.settings))
    throw new UsageError(
      "the flags and the settings in run.json do not fit each other; it was edited. Train anew.",
    );
}

/** Says how to go on with a run that Ctrl-C stopped, and how to end it as it is. */
export function tellPaused(
  { file, out, flags }: { readonly file: string; readonly out: string; readonly flags: TrainFlags },
  { terminal }: Context,
): void {
  const { force, json } = flags;
  const words = ["train", file, ...fileFlags(flags), "--resume", out];
  const command = `${called()} ${shellWords([...words, ...(force ? ["--force"] : [])])}`;
  if (json) terminal.out.write(`${JSON.stringify({ event: "paused", run: out, command })}\n`);
  warn(terminal.err, harmless(`stopped; what is done is kept in ${out}.partial/`));
  terminal.err.write(`go on      ${harmless(command)}\n`);
  terminal.err.write(
    `end here   ${harmless(command)} --finish   evaluates the best weights so far\n`,
  );
}

/** Says from where a run goes on; `epochs` are over, unknown where nothing was kept. */
export function tellResumed(
  { out, flags }: { readonly out: string; readonly flags: TrainFlags },
  { terminal }: Context,
  epochs: number | undefined,
): void {
  if (flags.resume === undefined) return;
  if (flags.finish && !epochs)
    throw new UsageError(
      `${out}: no epoch is over that could be evaluated. Leave --finish out to go on.`,
    );
  if (flags.json)
    terminal.out.write(`${JSON.stringify({ event: "resume", run: out, epoch: epochs ?? 0 })}\n`);
  else if (!flags.quiet)
    terminal.err.write(
      harmless(epochs ? `going on after epoch ${epochs}` : "beginning anew: nothing was kept") +
        "\n",
    );
}
