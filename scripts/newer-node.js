/**
 * Tests on a newer Node, where V8 makes one 256-bit vector of two of 128 bits: installs it from npm
 * into `.cache` and runs the tests below with all code optimized and paired from its first call on.
 * Prints the counts; exit code 1 if a test failed, 2 if there is no newer Node to be had.
 * `node scripts/newer-node.js path` only prints where that Node is.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, script } from "./bootstrap.js";

const version = "24.21.0";
const tests = ["test/conformance", "src/compile", "src/train", "src/backends/wasm"];
const flags = ["--no-liftoff", "--experimental-wasm-revectorize"];
const mostSeconds = { install: 120, tests: 300 };

/** The package with Node's program for this machine. */
function packageName() {
  const system = process.platform === "win32" ? "win" : process.platform;
  return `node-${system === "darwin" && process.arch === "arm64" ? "bin-" : ""}${system}-${process.arch}`;
}

/** Where npm cannot be reached: the caller tells this from tests that fail by the exit code. */
class Unavailable extends Error {}
const unavailableCode = 2;

/** Node's path, installed if it is not there: beside its place, and whole before it gets there. */
async function newerNode() {
  const folder = join(root, ".cache", `node-${version}`);
  const program = process.platform === "win32" ? "node.exe" : "node";
  const pathIn = (/** @type {string} */ at) =>
    join(at, "node_modules", packageName(), "bin", program);
  if (existsSync(pathIn(folder))) return pathIn(folder);
  const partial = `${folder}.partial-${process.pid}`;
  const printed = await install(partial);
  try {
    if (existsSync(pathIn(partial)) && !existsSync(folder)) renameSync(partial, folder);
  } catch {} // another one was quicker
  rmSync(partial, { recursive: true, force: true });
  if (existsSync(pathIn(folder))) return pathIn(folder);
  const reason = printed.trim().split("\n")[0] || "npm did not answer in time";
  throw new Unavailable(`Node ${version} could not be had from npm: ${reason}`);
}

/** Installs Node's package into a folder; what npm printed. */
async function install(/** @type {string} */ folder) {
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ["npm"];
  const quiet = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const options = [...quiet, "--fetch-retries=0", `${packageName()}@${version}`];
  const command = [...npm, "install", "--prefix", folder, ...options];
  return (await run(command, mostSeconds.install)).printed;
}

/** Runs the tests on a Node; how many passed and failed, and what was printed. */
async function testOn(/** @type {string} */ node) {
  const folder = mkdtempSync(join(tmpdir(), "golgi-newer-node-"));
  const report = join(folder, "report.json");
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=dot", "--reporter=json", `--outputFile.json=${report}`];
  const passed = flags.map((flag) => `--execArgv=${flag}`);
  try {
    const { printed } = await run(
      [node, vitest, "run", ...reporters, ...passed, ...tests],
      mostSeconds.tests,
    );
    if (!existsSync(report)) return { passed: 0, failed: 1, printed };
    const { numPassedTests, numFailedTests, success } = JSON.parse(readFileSync(report, "utf8"));
    // a file that breaks before its first test fails too
    const failed = success ? 0 : Math.max(1, numFailedTests);
    return { passed: numPassedTests, failed, printed };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {string[]} command @param {number} seconds
 * @returns {Promise<{ status: number | null, printed: string }>}
 */
function run([program = "", ...rest], seconds) {
  return new Promise((resolve, reject) => {
    // Vitest must not take itself for a worker of the one that started it.
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV$|TEST$)/.test(name)),
    );
    const shell = process.platform === "win32" && program === "npm";
    const child = spawn(program, rest, { cwd: root, env, shell, timeout: 1000 * seconds });
    let printed = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (text) => {
        printed += text;
      });
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, printed }));
  });
}

await script(async () => {
  try {
    const node = await newerNode();
    if (process.argv[2] === "path") return console.log(node);
    const { passed, failed, printed } = await testOn(node);
    if (failed > 0) console.log(printed);
    console.log(`Node ${version}: ${passed} passed, ${failed} failed`);
    process.exitCode = failed > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    console.log(error.message);
    process.exitCode = unavailableCode;
  }
});
