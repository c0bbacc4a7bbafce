/** One case by all contestants: right first, then timed in turns. */
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { comparedSteps, learningRate } from "./cases.js";

const tolerance = 1e-4;
const warmSeconds = 0.5;
/** Runs that V8 needs to see before its second compiler has done all. */
const warmRuns = 10;
/** What a slow contestant may take of one case. */
const budgetSeconds = 3;
/** A shorter run is preceded by one that is not timed: caches are cold, and threads asleep. */
const longest = 0.2;

/** Milliseconds that a turn waits for other programs to rest. */
const patience = 500;
/** Turns so far, and how many of them began while other programs ran. */
export const turns = { all: 0, busy: 0 };

/** How many others run at this moment, where the system tells. */
function others() {
  try {
    return Number(readFileSync("/proc/loadavg", "utf8").split(/[ /]/)[3]) - 1;
  } catch {
    return 0;
  }
}

/** Waits for a moment in which nobody else runs: a core that another program takes halves two threads. */
async function calm() {
  const end = performance.now() + patience;
  while (others() > 0 && performance.now() < end) await pause(5);
  turns.all += 1;
  turns.busy += Number(others() > 0);
}

const clamp = (value, least, most) => Math.min(most, Math.max(least, value));
const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (low + high) / 2;
};

/** The largest difference from what float64 gives, as a share of the largest number there. */
function differenceOf(values, expected) {
  const largest = Math.max(...expected.map(Math.abs));
  const differences = expected.map((value, i) => Math.abs(value - values[i]) / largest);
  return differences.some(Number.isNaN) ? Number.NaN : Math.max(...differences);
}

/** Prepares and checks; gives what is to be timed, or why not. */
async function prepare(contestant, each, expected) {
  const request = { case: { ...each, comparedSteps, learningRate } };
  const found = await contestant.call("prepare", request);
  if (found.refused) return { refused: found.refused };
  if (found.error) return { error: found.error };
  const { values, ...told } = found;
  const difference = differenceOf(values, expected);
  const facts = { ...told, difference };
  return difference <= tolerance ? facts : { ...facts, error: `wrong by ${difference}` };
}

/** Runs it until it is warm; gives seconds a run. */
async function warm(contestant) {
  let [times, spent, runs, seconds] = [1, 0, 0, 0];
  while (spent < warmSeconds || (runs < warmRuns && spent < 4 * warmSeconds)) {
    const answer = await contestant.call("run", { lead: 0, times });
    if (answer.error) return answer;
    seconds = answer.seconds / times;
    spent += answer.seconds;
    runs += times;
    times = clamp(Math.round(0.05 / seconds), 1, 1e5);
  }
  return { seconds };
}

/** Whether a contestant that takes part in some of all rounds, evenly spread, takes part in this one. */
const takesPart = (round, some, all) =>
  Math.floor(((round + 1) * some) / all) > Math.floor((round * some) / all);

/**
 * One row of the results: for each contestant its samples in seconds a run by round (null where it
 * did not take part), or the reason it has none.
 */
export async function measure(each, present, { expected, rounds, slice }) {
  const running = present.filter(({ name }) => !each.only || each.only.includes(name));
  const results = {};
  const timed = [];
  for (const contestant of running) {
    const result = await prepare(contestant, each, expected);
    results[contestant.name] = result;
    if (result.refused || result.error) continue;
    const { seconds, error } = await warm(contestant);
    if (error) result.error = error;
    else {
      const some = clamp(Math.floor(budgetSeconds / Math.max(seconds, slice)), 1, rounds);
      const times = clamp(Math.round(slice / seconds), 1, 1e6);
      timed.push({ contestant, result, some, times, lead: seconds < longest ? 1 : 0 });
      result.samples = [];
    }
  }
  for (let round = 0; round < rounds; round++)
    // forwards and backwards in turn, so that nobody always runs after the same neighbor
    for (const { contestant, result, some, times, lead } of round % 2
      ? timed.toReversed()
      : timed) {
      const takes = takesPart(round, some, rounds);
      if (takes) await calm();
      const answer = takes ? await contestant.call("run", { lead, times }) : null;
      if (answer?.error) result.error = answer.error;
      result.samples.push(answer && !answer.error ? answer.seconds / times : null);
    }
  for (const contestant of running) await contestant.call("release");
  return results;
}

/** How many times as long the one takes as the other: the median over rounds that both ran. */
export function ratioOf(result, base) {
  if (!result?.samples || !base?.samples || result.error || base.error) return null;
  const pairs = result.samples.flatMap((seconds, round) =>
    seconds && base.samples[round] ? [seconds / base.samples[round]] : [],
  );
  return pairs.length ? median(pairs) : null;
}

const samplesOf = (result) => (result?.error ? [] : (result?.samples ?? []).filter(Boolean));

/** Median seconds a run. */
export const secondsOf = (result) => {
  const samples = samplesOf(result);
  return samples.length ? median(samples) : null;
};

/** Seconds of the shortest run. */
export const bestOf = (result) => {
  const samples = samplesOf(result);
  return samples.length ? Math.min(...samples) : null;
};
