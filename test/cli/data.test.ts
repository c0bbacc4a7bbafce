/** `golgi data`: the page, the JSON, the exit code of a check that failed. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { capture, golgi } from "./capture.ts";
import { scattered, table, temporaryFolder, wdbc } from "./files.ts";

const sample = (name: string) => fileURLToPath(new URL(`../../data/${name}`, import.meta.url));
const folder = temporaryFolder();
const visits = folder.write(
  "visits.csv",
  table("patient,a,b,ill", 120, (i) => {
    const own = Math.floor(i / 4);
    return [
      `P${own}`,
      scattered(own).toFixed(4),
      scattered(i, 2).toFixed(4),
      own % 2 ? "yes" : "no",
    ];
  }),
);

describe("a page for people", () => {
  test("columns, what says the same, Table 1 and the audit", async () => {
    const { code, out, err } = await golgi(["data", wdbc, "--target", "Diagnosis"]);
    expect([code, err]).toEqual([0, "! ID is left out: identifier, identifies a row\n"]);
    expect(out).toContain("· 569 rows · 32 columns");
    expect(out).toMatch(/Diagnosis +binary +B 357 · M 212/);
    expect(out).toContain("0.998   Radius_mean and Perimeter_mean");
    expect(out).toMatch(/Table 1 {3}by Diagnosis/);
    expect(out).toMatch(/Perimeter_extreme +87\.0 ± 13\.5 +141 ± 29\.5 +2\.37/);
    expect(out).toContain("Leakage audit   10 checks · 6 warning");
  });

  test.each([40, 120])("%i columns wide at most", async (columns) => {
    const { out } = await golgi(
      ["data", sample("biopsy_repeated_ids.csv"), "--target", "class"],
      capture({ columns }),
    );
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(columns);
    const line =
      columns === 40
        ? /\n {2}V6 +2\.67\n {4}benign \(n = 458\) 1\.35 ± 1\.18\n {4}malignant \(n = 241\) 7\.63 ± 3\.12\n/
        : /\n {2}V6 +1\.35 ± 1\.18 +7\.63 ± 3\.12 +2\.67\n/;
    expect(out).toMatch(line);
    expect(out).toMatch(/█▁▁▁▁▁▁▁ ▁ {2}1\.00 – 10\.0 \(1\.00\)\n/);
    expect(out).toMatch(/98\s%\sof\sthe\s+rows\s+are\s+complete/);
  });

  test("without a target there is neither Table 1 nor an audit", async () => {
    const { code, out } = await golgi(["data", wdbc]);
    expect(code).toBe(0);
    expect(out).not.toMatch(/Table 1|audit/);
  });
});

test("luck in 40 columns: pictures and numbers are whole", async () => {
  const flags = ["--target", "ill", "--draws", "2", "--epochs", "2", "--quiet"];
  const { out } = await golgi(["luck", visits, ...flags], capture({ columns: 40 }));
  expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(40);
  expect(out).toMatch(
    /\n {2}other splits {2}\S{16}\n +▲\n {4}▲ 0\.\d{3}, above \d of 1\n {4}mean 0\.\d{3} ± 0\.\d{3}, 0\.\d{3} – [01]\.\d{3}\n/,
  );
});

test("--strict ends with 3 where a suspicion is severe, and 0 where it is mended", async () => {
  const strict = ["data", visits, "--target", "ill", "--strict"];
  const leaking = await golgi(strict);
  expect(leaking.code).toBe(3);
  expect(leaking.out).toMatch(/✗ severe: .* share “patient”/);
  expect((await golgi([...strict, "--group", "patient"])).code).toBe(0);
  expect((await golgi(["data", wdbc, "--target", "Diagnosis", "--strict"])).code).toBe(0);
});

test("--json has it all, with proofs where they are asked for", async () => {
  const { code, out } = await golgi(["data", visits, "--target", "ill", "--json", "--prove"]);
  expect(code).toBe(0);
  const { profile, audit, tableOne, proofs } = JSON.parse(out);
  expect(profile.columns.map(({ kind }: { kind: string }) => kind)).toEqual([
    ...["identifier", "number", "number", "binary"],
  ]);
  expect(tableOne.names).toEqual(["no", "yes"]);
  expect(audit.suspicions[0]).toMatchObject({ check: "group on two sides", severity: "severe" });
  expect(proofs).toHaveLength(audit.suspicions.length);
  expect(proofs[0]).toMatchObject({ statistic: "auroc", as: { high: expect.any(Number) } });
  expect(proofs[0].without.value).not.toBe(proofs[0].as.value);
});

test("what needs a target says so", async () => {
  const { code, err } = await golgi(["data", wdbc, "--strict"]);
  expect([code, err]).toEqual([
    2,
    "golgi: --strict is about predicting something. Name the column to predict with --target COLUMN.\n",
  ]);
});
