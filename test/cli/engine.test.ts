/** Where a training is computed: threads and backends. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { golgi } from "./capture.ts";
import { temporaryFolder, wdbc } from "./files.ts";

const folder = temporaryFolder();

async function trained(name: string, ...flags: string[]) {
  const out = folder.path(name);
  const wide = ["--hidden", "256", "--batch-size", "256", "--epochs", "2"];
  const args = ["train", wdbc, "--target", "Diagnosis", ...wide, "--out", out, ...flags];
  const { code, err } = await golgi(args);
  if (code !== 0) return { code, err };
  const file = (part: string) => readFileSync(`${out}/${part}`);
  const { manifest, circumstances } = JSON.parse(file("run.json").toString());
  const settings = manifest.settings as { backend?: string };
  return {
    code,
    err,
    weights: file("weights.safetensors"),
    settings,
    engine: circumstances.engine,
  };
}

test("threads change neither the weights nor the settings", async () => {
  const [one, two] = [await trained("one"), await trained("two", "--threads", "2")];
  expect([one.code, two.code]).toEqual([0, 0]);
  expect(two.weights?.equals(one.weights!)).toBe(true);
  expect(two.settings).toEqual(one.settings);
  expect([one.engine, two.engine]).toMatchObject([{ threads: 1 }, { threads: 2 }]);
});

test("BLAS is named in the settings and said to have bits of its own; without one, one line", async () => {
  const { code, err, settings, engine } = await trained("native", "--backend", "blas");
  if (code === 2) expect(err).toMatch(/^golgi: .*Install (one|it): .*\n$/);
  else {
    expect(err).toContain("! the BLAS backend is not bit-reproducible");
    expect([settings?.backend, engine.backend]).toEqual(["blas", "blas"]);
  }
});
