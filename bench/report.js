/** The results as lines for a terminal and as a Markdown page. */
import { bestOf, ratioOf, secondsOf } from "./measure.js";

const families = [
  { name: "PyTorch", prefix: "torch" },
  { name: "jax-js", prefix: "jax" },
  { name: "TensorFlow.js", prefix: "tensorflow" },
  { name: "onnxruntime", prefix: "onnxruntime" },
];
const significant = (value, digits = 3) =>
  value >= 10 ** (digits - 1) ? `${Math.round(value)}` : value.toPrecision(digits);
const units = [
  [1, "s"],
  [1e3, "ms"],
  [1e6, "µs"],
];

function spellSeconds(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  const [factor, unit] = units.find(([each]) => seconds * each >= 1) ?? units[2];
  return `${significant(seconds * factor)} ${unit}`;
}
const spellSpeed = ({ work }, seconds) =>
  work && seconds ? `${significant(work.amount / seconds / 1e9)} G${work.unit}/s` : "–";
const spellRatio = (ratio) => (ratio === null ? null : `${significant(ratio, ratio < 10 ? 2 : 3)}`);

/** Why there is no number. */
function mark(result) {
  if (!result || result.refused?.startsWith("not yet")) return result ? "not yet" : "–";
  if (result.error?.startsWith("wrong")) return "wrong";
  return result.error?.startsWith("no answer") ? "too long" : result.error ? "fails" : "–";
}

/** Everything is told as multiples of the first contestant's time. */
function cells({ results, ...each }, running) {
  const base = results[running[0].name];
  const seconds = secondsOf(base);
  const rest = running.slice(1).map(({ name }) => {
    const result = results[name];
    const ratio = spellRatio(ratioOf(result, base));
    if (ratio) return ratio;
    return secondsOf(result) ? spellSeconds(secondsOf(result)) : mark(result);
  });
  const own = seconds ? spellSeconds(seconds) : mark(base);
  return [each.name, own, spellSpeed(each, bestOf(base)), ...rest];
}

const widthOf = (column) => (column === 0 ? 46 : 14);
const line = (texts) =>
  texts.map((text, i) => (i ? text.padStart(widthOf(i)) : text.padEnd(widthOf(i)))).join(" ");
const heads = (running) => [
  running[0].name,
  "at best",
  ...running.slice(1).map(({ name }) => name),
];

export const titles = (group, running) => line([group, ...heads(running)]);
export const row = (each, running) => line(cells(each, running));

/** Reasons of those who ran and gave no number, once each. */
function reasonsOf({ rows }) {
  const reasons = new Map();
  for (const { name, results } of rows)
    for (const [contestant, { refused, error }] of Object.entries(results)) {
      const key = `${contestant}: ${refused ?? error}`;
      if (refused || error) reasons.set(key, [...(reasons.get(key) ?? []), name]);
    }
  return [...reasons].map(([key, cases]) =>
    cases.length > 3 ? `${key} (${cases.length} cases)` : `${key} (${cases.join("; ")})`,
  );
}

const spellPeak = ({ peak, cores, processor }) =>
  `${processor}, ${cores} cores; ${peak ? `one core: ${peak.fused} GFLOP/s by 256-bit fused multiply-add, ${peak.plain} by 128-bit multiply, then add` : "peak not measured"}`;

const busyOf = ({ turns }) =>
  `Of ${turns.all} turns ${turns.busy} began while other programs ran, after half a second of waiting.`;

export const notes = (run) =>
  [
    `${spellPeak(run.machine)}.`,
    `Columns after the first: how many times as long as ${run.contestants[0]?.name}, medians of ${run.settings.rounds} turns. ${busyOf(run)}`,
    ...reasonsOf(run),
  ].join("\n");

const table = (head, body) =>
  [head, head.map((_, i) => (i ? "--:" : "---")), ...body]
    .map((texts) => `| ${texts.join(" | ")} |`)
    .join("\n");

/** The fastest of a family as a multiple of the first contestant. */
function fastestOf({ results }, { contestants }, prefix) {
  const base = results[contestants[0].name];
  const ratios = contestants
    .filter(({ name }) => name.startsWith(prefix))
    .map(({ name }) => ratioOf(results[name], base))
    .filter((ratio) => ratio !== null);
  return ratios.length ? Math.min(...ratios) : null;
}

/** Best of theirs over best of ours. */
function summary(run) {
  const body = run.rows.map((each) => {
    const own = fastestOf(each, run, "golgi");
    const against = families.map(({ prefix }) => {
      const theirs = fastestOf(each, run, prefix);
      return own && theirs ? spellRatio(theirs / own) : "–";
    });
    return [each.name, ...against];
  });
  return table(["", ...families.map(({ name }) => name)], body);
}

/** Cost as one length grows: time, and how much more than the row above. */
function growth(run) {
  const parts = [...new Set(run.rows.map(({ along }) => along))].filter(Boolean).map((along) => {
    const rows = run.rows.filter((each) => each.along === along);
    const body = rows.map(({ factor, results }, i) => [
      `${along} × ${factor}`,
      ...run.contestants.map(({ name }) => {
        const [now, before] = [secondsOf(results[name]), secondsOf(rows[i - 1]?.results[name])];
        return before && now
          ? `${spellSeconds(now)} (× ${significant(now / before, 2)})`
          : spellSeconds(now);
      }),
      spellBytes(results.golgi?.scratchBytes),
    ]);
    return body;
  });
  const head = ["", ...run.contestants.map(({ name }) => name), "golgi's scratch memory"];
  return table(head, parts.flat());
}
const spellBytes = (bytes) => (bytes ? `${significant(bytes / 2 ** 10)} KiB` : "–");

/** Speed of the shortest turn, for everyone. */
function speeds(run) {
  const body = run.rows
    .filter(({ work }) => work?.unit === "FLOP")
    .map(({ name, work, results }) => [
      name,
      ...run.contestants.map((each) => {
        const seconds = bestOf(results[each.name]);
        return seconds ? significant(work.amount / seconds / 1e9) : "–";
      }),
    ]);
  return table(["", ...run.contestants.map(({ name }) => name)], body);
}

function firstCalls(run) {
  const body = run.rows.map(({ name, results }) => [
    name,
    spellSeconds(results.golgi?.compileSeconds),
    ...run.contestants.map((each) => spellSeconds(results[each.name]?.firstSeconds)),
  ]);
  return table(["", "golgi compiles", ...run.contestants.map(({ name }) => name)], body);
}

/** The page. */
export function markdown(run) {
  const { machine, settings, contestants } = run;
  const among = (group) => ({ ...run, rows: run.rows.filter((each) => each.group === group) });
  const groups = [...new Set(run.rows.map(({ group }) => group))];
  const plain = groups.filter((group) => group !== "scaling");
  const head = ["", ...heads(contestants)];
  const section = (group) =>
    `### ${group}\n\n${table(
      head,
      among(group).rows.map((each) => cells(each, contestants)),
    )}`;
  const withoutScaling = { ...run, rows: run.rows.filter(({ group }) => group !== "scaling") };
  return [
    "# Benchmarks",
    `Made by \`${run.command}\` on ${run.date}: ${spellPeak(machine)}; ${machine.gibibytes} GiB, ${machine.system}. The peak is measured in the same run.`,
    `Every contestant has a process of its own and starts from the same weights and the same batch. It is timed only if its results (64 elements, or the losses of six steps of Adam) are within 1e-4 of PyTorch's in float64; then the learning rate is 0, so that all repeat the same step. Contestants take turns of ${settings.slice * 1e3} ms after one run that is not timed, ${settings.rounds} of them unless a run is long. Who has no turn is stopped (SIGSTOP): threads that go on spinning after their work (PyTorch's for 5 ms, OpenBLAS's for 30 ms) would take a core from whoever comes next. A ratio is the median over the turns. ${busyOf(run)}`,
    contestants.map(({ name, says, version }) => `- \`${name}\`: ${says} (${version})`).join("\n"),
    `## Best of theirs over best of ours\n\nAbove 1, Golgi is faster.\n\n${summary(withoutScaling)}`,
    `## All\n\nThe median time of \`${contestants[0].name}\`, its speed at best, and how many times as long the others take.`,
    ...plain.map(section),
    ...(groups.includes("scaling")
      ? [
          `## Cost as a length grows\n\nTraining steps of perceptrons of two layers of 64, batch 32, each length doubled four times.\n\n${growth(among("scaling"))}`,
        ]
      : []),
    `## GFLOP/s of the shortest turn\n\n${speeds(withoutScaling)}`,
    `## First call\n\nFrom the data to the end of the first run: building, compiling, running.\n\n${firstCalls(withoutScaling)}`,
    `## Why a number is missing\n\n${
      reasonsOf(run)
        .map((reason) => `- ${reason}`)
        .join("\n") || "None is."
    }`,
    "",
  ]
    .join("\n\n")
    .trimEnd()
    .concat("\n");
}
