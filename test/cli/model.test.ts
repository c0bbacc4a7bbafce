/** `golgi evaluate`, `predict` and `inspect` on a run. */
import { cpSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { golgi } from "./capture.ts";
import { control, temporaryFolder, wdbc, wdbcArguments } from "./files.ts";

const folder = temporaryFolder();
const run = folder.path("run");
const sample = readFileSync(wdbc, "utf8").trimEnd().split("\n");
/** The last 200 rows, as if from elsewhere. */
const elsewhere = folder.write("elsewhere.csv", [sample[0], ...sample.slice(-200)].join("\n"));
const rowsOf = (csv: string) =>
  csv
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));

beforeAll(async () => {
  const { code, err } = await golgi([
    ...wdbcArguments,
    "--hidden",
    "16",
    "--epochs",
    "20",
    "--out",
    run,
  ]);
  expect([code, err]).toEqual([0, expect.anything()]);
}, 60_000);

describe("predict", () => {
  test("the training file again: the held-out rows get the very numbers of predictions.csv", async () => {
    const { code, out } = await golgi(["predict", run, wdbc]);
    expect([code, out]).toEqual([0, expect.not.stringMatching(control)]);
    const [header, ...rows] = rowsOf(out);
    expect(header).toEqual(["line", "ID", "prediction", "probability M"]);
    expect(rows).toHaveLength(569);
    const byLine = new Map(rows.map(([line, ...rest]) => [line, rest]));
    const [, ...held] = rowsOf(folder.text("run/predictions.csv"));
    expect(held).toHaveLength(114);
    for (const [line, id, , prediction, probability] of held)
      expect(byLine.get(line)).toEqual([id, prediction, probability]);
  });

  test("a row predicted alone gets the same bits", async () => {
    const alone = folder.write("alone.csv", [sample[0], sample[17]].join("\n"));
    const [, [, ...one] = []] = rowsOf((await golgi(["predict", run, alone])).out);
    const all = rowsOf((await golgi(["predict", run, wdbc])).out);
    expect(one).toEqual(all[17]!.slice(1));
  });

  test("--out writes a file once, and again only with --force", async () => {
    const args = ["predict", run, elsewhere, "--out", folder.path("predictions.csv")];
    const first = await golgi(args);
    expect([first.code, first.out]).toEqual([0, ""]);
    expect(first.err).toContain("200 rows predicted, written to");
    const written = folder.text("predictions.csv");
    expect(rowsOf(written)).toHaveLength(201);
    expect(await golgi(args)).toEqual({
      code: 2,
      out: "",
      err: `golgi: ${folder.path("predictions.csv")} exists. Add --force to replace it, or choose another --out.\n`,
    });
    expect((await golgi([...args, "--force"])).code).toBe(0);
    expect(folder.text("predictions.csv")).toBe(written);
  });

  test("--json: a row a line", async () => {
    const { out } = await golgi(["predict", run, elsewhere, "--json"]);
    const rows = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rows).toHaveLength(200);
    expect(Object.keys(rows[0])).toEqual(["line", "ID", "prediction", "probability M"]);
    expect(typeof rows[0]["probability M"]).toBe("number");
  });

  test("a file without a needed column is refused by name", async () => {
    const lacking = [sample[0]!.replace("Texture_mean", "Texture"), ...sample.slice(1)].join("\n");
    const { code, out, err } = await golgi(["predict", run, folder.write("lacking.csv", lacking)]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(
      /^golgi: lacking\.csv lacks “Texture_mean”, which the model needs\.[^\n]*\n$/,
    );
  });

  test("values far off are warned of, and predicted", async () => {
    const cells = sample[5]!.split(",");
    cells[2] = "5000";
    const far = folder.write("far.csv", [sample[0], cells.join(",")].join("\n"));
    const { code, err } = await golgi(["predict", run, far]);
    expect(code).toBe(0);
    expect(err).toMatch(/^! Radius_mean lies outside the training range .* in 1 row/);
  });
});

describe("evaluate", () => {
  test("another file, with every interval", async () => {
    const { code, out, err } = await golgi(["evaluate", run, "--data", elsewhere]);
    expect(code).toBe(0);
    expect(out).toContain("On 200 rows of elsewhere.csv");
    expect(out).toMatch(/AUROC +[01]\.\d{3} +[01]\.\d{3} – [01]\.\d{3} +DeLong/);
    expect(out).toMatch(/at threshold 0\.\d\d \(chosen in training\)/);
    expect(out + err).not.toMatch(control);
    expect(err).not.toContain("flatter");
  });

  test("the training file itself: said to flatter", async () => {
    const { code, err } = await golgi(["evaluate", run, "--data", wdbc]);
    expect([code, err.replace(/\n {2}/g, " ")]).toEqual([
      0,
      expect.stringContaining("! wdbc.csv is the file that this network was trained on"),
    ]);
  });

  test("--json and --out hold the same", async () => {
    const file = folder.path("other.json");
    const flags = ["--data", elsewhere, "--group", "ID", "--json", "--out", file];
    const { code, out } = await golgi(["evaluate", run, ...flags]);
    expect(code).toBe(0);
    const { openedBefore, ...found } = JSON.parse(out);
    expect(openedBefore).toBe(0);
    expect(found).toEqual(JSON.parse(folder.text("other.json")));
    expect(found).toMatchObject({
      task: "binary",
      rows: 200,
      test: { auroc: { low: expect.any(Number) } },
    });
  });

  test("each look at a file is written down, but for the file that taught the network", async () => {
    vi.stubEnv("GOLGI_STATE", folder.path("state"));
    await golgi(["evaluate", run, "--data", wdbc]);
    const first = await golgi(["evaluate", run, "--data", elsewhere]);
    const shuffled = [sample[0], ...sample.slice(-200).reverse()].join("\n");
    const second = await golgi(["evaluate", run, "--data", folder.write("again.csv", shuffled)]);
    vi.unstubAllEnvs();
    expect(first.out).not.toContain("opened");
    expect(second.out).toContain("these test rows have been opened once before: run (AUROC");
    const lines = folder.text("state/openings.jsonl").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).run)).toEqual(["run", "run"]);
  });

  test("a file without the target is refused", async () => {
    const without = sample.slice(0, 50).map((line) => line.split(",").toSpliced(1, 1).join(","));
    const file = folder.write("blind.csv", without.join("\n"));
    const { code, err } = await golgi(["evaluate", run, "--data", file]);
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^golgi: blind\.csv has no column “Diagnosis”/),
    ]);
  });
});

describe("inspect", () => {
  test("network, inputs, evaluation, provenance", async () => {
    const { code, out, err } = await golgi(["inspect", run]);
    expect([code, err]).toEqual([0, ""]);
    for (const said of [
      "predicts Diagnosis: M against B",
      "513 parameters",
      "0.weight [16, 30]  0.bias [16]",
      "30 → 16",
      "Radius_mean",
      "left out: ID (identifies a row), Diagnosis (the target)",
      "training 364 · validation 91 · test 114",
      "wdbc.csv · SHA-256",
      "seed 0",
    ])
      expect(out).toContain(said);
  });

  test("the graph and the plan of a step, where they are asked for", async () => {
    const { code, out } = await golgi(["inspect", run, "--graph", "--plan"]);
    expect(code).toBe(0);
    expect(out).toMatch(/Graph {3}for one row/);
    expect(out).toMatch(/v2 +table × v1 +\[1, \d+\]/);
    expect(out).toMatch(/Plan {3}a training step, [\d.]+ µs on this machine/);
    expect(out).toMatch(/\d+ % +[\d.]+ .* product t\d/);
  });

  test("--json has all but the weights", async () => {
    const { out } = await golgi(["inspect", run, "--json"]);
    const { manifest, hashes, model, metrics, parameters } = JSON.parse(out);
    expect(JSON.parse(folder.text("run/run.json"))).toMatchObject({ manifest, hashes });
    expect(JSON.parse(folder.text("run/model.json"))).toEqual(model);
    expect(JSON.parse(folder.text("run/metrics.json"))).toEqual(metrics);
    expect(parameters.map(({ name }: { name: string }) => name).sort()).toEqual([
      "0.bias",
      "0.weight",
      "2.bias",
      "2.weight",
    ]);
  });

  test("a flipped byte in the weights is refused by every command", async () => {
    const broken = folder.path("broken");
    cpSync(run, broken, { recursive: true });
    const bytes = folder.bytes("broken/weights.safetensors");
    bytes[bytes.length - 1]! ^= 1;
    folder.write("broken/weights.safetensors", bytes);
    for (const args of [
      ["inspect", broken],
      ["predict", broken, wdbc],
      ["evaluate", broken, "--data", wdbc],
    ]) {
      const { code, out, err } = await golgi(args);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toMatch(/^golgi: \S+weights\.safetensors is not what run\.json names[^\n]*\n$/);
    }
  });
});
