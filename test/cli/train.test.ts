/** `golgi train` from a file to a run folder. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { golgi } from "./capture.ts";
import { control, scattered, table, temporaryFolder, wdbc, wdbcArguments } from "./files.ts";

const folder = temporaryFolder();
const runFiles = [
  "events.jsonl",
  "metrics.json",
  "model.json",
  "predictions.csv",
  "run.json",
  "weights.safetensors",
];
const short = ["--epochs", "6"];
/** The first rows of the sample, for what does not depend on many. */
const small = [
  "train",
  folder.write("small.csv", readFileSync(wdbc, "utf8").split("\n").slice(0, 101).join("\n")),
  ...["--target", "Diagnosis", ...short],
];
const linesOf = (text: string) => text.trimEnd().split("\n");

describe("on the breast-cancer sample", () => {
  const out = folder.path("wdbc");
  const trained = golgi([...wdbcArguments, "--hidden", "16", "--out", out]);

  test("exit code 0, a whole run folder, AUROC of at least 0.98", async () => {
    expect((await trained).code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(runFiles);
    const metrics = JSON.parse(folder.text("wdbc/metrics.json"));
    expect(metrics.rows).toEqual({ training: 364, validation: 91, test: 114 });
    expect(metrics.test.auroc.value).toBeGreaterThan(0.98);
    expect(linesOf(folder.text("wdbc/predictions.csv"))).toHaveLength(115);
  });

  test("the page says what was done, what it is worth, and where it is", async () => {
    const { out: page } = await trained;
    for (const said of [
      `${wdbc} · 569 rows · 32 columns`,
      "target     Diagnosis   M: 212 (37 %), counts as positive · B: 357 (63 %)",
      "features   30 numbers",
      "left out   ID (identifier)",
      "split      train 364 · validation 91 · test 114, stratified, seed 0",
      "network    30 → 16 relu → 1 sigmoid · 513 parameters · 2.1 kB",
      "On 114 rows the network never saw",
      "at threshold 0.",
      "predicted M   predicted B",
      "beside it  logistic regression AUROC 0.",
      "remember",
      `next         `,
    ])
      expect(page).toContain(said);
    expect(page).toMatch(/ {2}AUROC +0\.99\d +0\.9\d\d – [01]\.\d{3} +DeLong/);
    expect(page.replace(/\s+/g, "")).toContain(out);
  });

  test("the page and metrics.json say the same", async () => {
    const { out: page } = await trained;
    const { test: found } = JSON.parse(folder.text("wdbc/metrics.json"));
    for (const [name, key] of [
      ["Brier score", "brier"],
      ["sensitivity", "sensitivity"],
      ["NPV", "npv"],
    ] as const) {
      const { value, low, high } = found[key];
      const interval = `${low.toFixed(3)} – ${high.toFixed(3)}`;
      expect(page).toMatch(new RegExp(` ${name} +${value.toFixed(3)} +${interval} `));
    }
  });

  test("a line an epoch on standard error, warnings marked, no control characters", async () => {
    const { out: page, err } = await trained;
    const [warning, ...lines] = linesOf(err);
    expect(warning).toBe("! ID is left out: identifier, identifies a row");
    expect(lines[0]).toMatch(/^epoch 1\/200 {2}loss 0\.\d+ {2}validation loss 0\.\d+ {2}AUROC 0\./);
    expect(lines.at(-1)).toMatch(/^stopped at epoch \d+; weights of epoch \d+ kept; evaluating$/);
    expect(page + err).not.toMatch(control);
    expect(page.split("\n").every((line) => line.length <= 80 || line.startsWith("/"))).toBe(true);
  });
});

test("the same seed gives the same bytes, another seed others", async () => {
  const hashes: string[] = [];
  for (const [name, seed] of [
    ["a", "3"],
    ["b", "3"],
    ["c", "4"],
  ] as const) {
    const out = folder.path(`seed-${name}`);
    const { code } = await golgi([...small, "--seed", seed, "--out", out]);
    expect(code).toBe(0);
    const bytes = folder.bytes(`seed-${name}/weights.safetensors`);
    hashes.push(createHash("sha256").update(bytes).digest("hex"));
  }
  expect(hashes[0]).toBe(hashes[1]);
  expect(hashes[0]).not.toBe(hashes[2]);
  expect(folder.text("seed-a/metrics.json")).toBe(folder.text("seed-b/metrics.json"));
});

describe("for programs", () => {
  test("--json: events, one a line, and nothing else on standard output", async () => {
    const out = folder.path("json");
    const called = await golgi([...small, "--json", "--out", out]);
    const events = linesOf(called.out).map((line) => JSON.parse(line));
    expect(called.code).toBe(0);
    expect(events.map(({ event }) => event)).toEqual([
      "start",
      ...Array(6).fill("epoch"),
      "stop",
      "baseline",
      "end",
    ]);
    expect(events[0].findings).toContainEqual({
      level: "warning",
      kind: "left out",
      message: "ID is left out: identifier, identifies a row",
    });
    const end = events.at(-1);
    expect(end.run).toBe(out);
    expect(end.metrics).toEqual(JSON.parse(folder.text("json/metrics.json")));
  });

  test("--quiet: the results alone", async () => {
    const out = folder.path("quiet");
    const called = await golgi([...small, "--quiet", "--out", out]);
    expect(called.err).toBe("");
    expect(linesOf(called.out)[0]).toMatch(/^On 20 rows the network never saw/);
    expect(called.out).not.toMatch(/training|network {4}|remember|next/);
  });
});

describe("other tasks", () => {
  const groups = folder.write(
    "visits.csv",
    table("patient,age,marker,stage,outcome", 90, (i) => {
      const patient = Math.floor(i / 3);
      const sick = scattered(patient) > 0.5;
      return [
        `P${patient}`,
        Math.round(40 + 30 * scattered(i, 2)),
        i % 11 === 0 ? "" : (scattered(i, 3) + (sick ? 0.4 : 0)).toFixed(3),
        ["mild", "severe", "none"][Math.floor(3 * scattered(i, 4))]!,
        sick ? "yes" : "no",
      ];
    }),
  );

  test("groups and cross-validation", async () => {
    const out = folder.path("visits");
    const flags = ["--target", "outcome", "--group", "patient", "--cv", "2"];
    const called = await golgi(["train", groups, ...flags, ...short, "--out", out]);
    expect([called.code, called.err]).toEqual([0, expect.stringContaining("2 of 2 folds")]);
    expect(called.out).toMatch(/groups {5}30 values of patient, none on two sides/);
    expect(called.out).toMatch(/On \d+ rows \(\d+ of patient\) the network never saw/);
    expect(called.out).toContain("Cross-validation, 2 folds");
    expect(called.out).toMatch(/AUROC +0\.\d{3} ± 0\.\d{3} +0\.\d{3} – [01]\.\d{3}/);
    const { cv } = JSON.parse(folder.text("visits/metrics.json"));
    expect(cv.byFold.auroc.value).toBeCloseTo((cv.folds[0].auroc + cv.folds[1].auroc) / 2, 12);
    expect(cv.byFold.comparison).toMatchObject({
      statistic: "auroc",
      method: "corrected resampled t (Nadeau-Bengio)",
    });
    expect(cv.folds).toHaveLength(2);
  });

  test("repeated groups without --group are warned of", async () => {
    const flags = ["--target", "outcome", "--out", folder.path("leaky"), ...short];
    const { code, err } = await golgi(["train", groups, ...flags]);
    expect(code).toBe(0);
    expect(err.replace(/\n {2}/g, " ")).toContain(
      "! patient repeats (30 values in 90 rows): rows of one patient could land on both sides; --group patient keeps them together",
    );
  });

  test("classes", async () => {
    const flags = ["--target", "stage", "--group", "patient", "--out", folder.path("stage")];
    const { code, out } = await golgi(["train", groups, ...flags, ...short]);
    expect(code).toBe(0);
    expect(out).toMatch(/stage {3}3 classes · mild: \d+ \(\d+ %\) · none: \d+/);
    for (const said of [
      "AUROC, mean of classes",
      "called right",
      "is severe",
      "softmax regression",
    ])
      expect(out).toContain(said);
  });

  test("regression", async () => {
    const flags = ["--target", "age", "--hidden", "none", "--out", folder.path("age")];
    const { code, out } = await golgi(["train", groups, ...flags, "--ignore", "stage", ...short]);
    expect(code).toBe(0);
    for (const said of [
      "a number, 40",
      "R²",
      "RMSE",
      "linear regression RMSE",
      "same kind of model",
    ])
      expect(out).toContain(said);
    expect(out).not.toContain("threshold");
  });
});

test("an output folder that exists asks for --force, before it trains", async () => {
  const again = [...small, "--out", folder.path("again")];
  expect((await golgi(again)).code).toBe(0);
  const before = folder.everything();
  const refused = await golgi([...again, "--seed", "1"]);
  expect(refused).toEqual({
    code: 2,
    out: "",
    err: `golgi: ${folder.path("again")} exists. Add --force to replace it, or choose another --out.\n`,
  });
  expect(folder.everything()).toEqual(before);
  expect((await golgi([...again, "--seed", "1", "--force"])).code).toBe(0);
  expect(JSON.parse(folder.text("again/run.json")).manifest.seed).toBe(1);
});
