/** Leaks of real tables and made ones, each shown by one command: with it and without. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { stream } from "../../src/base/random.ts";
import { capture, golgi, refused } from "./capture.ts";
import { describeShared, shared, table, temporaryFolder } from "./files.ts";

const folder = temporaryFolder();
const sample = (name: string) => fileURLToPath(new URL(`../../data/${name}`, import.meta.url));

async function json(...args: string[]) {
  const { code, out, err } = await golgi(["data", ...args, "--json"]);
  expect(code, err).toBe(0);
  return JSON.parse(out);
}
/** What a page says, whatever its width. */
const unbroken = (out: string) => out.replace(/\s+/g, "");

test("splice: 82 of StatLog's 1186 test sequences were learned from (L1.4)", async () => {
  const { duplicates } = await json(
    ...[sample("splice_sequences.csv"), "--target", "class"],
    ...["--split-column", "statlog_split", "--prove-duplicates"],
  );
  const { as, without, copies } = duplicates;
  expect(copies).toMatchObject({ rows: 82, of: 1186 });
  const right = copies.accuracy;
  // all = the others and the copies, by their numbers
  const mixed = (1104 * right.without.value + 82 * right.copies.value) / 1186;
  expect(right.as.value).toBeCloseTo(mixed, 12);
  expect(right.copies.value).toBeGreaterThan(right.without.value);
  expect(as.value).toBeGreaterThan(without.value);
});

describe("a table with visits of patients (L3.2)", () => {
  const draws = stream({ seed: 3, purpose: "proof" });
  const marks = Array.from({ length: 12 }, (_, k) => `m${k}`);
  const people = Array.from({ length: 40 }, () => marks.map(() => draws.nextFloat()));
  const visits = folder.write(
    "visits.csv",
    table(`patient,${marks.join()},ill`, 160, (i) => {
      const own = Math.floor(i / 4);
      return [`P${own}`, ...people[own]!.map((x) => (x + 0.01 * (i % 4)).toFixed(4)), own % 2];
    }),
  );
  const split = ["--target", "ill", "--prove-group", "patient"];

  test("rows know each other, patients do not", async () => {
    const { group } = await json(visits, ...split);
    expect(group.as.value).toBeGreaterThan(group.without.value + 0.2);
    // of both sides patients are resampled, not rows
    expect(group.as.method).toMatch(/bootstrap over 3\d groups/);
    expect(group.without.method).toBe(group.as.method);
  });

  test.each([40, 80])(
    "the audit names the command; in %i columns nothing is cut",
    async (columns) => {
      const { out } = await golgi(
        ["data", visits, "--target=ill", "--strict"],
        capture({ columns }),
      );
      const named = `golgi data ${visits} --target=ill --prove-group patient`;
      expect(out).toMatch(/^ {4}proof: (npx )?golgi/m);
      expect(unbroken(out)).toContain(unbroken(named));
      expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(columns);
    },
  );
});

test("gaps filled class by class, against gaps that are left (L1.2)", async () => {
  const draws = stream({ seed: 5, purpose: "proof" });
  const rows = Array.from({ length: 240 }, (_, i) => ({
    age: 50 + 20 * draws.nextFloat() + 4 * (i % 2),
    insulin: 75 + 40 * draws.nextFloat() + 10 * (i % 2),
    gap: draws.nextFloat() < 0.5,
  }));
  const file = (name: string, gap: (ill: number) => string) =>
    folder.write(
      name,
      table("age,insulin,ill", 240, (i) => {
        const { age, insulin, gap: missing } = rows[i]!;
        return [age.toFixed(2), missing ? gap(i % 2) : insulin.toFixed(2), i % 2];
      }),
    );
  const proof = ["--target", "ill", "--prove-without", "insulin"];
  const filled = file("filled.csv", (ill) => (ill ? "105.25" : "94.75"));
  const leaking = await json(filled, ...proof);
  expect(leaking.audit.suspicions).toContainEqual(
    expect.objectContaining({ check: "class-wise constant", columns: ["insulin"] }),
  );
  const { without: leak } = leaking;
  const { without: honest } = await json(
    file("gaps.csv", () => ""),
    ...proof,
  );
  expect(leak.as.value).toBeGreaterThan(leak.without.value + 0.15);
  expect(leak.as.value).toBeGreaterThan(honest.as.value + 0.15);
  expect(Math.abs(honest.as.value - honest.without.value)).toBeLessThan(0.1);
});

test("what has nothing to prove is one line", async () => {
  const small = folder.write(
    "small.csv",
    table("y,a,b,day", 40, (i) => [i % 2, (i * 7) % 11, i / 3, `2024-01-${10 + (i % 20)}`]),
  );
  const said = (...flags: string[]) => refused("data", small, ...flags);
  expect([
    await said("--prove-group", "a"),
    await said("--target", "y", "--prove-group", "who"),
    await said("--target", "y", "--prove-group", "y"),
    await said("--target", "y", "--prove-time", "b,day"),
    await said("--target", "y", "--prove-without", "nothing"),
    await said("--target", "y", "--prove-duplicates"),
  ]).toMatchInlineSnapshot(`
    [
      "golgi: --prove-group is about predicting something. Name the column to predict with --target COLUMN.",
      "golgi: small.csv has no column “who”. Columns found: y, a, b, day.",
      "golgi: “y” is the target and ignored. Give it one role.",
      "golgi: small.csv has no column “b,day”. Columns found: y, a, b, day.",
      "golgi: small.csv has no column “nothing”. Columns found: y, a, b, day.",
      "golgi: --prove-duplicates: no test row of small.csv has the same features as a training row. There is nothing to prove.",
    ]
  `);
});

describeShared("tables that do not come along", () => {
  test("Golub: of 3051 genes twenty are found that tell shuffled labels (L1.3)", async () => {
    const { selection } = await json(
      ...[`${shared}/golub_leukemia.csv`, "--target", "class", "--prove-selection"],
    );
    expect(selection).toMatchObject({ statistic: "auroc", rows: 38, selected: 20 });
    expect(selection.features).toBeGreaterThan(3000);
    const mean = (values: readonly number[]) =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    // with scikit-learn, 20 shuffles: 0.928 (least 0.81) and 0.513
    expect(Math.min(...selection.before)).toBeGreaterThan(0.75);
    expect(mean(selection.before)).toBeGreaterThan(0.88);
    expect(Math.abs(mean(selection.inside) - 0.5)).toBeLessThan(0.15);
  }, 120_000);

  test("pbcseq: 312 patients on two sides of a split by rows", async () => {
    const { group } = await json(
      ...[
        `${shared}/pbcseq_longitudinal.csv`,
        "--target",
        "status",
        "--positive",
        "2",
        "--task",
        "binary",
      ],
      ...["--ignore", "futime", "--prove-group", "id"],
    );
    expect(group.as.value).toBeGreaterThan(0.85);
    expect(group.without.value).toBeLessThan(group.as.value - 0.03);
    expect(group.as.high - group.as.low).toBeGreaterThan(0.05); // of rows it would be half of that
  });
});
