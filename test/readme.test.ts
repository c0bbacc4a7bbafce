/**
 * README.md and docs/*.md are run: every ts block, and every golgi command of the sh and console blocks.
 * In the documents an HTML comment before a block says what a reader need not see:
 * `<!-- continues -->`: the block goes on where the ts block before it ended;
 * `<!-- printed by FILE -->`: the text is what this example prints;
 * `<!-- not run: reason -->`: it cannot run here; such blocks are counted and printed.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { format } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { main } from "../cli/main.ts";
import type { Terminal } from "../cli/output/terminal.ts";
import { defaults } from "../src/index.ts";

interface Block {
  readonly document: string;
  readonly line: number;
  readonly language: string;
  readonly lines: readonly string[];
  /** What the HTML comment before it says. */
  readonly told: string;
}

const documents = [
  "README.md",
  ...readdirSync("docs")
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => `docs/${name}`),
];

function blocksOf(document: string): Block[] {
  const found: Block[] = [];
  let told = "";
  let open: { line: number; language: string; lines: string[] } | null = null;
  for (const [i, line] of readFileSync(document, "utf8").split("\n").entries()) {
    const [, language] = /^```(\w*)$/.exec(line) ?? [];
    if (open && language === "") {
      found.push({ document, ...open, told });
      [open, told] = [null, ""];
    } else if (open) open.lines.push(line);
    else if (language !== undefined) open = { line: i + 1, language, lines: [] };
    else if (line !== "") told = /^<!-- (.*) -->$/.exec(line)?.[1] ?? "";
  }
  return found;
}

const blocks = documents.flatMap(blocksOf);
const isRun = ({ told }: Block) => !told.startsWith("not run:");
const nameOf = ({ document, line }: Block) => `${document}, line ${line}`;

/** ts blocks that belong together, each with the text block after it, if there is one. */
function programsOf(all: readonly Block[]): Block[][] {
  const programs: Block[][] = [];
  for (const block of all.filter((each) => each.language === "ts" && isRun(each)))
    if (block.told === "continues") programs.at(-1)!.push(block);
    else programs.push([block]);
  return programs;
}
const programs = programsOf(blocks);

let folder: string; // inside the project, so that "golgi" is found; coverage/ is nobody's source
let home: string; // where a reader stands: sample data, files of their own
const root = resolve(".");

beforeAll(() => {
  mkdirSync("coverage", { recursive: true });
  folder = mkdtempSync(join(root, "coverage", "readme-"));
  home = mkdtempSync(join(tmpdir(), "golgi-readme-"));
  cpSync("data", join(home, "data"), { recursive: true });
  for (const [name, text] of Object.entries(ownFiles())) writeFileSync(join(home, name), text);
  process.chdir(home);
  vi.stubEnv("npm_command", "exec"); // hints then say “npx golgi”, whoever runs this test
});

afterAll(() => {
  process.chdir(root);
  vi.unstubAllEnvs();
  for (const path of [folder, home]) rmSync(path, { recursive: true, force: true });
});

/** What the documents call a reader's own files. */
function ownFiles(): Record<string, string> {
  const [header = "", ...rows] = readFileSync("data/wdbc.csv", "utf8").trimEnd().split("\n");
  const lines = (...all: string[]) => `${all.join("\n")}\n`;
  return {
    "new-patients.csv": lines(header, ...rows.slice(0, 5)),
    "other-hospital.csv": lines(header, ...rows.slice(0, 100)),
    "hospitals.csv": lines(
      `${header},hospital,date,patient`,
      ...rows.slice(0, 240).map((row, i) => {
        const date = `20${15 + Math.floor(i / 40)}-0${1 + (i % 9)}-11`;
        return `${row},${["Bern", "Graz", "Lund"][i % 3]},${date},${Math.floor(i / 2)}`;
      }),
    ),
    "ragged.csv": lines("age,crp,died", "61,4.5,no", "47,yes"),
    "three-columns.csv": lines("ID,Radius_mean,Texture_mean", "1,14.2,19.1"),
  };
}

const sourceOf = (program: readonly Block[]): string =>
  `${program.flatMap(({ lines }) => lines).join("\n")}\nexport {};\n`.replace(
    /(from ")\.{1,2}\/src\//g,
    "$1../../src/",
  );

describe("ts blocks", () => {
  test("have the types they say", () => {
    const options = { noUnusedLocals: false, noUnusedParameters: false };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: "../../tsconfig.json",
        compilerOptions: options,
        include: ["*.ts"],
      }),
    );
    programs.forEach((program, i) => {
      writeFileSync(join(folder, `block-${i}.ts`), sourceOf(program));
    });
    const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
    const { stdout } = spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
    const faults = stdout.replace(/^.*block-(\d+)\.ts/gm, (_, i) => nameOf(programs[i]![0]!));
    expect(faults).toBe("");
  });

  for (const [i, program] of programs.entries())
    test(nameOf(program[0]!), async () => {
      const printed = await run(program, join(folder, `run-${i}.ts`));
      for (const [part, block] of program.entries()) expectShown(block, printed.get(part) ?? []);
    });
});

interface Printed {
  /** The line of the block that printed it, from 0. */
  readonly line: number;
  readonly text: string;
}

/** Runs a program whose console.log says which block and line it stands on. */
async function run(program: readonly Block[], file: string): Promise<Map<number, Printed[]>> {
  const printed = new Map<number, Printed[]>(program.map((_, part) => [part, []]));
  const shown = (part: number, line: number, ...values: unknown[]) =>
    printed.get(part)!.push({ line, text: format(...values) });
  Object.assign(globalThis, { shown });
  const marked = program.map((block, part) => ({
    ...block,
    lines: block.lines.map((text, line) =>
      text.replace(/console\.log\(/, `globalThis.shown(${part}, ${line}, `),
    ),
  }));
  writeFileSync(
    file,
    `// @ts-nocheck: the globals of a block are told by the blocks before it\n${sourceOf(marked)}`,
  );
  await import(file);
  return printed;
}

const expectation = /console\.log\(.*\); \/\/ (.+)$/;

/** `console.log(x); // 3` prints 3; what the others print is the text block after them. */
function expectShown(block: Block, printed: readonly Printed[]): void {
  block.lines.forEach((text, line) => {
    const [, told] = expectation.exec(text) ?? [];
    if (told === undefined) return;
    const found = printed.filter((each) => each.line === line).map((each) => each.text);
    expect(found.map(oneLine), `${block.document}, line ${block.line + 1 + line}`).toEqual([told]);
  });
  const next = blocks[blocks.indexOf(block) + 1];
  if (next?.language !== "text" || next.told !== "" || next.document !== block.document) return;
  const others = printed.filter(({ line }) => !expectation.test(block.lines[line]!));
  const all = others.map(({ text }) => text).join("\n");
  expect(oneLine(all)).toBe(oneLine(next.lines.join("\n")));
}
const oneLine = (text: string) => text.replace(/\s+/g, " ");

/** A command of a block and the lines shown below it. */
interface Command {
  readonly block: Block;
  readonly words: string;
  readonly shown: readonly string[];
}

/** What `npm start` calls. */
const start = [
  "golgi train data/wdbc.csv --target Diagnosis --positive M",
  "golgi report runs/wdbc-1",
];

function commandsOf(block: Block): Command[] {
  const commands: { block: Block; words: string; shown: string[] }[] = [];
  for (const line of block.lines) {
    const isPrompt = block.language === "console" ? /^\$ (.*)$/ : /^(?:\$ )?((?:npx )?golgi .*)$/;
    const [, typed] = isPrompt.exec(line) ?? [];
    if (typed !== undefined) {
      const words = typed.replace(/ +# .*$/, "").replace(/^npx /, "");
      commands.push({ block, words, shown: [] });
    } else if (block.language === "console") commands.at(-1)?.shown.push(line);
  }
  return commands.filter(({ words }) => words === "npm start" || words.startsWith("golgi "));
}

const commands = blocks
  .filter((block) => ["sh", "console"].includes(block.language) && isRun(block))
  .flatMap(commandsOf);

describe("commands", () => {
  for (const { block, words, shown } of commands)
    test(`${nameOf(block)}: ${words}`, async () => {
      const calls = words === "npm start" ? start : [words];
      let [code, printed] = [0, ""];
      for (const each of calls) {
        const called = await call(each);
        code = called.code;
        printed += called.printed;
      }
      const refused = shown.some((line) => line.startsWith("golgi: "));
      expect(`${printed}\nexit ${code}`).toMatch(new RegExp(`exit ${refused ? 2 : 0}$`));
      expectLines(shown, printed);
    });
});

async function call(words: string): Promise<{ code: number; printed: string }> {
  let printed = "";
  const write = (text: string) => {
    printed += text;
  };
  const sink = { write, drained: async () => {}, isTerminal: false, columns: 100, color: false };
  const terminal: Terminal = { out: sink, err: sink, onInterrupt: () => () => {}, exit: () => {} };
  const split = [...words.matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain!,
  );
  const code = await main(split.slice(1), terminal);
  return { code, printed };
}

/** Lines as shown are printed in that order, but for numbers, times and `…`, which stands for any lines. */
function expectLines(shown: readonly string[], printed: string): void {
  const found = printed.split("\n").map(withoutNumbers);
  let at = 0;
  for (const line of shown) {
    if (line.trim() === "" || isTransient(line)) continue;
    const place = found.indexOf(withoutNumbers(line), at);
    expect(
      place,
      `“${line}” is not printed:\n${printed.replace(/^epoch .*\n/gm, "")}`,
    ).toBeGreaterThanOrEqual(0);
    at = place + 1;
  }
}
/** What only a terminal sees, or nobody: setting up, the progress bar. */
const isTransient = (line: string) => /^(?:…$|golgi · |training {3}[█░])/.test(line);
const withoutNumbers = (line: string) =>
  line
    .replace(/[▁-█░]+/g, "#")
    .replace(/−?\d[\d.]*/g, "#")
    .replace(/# (?:ms|µs|s)\b/g, "#")
    .replace(/\s+/g, " ")
    .trim();

for (const block of blocks) {
  const [, example] = /^printed by (.+)$/.exec(block.told) ?? [];
  if (example === undefined) continue;
  test(`${nameOf(block)}: ${example}`, async () => {
    const printed: string[] = [];
    const log = vi.spyOn(console, "log").mockImplementation((...words) => {
      printed.push(format(...words));
    });
    await import(join(root, example)).finally(() => log.mockRestore());
    expect(printed.join("\n")).toContain(block.lines.join("\n"));
  });
}

test("the guide's defaults are the library's", () => {
  const guide = readFileSync(join(root, "docs", "guide-command-line.md"), "utf8");
  const rows = [...guide.matchAll(/^\| `--([a-z-]+) [A-Z]+` \| ([\w.]+) \|/gm)];
  const camel = (flag: string) => flag.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
  const names: Readonly<Record<string, string>> = { repeat: "repeats" };
  const told = rows
    .map(([, flag, value]) => [names[flag!] ?? camel(flag!), value] as const)
    .filter(([name]) => Object.hasOwn(defaults, name));
  expect(told.length).toBeGreaterThan(8);
  for (const [name, value] of told)
    expect(value, name).toBe(String(defaults[name as keyof typeof defaults]));
});

test("blocks that are not run say why", () => {
  const left = blocks.filter((block) => !isRun(block));
  for (const block of left) expect(block.told, nameOf(block)).toMatch(/^not run: \S+/);
  const told = left.map((block) => `${nameOf(block)}: ${block.told}`).join("\n  ");
  console.info(
    `${programs.length} programs, ${commands.length} commands, ${left.length} blocks not run\n  ${told}`,
  );
  expect(programs.length).toBeGreaterThan(5);
  expect(commands.length).toBeGreaterThan(10);
});
