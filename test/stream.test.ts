/** A table on disk through the whole command: the same bits again. */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { golgi } from "./cli/capture.ts";

let folder = "";
const before = process.cwd();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "golgi-stream-"));
  process.chdir(folder);
  const rows = Array.from({ length: 9000 }, (_, i) => {
    const [x, y] = [((i * 7919) % 1000) / 100, ((i * 104_729) % 777) / 50];
    return `${x},${i % 50 === 0 ? "" : y},${"ab"[i % 2]},${x + (i % 2) > 5 ? "case" : "control"}`;
  });
  writeFileSync("big.csv", `x,y,site,outcome\n${rows.join("\n")}\n`);
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

async function train(out: string): Promise<string> {
  const flags = "--target outcome --stream --epochs 3 --test-fraction 0.05".split(" ");
  const called = await golgi(["train", "big.csv", ...flags, "--out", out, "--force"]);
  expect(called.code, called.err).toBe(0);
  return called.err;
}
const hashOf = (out: string) =>
  createHash("sha256")
    .update(readFileSync(join(out, "weights.safetensors")))
    .digest("hex");

test("converted once, told once, trained on in blocks, with the same bits again", async () => {
  const first = await train("one");
  expect(first).toContain("is converted once to runs/.rows/big.csv-");
  expect(await train("two")).not.toContain("is converted once");
  expect(hashOf("one")).toBe(hashOf("two"));
  expect(readdirSync("runs/.rows")).toHaveLength(1); // features leave nothing behind
  const metrics = JSON.parse(readFileSync("one/metrics.json", "utf8"));
  expect(JSON.stringify(metrics)).toContain("auroc");
});

test("its report is of the same rows, which are explained too", async () => {
  await train("told");
  const called = await golgi(["report", "told", "--data", "big.csv"]);
  expect(called.code, called.err).toBe(0);
  const html = readFileSync("told/report.html", "utf8");
  for (const section of ["data", "audit", "explanations"])
    expect(html).toContain(`<section id="${section}"`);
  expect(html).toContain("--stream");
});

test("data: a page of it, but not of rows picked out by their label", async () => {
  const asked = ["data", "big.csv", "--stream", "--target", "outcome"];
  const { code, out } = await golgi(asked);
  expect(code).toBe(0);
  expect(out).toMatch(/180 +y\n/); // every fiftieth
  expect(out).toContain("Leakage audit");
  const refused = await golgi([...asked, "--labels", "case,control"]);
  expect(refused.code).toBe(2);
  expect(refused.err).toMatch(/^golgi: --labels takes rows into memory, and big.csv is read from/);
});
