/**
 * Golgi beside its rivals, in one run: `npm run bench`, or
 * `node bench/run.js --only steps --contestants golgi,torch --rounds 5`.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bootstrap, script } from "../scripts/bootstrap.js";
import { cases } from "./cases.js";
import { contestants } from "./contestants/index.js";
import { measure, turns } from "./measure.js";
import { measurePeak } from "./peak.js";
import { start } from "./process.js";
import { markdown, notes, row, titles } from "./report.js";

const usage = `node bench/run.js [options]
  --only LIST         groups or parts of names: products,kernels,convolutions,steps,forward,scaling
  --contestants LIST  names, or beginnings with a star: golgi,torch*
  --rounds N          turns that each contestant gets a case (default 25)
  --slice MS          milliseconds a turn (default 5)
  --patience S        seconds after which nobody is waited for (default 60)
  --list              contestants and cases
  --markdown FILE     write the page there too
Golgi's 256-bit mode runs on the Node that NEWER_NODE names, PyTorch in the Python that PYTHON names;
the rivals from npm are installed by: npm ci --prefix bench --ignore-scripts
On a busy machine two threads need both cores at once: nice -n -10 gets them, where it is allowed.`;

const { values: options } = parseArgs({
  options: {
    ...Object.fromEntries(
      ["only", "contestants", "rounds", "slice", "patience", "markdown"].map((name) => [
        name,
        { type: "string" },
      ]),
    ),
    ...{ list: { type: "boolean" }, help: { type: "boolean" } },
  },
});
const listed = (text) => text?.split(",").map((part) => part.trim());
const only = listed(options.only);
const names = listed(options.contestants);
const chosenCases = cases.filter(
  ({ id, group }) => !only || only.some((part) => group === part || id.includes(part)),
);
const chosenContestants = contestants.filter(
  ({ name }) =>
    !names ||
    names.some((each) => (each.endsWith("*") ? name.startsWith(each.slice(0, -1)) : each === name)),
);

/** Starts all that are found; says who is not. */
async function present(patience) {
  const running = [];
  for (const each of chosenContestants) {
    const started = await start(each, { patience });
    if (started.missing) console.log(`${each.name} is left out: ${started.missing}`);
    else running.push({ ...each, ...started });
  }
  return running;
}

async function main() {
  if (options.help) return console.log(usage);
  if (options.list)
    return console.log(
      [
        ...contestants.map(({ name, says }) => `${name.padEnd(16)}${says}`),
        ...cases.map(({ id }) => id),
      ].join("\n"),
    );
  await bootstrap();
  const settings = {
    rounds: Number(options.rounds ?? 25),
    slice: Number(options.slice ?? 5) / 1e3,
  };
  const expected = JSON.parse(readFileSync(new URL("expected.json", import.meta.url), "utf8"));
  const before = measurePeak();
  const running = await present(Number(options.patience ?? 60));
  const rows = [];
  let peak = before;
  let group = "";
  try {
    for (const each of chosenCases) {
      const results = await measure(each, running, { ...settings, expected: expected[each.id] });
      rows.push({ ...each, results });
      if (each.group !== group) console.log(`\n${titles(each.group, running)}`);
      group = each.group;
      console.log(row(rows.at(-1), running));
      write(runOf(rows, { running, settings, peak }));
    }
  } finally {
    for (const { close } of running) close();
  }
  const after = measurePeak();
  peak = before &&
    after && {
      fused: Math.max(before.fused, after.fused),
      plain: Math.max(before.plain, after.plain),
    };
  const run = runOf(rows, { running, settings, peak });
  console.log(`\n${notes(run)}`);
  write(run);
}

const runOf = (rows, { running, settings, peak }) => ({
  command: ["node bench/run.js", ...process.argv.slice(2)].join(" "),
  date: new Date().toISOString().slice(0, 10),
  machine: {
    ...{ processor: cpus()[0]?.model ?? "unknown", cores: cpus().length },
    ...{
      gibibytes: Math.round(totalmem() / 2 ** 30),
      system: `${process.platform} ${process.arch}`,
    },
    peak,
  },
  ...{ settings, turns },
  contestants: running.map(({ name, says, version }) => ({ name, says, version })),
  rows,
});

/** After each case: a run that is stopped leaves what it has measured. */
function write(run) {
  const folder = fileURLToPath(new URL("results/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}latest.json`, `${JSON.stringify(run, null, 1)}\n`);
  writeFileSync(`${folder}latest.md`, markdown(run));
  if (options.markdown) writeFileSync(options.markdown, markdown(run));
}

await script(main);
