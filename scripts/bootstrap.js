/** Makes a clone ready to run: installs and builds when that is missing or stale. Node built-ins only. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (/** @type {string[]} */ ...parts) => join(root, ...parts);
const stamp = at("dist", "built-from.txt");
const lock = at(".bootstrap-lock");

/** Installs and builds what is missing or stale; silent when nothing is. */
export async function bootstrap() {
  await ensureInstalled();
  await alone(isBuilt, () => told("building", build));
}

export const ensureInstalled = () =>
  alone(isInstalled, () => told("setting up (first time only)", install));

/** Does what is not done yet, while others who would do the same in this clone wait for it. */
async function alone(/** @type {() => boolean} */ isDone, /** @type {() => Promise<void>} */ work) {
  while (!isDone()) {
    if (!takeLock()) await new Promise((resolve) => setTimeout(resolve, 200));
    else
      try {
        if (!isDone()) return await work();
      } finally {
        rmSync(lock, { force: true });
      }
  }
}

/** The lock is a file with the holder's process number; one whose holder is gone is nobody's. */
function takeLock() {
  try {
    writeFileSync(lock, `${process.pid}`, { flag: "wx" });
    return true;
  } catch {
    try {
      process.kill(Number(readFileSync(lock, "utf8")), 0);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === "ESRCH")
        rmSync(lock, { force: true });
    }
    return false;
  }
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
    await run([process.execPath, at("scripts", "bundle.js")], [partial]);
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
  for (const path of [...configuration, "scripts/bundle.js", ...filesIn("src"), ...filesIn("cli")])
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
