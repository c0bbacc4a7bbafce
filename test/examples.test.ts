import { readdirSync } from "node:fs";
import { expect, test, vi } from "vitest";

/** What an example prints; it is run from the root, as a reader would. */
async function printedBy(example: string): Promise<string> {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await import(`../examples/${example}.ts`);
    return log.mock.calls.map((words) => words.join(" ")).join("\n");
  } finally {
    log.mockRestore();
  }
}

const examples: Readonly<Record<string, (printed: string) => void>> = {
  // CS231n, "Backpropagation, Intuitions": w = [2, −3, −3], x = [−1, −2].
  "lecture-graph"(printed) {
    for (const line of [/^w0 +2\.00 +-0\.20$/m, /^x0 +-1\.00 +0\.39$/m, /^w1 +-3\.00 +-0\.39$/m])
      expect(printed).toMatch(line);
    expect(printed).toMatch(/^x1 +-2\.00 +-0\.59$/m);
    expect(printed).toMatch(/^b +-3\.00 +0\.20$/m);
    expect(printed).toMatch(/^z +v3 \+ b +1\.00 +-0\.27$/m);
    expect(printed).toMatch(/^L +-v7 +0\.31 +1\.00$/m);
  },

  "train-on-a-csv"(printed) {
    expect(printed).toMatch(/^stopped after epoch \d+, kept \d+$/m);
    const [, auroc] = /114 rows never seen: AUROC (0\.\d{3}) \[0\.\d{3}, \d\.\d{3}\]/.exec(
      printed,
    )!;
    expect(Number(auroc)).toBeGreaterThan(0.96);
  },

  // The curve is y = x² − 1.
  "own-loop"(printed) {
    const losses = [...printed.matchAll(/loss ([\d.]+)/g)].map(([, loss]) => Number(loss));
    expect(losses).toEqual(losses.toSorted((a, b) => b - a));
    expect(losses.at(-1)).toBeLessThan(0.003);
    const [, atZero, atOne] = /f\(0\) = (\S+), f\(1\) = (\S+)/.exec(printed)!;
    expect(Math.abs(Number(atZero) + 1)).toBeLessThan(0.1);
    expect(Math.abs(Number(atOne))).toBeLessThan(0.1);
  },

  perceptron(printed) {
    expect(printed).toMatch(/^AND: says 0 0 0 1\. Separated/m);
    expect(printed).toMatch(/^XOR: says \d \d \d \d\. Not separated/m);
    const [, probabilities] = /probabilities (.+)$/m.exec(printed)!;
    expect(probabilities!.split(" ").map(Number).map(Math.round)).toEqual([0, 1, 1, 0]);
  },

  // scipy.stats.entropy and sklearn.metrics.mutual_info_score over ln 2; NA is a value of its own.
  entropy(printed) {
    expect(printed).toContain("H(class) = 0.929 bits");
    for (const line of [/^V2 +tells 0\.684/m, /^V6 +tells 0\.594/m, /^V9 +tells 0\.210/m])
      expect(printed).toMatch(line);
  },
};

for (const [example, check] of Object.entries(examples))
  test(`examples/${example}.ts`, async () => check(await printedBy(example)));

test("every example is run", () => {
  const files = readdirSync("examples").filter((name) => name.endsWith(".ts"));
  expect(files.sort()).toEqual(Object.keys(examples).map((name) => `${name}.ts`).sort()); // biome-ignore format: one thought
});
