import { expect, test } from "vitest";
import { Choice } from "./choice.ts";

/** How many of some runs were shared, where a run takes so many milliseconds. */
function sharedRuns(choice: Choice, runs: number, took: (shared: boolean) => number): number {
  let count = 0;
  for (let i = 0; i < runs; i++) {
    count += Number(choice.shared);
    choice.took(took(choice.shared));
  }
  return count;
}

/** Milliseconds of some runs, beside what the faster way alone would have taken. */
function waste(choice: Choice, runs: number, times: { all: number; one: number }): number {
  const shared = sharedRuns(choice, runs, (all) => (all ? times.all : times.one));
  const total = shared * times.all + (runs - shared) * times.one;
  return total / (runs * Math.min(times.all, times.one)) - 1;
}

test.each([
  { all: 0.1, one: 0.2 },
  { all: 5, one: 0.2 },
  { all: 100, one: 190 },
  { all: 0.05, one: 0.051 },
])("the slower way of $all and $one ms is hardly ever taken", (times) => {
  const choice = new Choice();
  const runs = Math.max(100, Math.ceil(1000 / Math.min(times.all, times.one)));
  expect(waste(choice, runs, times)).toBeLessThan(0.15); // while it learns
  expect(waste(choice, runs, times)).toBeLessThan(0.05);
});

test("what has become slower is left", () => {
  const choice = new Choice();
  waste(choice, 5000, { all: 0.1, one: 0.2 });
  expect(sharedRuns(choice, 100, (all) => (all ? 3 : 0.2))).toBeLessThan(25);
  expect(waste(choice, 10_000, { all: 3, one: 0.2 })).toBeLessThan(0.05);
});

test("what is slow in more than a third of its runs is left", () => {
  const choice = new Choice();
  let run = 0;
  const took = (shared: boolean) => (shared ? (run++ % 5 < 2 ? 3 : 0.5) : 0.9);
  sharedRuns(choice, 200, took);
  expect(sharedRuns(choice, 5000, took)).toBeLessThan(700);
});

test("seconds a run: three runs, and it has chosen", () => {
  const choice = new Choice();
  expect(sharedRuns(choice, 20, (all) => (all ? 1900 : 1000))).toBeLessThan(5);
  const other = new Choice();
  expect(sharedRuns(other, 20, (all) => (all ? 1000 : 1900))).toBeGreaterThan(16);
});

test("runs that something interrupted do not count", () => {
  const choice = new Choice();
  let run = 0;
  const took = (shared: boolean) => (run++ % 4 === 0 ? 20 : shared ? 0.2 : 0.1);
  sharedRuns(choice, 200, took);
  expect(sharedRuns(choice, 5000, took)).toBeLessThan(200);
});

test("a first run that wakes the threads does not count", () => {
  const choice = new Choice();
  let before = true;
  const took = (shared: boolean) => {
    const woken = shared && !before;
    before = shared;
    return woken ? 3 : shared ? 0.1 : 0.2;
  };
  expect(sharedRuns(choice, 5000, took)).toBeGreaterThan(4700);
});

test("one trial that is lost by chance does not end threads", () => {
  const choice = new Choice();
  let [trials, run] = [0, 0];
  // every other time that one thread is tried it is lucky for eight runs
  const took = (shared: boolean) => {
    run = shared ? 0 : run + 1;
    if (run === 1) trials += 1;
    return shared ? 0.6 : run <= 8 && trials % 2 === 1 ? 0.4 : 1;
  };
  sharedRuns(choice, 200, took);
  expect(sharedRuns(choice, 5000, took)).toBeGreaterThan(4500); // 3740 if one trial decides
});
