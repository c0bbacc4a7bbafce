/** Tables that break statistics: each is a number, or words that say why not, on the page, in JSON and in the report. */
import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { golgi } from "./capture.ts";
import { scattered, table, temporaryFolder } from "./files.ts";

const folder = temporaryFolder();
vi.stubEnv("GOLGI_STATE", folder.path("state"));
const x = (i: number, salt = 1) => scattered(i, salt).toFixed(3);
const yes = (is: boolean) => (is ? "yes" : "no");

const tables: Readonly<Record<string, readonly [text: string, flags: string, says: RegExp]>> = {
  "four events": [
    table("a,b,y", 100, (i) => [x(i), x(i, 2), yes(i % 30 === 3)]),
    "--prevalence 0.02 --subgroup a",
    /no interval: a class has one row only/,
  ],
  "one class tests": [
    table("a,part,y", 90, (i) => [x(i), i < 20 ? "test" : "train", yes(i > 20 && i % 2 === 0)]),
    "--split-column part --prevalence 0.1",
    /does not exist: no row has the event/,
  ],
  "a column that separates": [
    table("a,b,y", 80, (i) => [
      i % 2 ? 5 + scattered(i) : -scattered(i),
      x(i, 2),
      yes(i % 2 === 1),
    ]),
    "--epochs 60 --optimism 10 --cv 2",
    /exact binomial|AUROC +1\.000/,
  ],
  "gaps in the target": [
    table("a,b,y", 90, (i) => [x(i), x(i, 2), i % 3 ? yes(i % 2 === 0) : ""]),
    "--ensemble 2",
    /AUROC/,
  ],
  "patients of one row and of many": [
    table("p,a,y", 100, (i) => [i < 40 ? i : 40 + (i >> 3), x(i), yes(i % 2 === 0)]),
    "--group p --cv 2",
    /by group/,
  ],
  "one patient tests": [
    table("p,a,y", 100, (i) => [Math.floor(i / 20), x(i), yes((Math.floor(i / 20) + i) % 3 === 0)]),
    "--group p",
    /no interval: all rows belong to one group/,
  ],
  "a class of three rows": [
    table("a,b,y", 80, (i) => [x(i), x(i, 2), i % 30 === 1 ? "c" : "ab"[i % 2]!]),
    "",
    /a class has one row only/,
  ],
  "a number that hardly varies": [
    table("a,y", 60, (i) => [x(i), i % 12 ? 5 : 5.5]),
    "--task regression --cv 2",
    /R²/,
  ],
};
const broken = /\b(NaN|Infinity|undefined)\b|\[object|^ +at .*:\d+:\d+/m;

test.each(Object.entries(tables))("%s", { timeout: 60_000 }, async (name, [text, flags, says]) => {
  const file = folder.write(`${name.replaceAll(" ", "-")}.csv`, text);
  const run = folder.path(name.replaceAll(" ", "-"));
  const asked = ["--target", "y", "--epochs", "4", ...flags.split(" ").filter(Boolean)];
  const { code, out, err } = await golgi(["train", file, ...asked, "--out", run]);
  expect(code, err).toBe(0);
  expect(out.replace(/\s+/g, " ")).toMatch(says);
  const report = await golgi(["report", run, "--data", file]);
  expect([report.code, report.err]).toEqual([0, ""]);
  const read = (part: string) => readFileSync(`${run}/${part}`, "utf8");
  const html = read("report.html").replace(/<(script|style)\b.*?<\/\1>/gs, "");
  for (const said of [out, err, read("metrics.json"), read("events.jsonl"), html])
    expect(broken.exec(said)?.[0]).toBeUndefined();
});
