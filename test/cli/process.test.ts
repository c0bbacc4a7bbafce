/** The command as a process of its own: streams, exit codes, a terminal. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { control, temporaryFolder, wdbcArguments } from "./files.ts";

const command = fileURLToPath(new URL("../../bin/golgi.js", import.meta.url));
const folder = temporaryFolder();
const plain = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "", npm_command: "" };

const golgi = (args: readonly string[], options: { readonly env?: NodeJS.ProcessEnv } = {}) =>
  spawnSync(process.execPath, [command, ...args], {
    cwd: folder.path("."),
    encoding: "utf8",
    env: plain,
    ...options,
  });

// the first call may have to build
test("alone it shows its help; so does --help, and --version the version", () => {
  const [alone, help, version] = [[], ["--help"], ["--version"]].map((args) => golgi(args));
  expect([alone!.status, help!.status, version!.status]).toEqual([0, 0, 0]);
  expect(alone!.stdout).toBe(help!.stdout);
  expect(alone!.stdout).toMatch(/^Usage: golgi .*\n\nDeep learning for biomedical data/);
  expect(version!.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
}, 180_000);

test("piped: default output folder, results and progress apart, no control characters", () => {
  const args = [...wdbcArguments, "--epochs", "5"];
  const { status, stdout, stderr } = golgi(args);
  expect(status).toBe(0);
  expect(stdout).toContain("written to   runs/wdbc-1/");
  expect(stdout).not.toContain("epoch 1/5");
  expect(stderr).toContain("epoch 5/5");
  expect(stdout + stderr).not.toMatch(control);
  expect(golgi(args).stdout).toContain("written to   runs/wdbc-2/");
  expect(readdirSync(folder.path("runs"))).toEqual(["wdbc-1", "wdbc-2"]);
});

test("bad input: exit code 2, standard output empty", () => {
  const { status, stdout, stderr } = golgi(["train", "none.csv", "--target", "y"]);
  expect([status, stdout, stderr]).toEqual([
    2,
    "",
    "golgi: none.csv: no such file or folder. Check the path.\n",
  ]);
});

test("FORCE_COLOR paints, and changes nothing else", () => {
  const args = ["inspect", "runs/wdbc-1"];
  const painted = golgi(args, { env: { ...plain, FORCE_COLOR: "1" } }).stdout;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what paints
  const paint = /\u001b\[\d+m/g;
  expect(painted).toMatch(paint);
  expect(painted.replace(paint, "")).toBe(golgi(args).stdout);
});

test("a reader that stops early is no fault, and the run is written", async () => {
  const args = [command, ...wdbcArguments, "--epochs", "3", "--out", "unread"];
  const child = spawn(process.execPath, args, { cwd: folder.path("."), env: plain });
  let err = "";
  child.stderr.on("data", (text) => {
    err += text;
  });
  child.stdout.destroy();
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect([code, err]).toEqual([0, expect.not.stringContaining("EPIPE")]);
  expect(readdirSync(folder.path("unread"))).toContain("run.json");
});

describe("predictions of many rows", () => {
  const many = 150_000; // 5 MB, of which a pipe takes little at once
  const line = (_: unknown, i: number) => `${i % 97},${i % 89},${i % 97 > 48 ? "yes" : "no"}`;
  const write = (name: string, length: number) =>
    folder.write(name, ["a,b,y", ...Array.from({ length }, line)].join("\n"));
  const predicting = () => {
    write("few.csv", 300);
    write("many.csv", many);
    const train = ["train", "few.csv", "--target", "y", "--epochs", "2", "--quiet"];
    expect(golgi([...train, "--out", "few", "--force"]).status).toBe(0);
    const args = [command, "predict", "few", "many.csv"];
    return spawn(process.execPath, args, { cwd: folder.path("."), env: plain });
  };
  const closed = (child: ReturnType<typeof predicting>) =>
    new Promise((resolve) => child.on("close", resolve));

  test("all reach a slow reader", async () => {
    const child = predicting();
    let [text, pauses] = ["", 0];
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
      if (pauses++ > 20) return;
      child.stdout.pause();
      setTimeout(() => child.stdout.resume(), 20);
    });
    expect(await closed(child)).toBe(0);
    expect(text.split("\n")).toHaveLength(many + 2);
    expect(text).toMatch(new RegExp(`\\n${many + 1},(yes|no),[\\d.e-]+\\n$`));
  });

  test("one that stops early is not waited for", async () => {
    const child = predicting();
    child.stdout.once("data", () => child.stdout.destroy());
    expect(await closed(child)).toBe(0);
  });
});

const recorder = "script";
const recorded = spawnSync(recorder, ["--version"], { encoding: "utf8" });
const withoutRecorder = !/util-linux/.test(recorded.stdout ?? "");

describe.skipIf(withoutRecorder)("on a terminal (needs `script` of util-linux)", () => {
  const inTerminal = (args: readonly string[], columns: number) => {
    const line = [process.execPath, command, ...args].map((word) => `'${word}'`).join(" ");
    const sized = `stty cols ${columns} rows 40; ${line}`;
    const env = { ...process.env, TERM: "xterm", NO_COLOR: "", FORCE_COLOR: "", npm_command: "" };
    return execFileSync(recorder, ["-qec", sized, "/dev/null"], {
      cwd: folder.path("."),
      encoding: "utf8",
      env,
    });
  };

  test("the bar is drawn in place, in color, and gone at the end", () => {
    const flags = ["--hidden", "128,128", "--epochs", "30", "--patience", "30"];
    const seen = inTerminal([...wdbcArguments, ...flags], 120);
    expect(seen).toMatch(/\rtraining? *|█/);
    expect(seen).toContain("epoch 30/30");
    expect(seen).toContain("\u001b[36m█");
    expect(screenOf(seen)).not.toMatch(/epoch \d+\/30|evaluating/);
    expect(screenOf(seen)).toContain("written to   runs/");
  });

  test("in 40 columns no line is wider", () => {
    const seen = screenOf(inTerminal([...wdbcArguments, "--epochs", "5"], 40));
    for (const line of seen.split("\n")) expect(line.length).toBeLessThanOrEqual(40);
  });
});

/** What is left to see: text after the last return to the start of its line, without paint. */
const screenOf = (seen: string): string =>
  seen
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map((line) => line.split("\r").at(-1)!)
    .join("\n")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: paint, and “erase to the end”
    .replace(/\u001b\[(?:\d+m|K)/g, "");
