/**
 * `node scripts/killed.js [KILLS] [SEED]`: trains in processes of their own, ends them with `kill -9` at
 * random moments, goes on with --resume, and compares what comes out with an undisturbed run, byte for
 * byte. The last line reads “30 of 30 …”; exit code 1 if it is less. `npm test` runs it with 6 kills.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrap, root, script } from "./bootstrap.js";

/** A run is killed so often at most, then left to end. */
const mostKills = 4;

await script(async () => {
  const [kills = 30, seed = 1] = process.argv.slice(2).map(Number);
  await bootstrap();
  const folder = mkdtempSync(join(tmpdir(), "golgi-killed-"));
  try {
    process.exitCode = (await killed(folder, { kills, seed })) === kills ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** @param {string} folder @param {{ kills: number, seed: number }} asked */
async function killed(folder, { kills, seed }) {
  const random = draws(seed);
  writeFileSync(join(folder, "data.csv"), table());
  const flags = ["--target", "y", "--hidden", "32", "--epochs", "30", "--patience", "30"];
  const kept = ["--checkpoint", "0.005"];
  const begin = ["train", "data.csv", ...flags, ...kept];
  const undisturbed = join(folder, "undisturbed");
  const { started, ended } = await run(folder, [...begin, "--out", "undisturbed"]);
  const wanted = bitsOf(undisturbed);
  console.log(
    `an undisturbed run takes ${Math.round(ended)} ms, its first step comes after ${Math.round(started)} ms`,
  );

  let [done, good, torn] = [0, 0, 0];
  for (let number = 1; done < kills; number++) {
    const name = `run-${number}`;
    const path = join(folder, name);
    let own = 0;
    for (;;) {
      const resume = existsSync(`${path}.partial`) || existsSync(path);
      const going = ["train", "data.csv", "--resume", name, ...kept];
      const args = resume ? going : [...begin, "--out", name];
      const mayKill = own < mostKills && done + own < kills;
      // one of eight before the first step, the others between it and the end, as an undisturbed
      // run has them; every third then waits for a file that is half written
      const early = random() < 1 / 8;
      const moment = random() * (early ? started : 0.8 * (ended - started));
      const inWrite = !early && (done + own) % 3 === 2 ? `${path}.partial` : null;
      const when = { early, moment, inWrite };
      const { code, error } = await run(folder, args, mayKill ? when : undefined);
      if (code === 0) break;
      if (code !== null) throw new Error(`${name} failed with exit code ${code}: ${error}`);
      own++;
      torn += Number(tornIn(folder, `${path}.partial`));
    }
    const same = bitsOf(path) === wanted;
    const left = readdirSync(folder).filter((each) => each.startsWith(`${name}.`));
    if (!same) console.log(`${name}: other bits after ${own} kills`);
    if (left.length > 0) console.log(`${name}: left behind ${left.join(", ")}`);
    done += own;
    good += same && left.length === 0 ? own : 0;
  }
  console.log(`${torn} kills came in the middle of a write`);
  console.log(`${good} of ${done} kills: the run ended with the bits of an undisturbed one`);
  return good;
}

/**
 * Runs golgi and kills it so many milliseconds after its start, or after `started`, its first step.
 * @param {string} folder @param {readonly string[]} args
 * @param {{ early: boolean, moment: number, inWrite: string | null }} [kill]
 */
async function run(folder, args, kill) {
  const begun = performance.now();
  const child = spawn(process.execPath, [join(root, "bin", "golgi.js"), ...args], { cwd: folder });
  let error = "";
  child.stderr.on("data", (text) => {
    error += text;
  });
  child.stdout.resume();
  let started = 0;
  const watch = setInterval(() => {
    const now = performance.now() - begun;
    if (started === 0 && /^(?:going on|beginning anew|epoch)/m.test(error)) started = now;
    if (!kill || (!kill.early && started === 0)) return;
    const due = now >= kill.moment + (kill.early ? 0 : started);
    if (due && (!kill.inWrite || tornIn(folder, kill.inWrite))) child.kill("SIGKILL");
  }, 1);
  /** @type {number | null} */
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearInterval(watch);
  return { code, error, started, ended: performance.now() - begun };
}

/** Whether a file or folder that was being written stands half written. @param {string[]} folders */
function tornIn(...folders) {
  const names = folders.filter(existsSync).flatMap((folder) => readdirSync(folder));
  return names.some((name) => /\.partial-\d+-\d+$/.test(name));
}

/** All of a run folder but times. @param {string} path */
function bitsOf(path) {
  const times = /"(?:created|seconds|compile|stepsPerSecond|remaining)": ?("[^"]*"|[^,}\s]+)/g;
  return readdirSync(path)
    .map((name) => `${name}\n${readFileSync(join(path, name), "latin1").replace(times, "")}`)
    .join("\n");
}

/** Numbers in [0, 1) that a seed decides (mulberry32). @param {number} seed */
function draws(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A small table whose outcome follows from two of its columns, more or less. */
function table() {
  const random = draws(7);
  const rows = Array.from({ length: 300 }, () => {
    const x = Array.from({ length: 4 }, () => random() - 0.5);
    const y = (x[0] ?? 0) - (x[1] ?? 0) + 0.4 * (random() - 0.5) > 0 ? "ill" : "well";
    return [...x.map((value) => value.toFixed(4)), y].join(",");
  });
  return `a,b,c,d,y\n${rows.join("\n")}\n`;
}
