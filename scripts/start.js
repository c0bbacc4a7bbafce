/**
 * `npm start`: trains on the embedded breast-cancer data and writes the report; what follows `--` is
 * passed on to golgi train.
 */
import { existsSync, readdirSync, statSync } from "node:fs";

const began = Date.now() - 1000;
const asked = process.argv.slice(2);
const sample = ["train", "data/wdbc.csv", "--target", "Diagnosis", "--positive", "M"];
process.argv.splice(2, 0, ...sample);
await import("../bin/golgi.js");

const run = folders().find(
  (folder) => existsSync(`${folder}/run.json`) && statSync(`${folder}/run.json`).mtimeMs > began,
);
if (!process.exitCode && run && !asked.includes("--json")) {
  const { main } = await import("../dist/cli/main.js");
  process.exitCode = await main(["report", run]);
}

/** Where the run may have gone: the folder that was asked for, or those of the sample. */
function folders() {
  const out = asked.indexOf("--out");
  if (out >= 0) return [asked[out + 1] ?? ""];
  if (!existsSync("runs")) return [];
  return readdirSync("runs")
    .filter((name) => /^wdbc-\d+$/.test(name))
    .map((name) => `runs/${name}`);
}
