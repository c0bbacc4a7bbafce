/** Makes a clone ready to run: installs and builds when that is missing or stale. Node built-ins only. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (/** @type {string[]} */ ...parts) => join(root, ...parts);
const stamp = at("dist", "built-from.txt");

/** Installs and builds what is missing or stale; silent when nothing is. */
export async function bootstrap() {
  await ensureInstalled();
  if (!isBuilt()) await told("building", build);
}

export async function ensureInstalled() {
  if (!isInstalled()) await told("setting up (first time only)", install);
}

/** Runs a script; a fault is its message alone, and exit code 1. */
export async function script(/** @type {() => Promise<void>} */ main) {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
}

/** Every package of the lock file stands in node_modules in the version it names. */
function isInstalled() {
  const [wanted, found] = ["package-lock.json", "node_modules/.package-lock.json"].map((path) =>
    existsSync(at(path)) ? JSON.parse(readFileSync(at(path), "utf8")).packages : {},
  );
  return Object.keys(wanted).every(
    (path) => path === "" || wanted[path].optional || found[path]?.version === wanted[path].version,
  );
}

const install = () =>
  run(process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ["npm"], [
    ...["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
  ]);

const isBuilt = () => existsSync(stamp) && readFileSync(stamp, "utf8") === sourceHash();

/** Compiles into a folder of its own, then puts it in place: nobody meets half a build. */
export async function build() {
  const partial = `.dist-${process.pid}`;
  const hash = sourceHash();
  try {
    await run(
      [process.execPath, at("node_modules", "typescript", "bin", "tsc")],
      ["-p", "tsconfig.build.json", "--outDir", partial],
    );
    writeFileSync(at(partial, "built-from.txt"), hash);
    rmSync(at("dist"), { recursive: true, force: true });
    renameSync(at(partial), at("dist"));
  } finally {
    rmSync(at(partial), { recursive: true, force: true });
  }
}

/** SHA-256 over the names and contents of all that the build reads; times mean nothing after a clone. */
function sourceHash() {
  const hash = createHash("sha256");
  const configuration = ["package.json", "tsconfig.json", "tsconfig.build.json"];
  for (const path of [...configuration, ...filesIn("src"), ...filesIn("cli")])
    hash
      .update(`${path}\0`)
      .update(readFileSync(at(path)))
      .update("\0");
  return hash.digest("hex");
}

/** @param {string} folder @returns {string[]} */
function filesIn(folder) {
  if (!existsSync(at(folder))) return [];
  return readdirSync(at(folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return filesIn(path);
      return entry.name.endsWith(".test.ts") ? [] : [path];
    });
}

/** Says on standard error what is going on and how long it took: results own standard output. */
async function told(/** @type {string} */ what, /** @type {() => Promise<void>} */ work) {
  const start = Date.now();
  process.stderr.write(`golgi · ${what} …`);
  const tick = setInterval(() => process.stderr.write("…"), 2000);
  try {
    await work();
    process.stderr.write(` done in ${Math.max(1, Math.round((Date.now() - start) / 1000))} s\n`);
  } catch (error) {
    process.stderr.write(" failed\n");
    throw error;
  } finally {
    clearInterval(tick);
  }
}

/** Runs a program quietly; what it printed becomes the error if it fails. @returns {Promise<void>} */
function run(/** @type {string[]} */ [program = "", ...first], /** @type {string[]} */ rest) {
  return new Promise((resolve, reject) => {
    const options = { cwd: root, shell: process.platform === "win32" && program === "npm" };
    const child = spawn(program, [...first, ...rest], options);
    let printed = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (text) => {
        printed += text;
      });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(printed.trim().split("\n").slice(0, 20).join("\n")));
    });
  });
}
