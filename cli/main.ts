/** The command line: arguments in, an exit code out. 0 good, 1 our fault, 2 bad input. */
import { readFileSync } from "node:fs";
import type { Command, CommanderError } from "commander";
import { nearest, UsageError } from "./flags.ts";
import { harmless } from "./output/style.ts";
import { processTerminal, type Terminal } from "./output/terminal.ts";
import { programFor } from "./program.ts";

/** Runs one command and never throws: `process.exitCode = await main(process.argv.slice(2))`. */
export async function main(
  args: readonly string[],
  terminal: Terminal = processTerminal(),
): Promise<number> {
  let code = 0;
  try {
    const program = programFor({ terminal, release: release(), args }, (result) => {
      code = result;
    });
    if (args.length === 0) program.outputHelp();
    else await run(program, args);
    return code;
  } catch (error) {
    return explain(error, terminal, args.includes("--debug"));
  }
}

function release(): string {
  // beside the sources and beside what is built from them
  for (const up of ["../package.json", "../../package.json"])
    try {
      const found = JSON.parse(readFileSync(new URL(up, import.meta.url), "utf8"));
      if (found.name === "golgi") return found.version;
    } catch {}
  return "unknown";
}

async function run(program: Command, args: readonly string[]): Promise<void> {
  const [first, asked = ""] = args;
  if (first === "help" && !/^(?:-.*|help|)$/.test(asked)) requireCommand(program, asked);
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!isCommanders(error)) throw error;
    if (error.exitCode !== 0) throw new UsageError(inOurWords(error, program, args));
  }
}

const isCommanders = (error: unknown): error is CommanderError =>
  error instanceof Error && "code" in error && String(error.code).startsWith("commander.");

/** What commander found wrong, as one line with a remedy. */
function inOurWords(error: CommanderError, program: Command, args: readonly string[]): string {
  const command = program.commands.find((each) => each.name() === args[0]);
  const help = `golgi help${command ? ` ${command.name()}` : ""}`;
  const [, said = ""] = /'([^']*)'/.exec(error.message) ?? [];
  switch (error.code) {
    case "commander.unknownOption":
      return unknownFlag(said, command ?? program, help);
    case "commander.unknownCommand":
      return noCommand(program, said);
    case "commander.missingArgument":
      return `${command?.name()} needs ${said === "run" ? "a run folder" : "a file"}. Usage: golgi ${command?.name()} ${command?.usage()}`;
    case "commander.optionMissingArgument":
      return `${said.split(" ")[0]} needs a value: ${said}.`;
    case "commander.excessArguments":
      return `${command?.name()} takes ${command?.registeredArguments.map((each) => each.name().toUpperCase()).join(" and ")} and flags, nothing more: put quotes around names with spaces. See ${help}.`;
    default:
      return `${error.message.replace(/^error: /, "")}. See ${help}.`;
  }
}

function requireCommand(program: Command, name: string): void {
  if (!program.commands.some((each) => each.name() === name))
    throw new UsageError(noCommand(program, name));
}

function noCommand(program: Command, name: string): string {
  const names = program.commands.map((each) => each.name());
  const near = nearest(name, names);
  return `there is no command “${name}”. ${near ? `Did you mean “${near}”?` : `The commands are ${names.join(", ")}.`}`;
}

function unknownFlag(flag: string, command: Command, help: string): string {
  const flags = command.options.map((option) => option.long!.slice(2));
  const near = nearest(flag.replace(/^-+/, ""), flags);
  const remedy = near ? `Did you mean --${near}?` : `See ${help}.`;
  return `${command.name()} has no flag ${flag}. ${remedy}`;
}

/** One line for a person's mistake; a fault of ours asks for a report. */
function explain(error: unknown, { err }: Terminal, debug: boolean): number {
  const known = error instanceof Error && ["InputError", "UsageError"].includes(error.name);
  const message = error instanceof Error ? error.message : String(error);
  const line = harmless(message.replace(/\s*\n\s*/g, " "));
  err.write(`golgi: ${known ? line : `internal fault: ${line}`}\n`);
  if (known) return 2;
  if (debug && error instanceof Error) err.write(`${error.stack}\n`);
  else err.write(`This is a fault of Golgi: please report it with what --debug shows.\n`);
  return 1;
}
