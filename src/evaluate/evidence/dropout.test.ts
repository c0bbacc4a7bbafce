import { expect, test } from "vitest";
import { sample } from "../../../test/studies/support.ts";
import { purposes, uniform32 } from "../../base/random.ts";
import { partOf } from "../../data/index.ts";
import { nn, train } from "../../index.ts";
import { placeOf } from "../../nn/place.ts";
import { firstDraw } from "../../train/step.ts";
import { evaluateTable } from "../model.ts";
import { prepare } from "../prepare.ts";
import { study } from "../study.ts";

const probability = 0.4;
const hidden = 7;
const rows = 300;
const seed = 11;

/** The mask that the engine draws for layer 2, element by element. */
function kept(step: number, index: number): number {
  const purpose = ((placeOf("2.dropout") >>> 9) << 8) | (purposes.indexOf("dropout") + 1);
  return uniform32({ seed, purpose, step }, index) < probability ? 0 : 1 / (1 - probability);
}

test("draws are forward passes under the engine's own masks, other ones in each batch and draw", () => {
  const model = nn.sequential(
    nn.linear(2, hidden),
    nn.relu,
    nn.dropout(probability),
    nn.linear(hidden, 1),
  );
  const weights = {
    "0.weight": {
      shape: [hidden, 2],
      dtype: "f32",
      data: Float32Array.from({ length: 14 }, (_, i) => Math.sin(i)),
    },
    "0.bias": {
      shape: [hidden],
      dtype: "f32",
      data: Float32Array.from({ length: 7 }, (_, i) => Math.cos(i)),
    },
    "3.weight": {
      shape: [1, hidden],
      dtype: "f32",
      data: Float32Array.from({ length: 7 }, (_, i) => 1 - i / 3),
    },
    "3.bias": { shape: [1], dtype: "f32", data: Float32Array.of(0.25) },
  } as const;
  const features = Float32Array.from({ length: 2 * rows }, (_, i) => Math.sin(3 * i));
  const samples = train.tableSamples({ features, columns: 2 });
  const found = train.predictDrawn({ model, weights }, samples, { seed, draws: 3 });
  const data = (name: keyof typeof weights) => weights[name].data;
  // 256 rows in the first batch, 44 in the second; three keys are set apart for each draw
  found.forEach((outputs, draw) => {
    outputs.forEach((value, row) => {
      const step = firstDraw + 3 * draw + Math.floor(row / 256);
      let right = data("3.bias")[0]!;
      for (let unit = 0; unit < hidden; unit++) {
        const z =
          data("0.weight")[2 * unit]! * features[2 * row]! +
          data("0.weight")[2 * unit + 1]! * features[2 * row + 1]! +
          data("0.bias")[unit]!;
        right += data("3.weight")[unit]! * Math.max(0, z) * kept(step, (row % 256) * hidden + unit);
      }
      expect(value).toBeCloseTo(right, 5);
    });
  });
  expect(train.predictDrawn({ model, weights }, samples, { seed, draws: 3 })).toEqual(found);
});

test("a study by many passes: entropy in its parts, the same on the saved rows, refused without dropout", async () => {
  const table = await sample("wdbc.csv");
  const options = { target: "Diagnosis", epochs: 8, hidden: [8], dropout: 0.3 };
  const run = { resamples: 100 };
  const done = await study(prepare(table, { ...options, mcDropout: 20 }), run);
  const alone = await study(prepare(table, options), run);
  expect(alone.mcDropout).toBeNull();
  expect(done.test).toEqual(alone.test);
  const { draws, mean, entropy, deviation } = done.mcDropout!;
  expect([draws, deviation]).toEqual([20, null]);
  const { total, aleatoric, epistemic } = entropy!;
  expect(epistemic.value!).toBeGreaterThan(0);
  expect(total.value!).toBeCloseTo(aleatoric.value! + epistemic.value!, 12);
  expect(mean.statistics.auroc!.value!).toBeGreaterThan(0.95);
  const { mcDropout } = evaluateTable(done.model, table, { ...run, mcDropout: 5, seed: 3 });
  expect(evaluateTable(done.model, table, { ...run, mcDropout: 5, seed: 3 }).mcDropout).toEqual(
    mcDropout,
  );
  expect(() => prepare(table, { ...options, dropout: 0, mcDropout: 5 })).toThrow(
    "MC dropout needs a network",
  );
  expect(() => prepare(table, { ...options, mcDropout: 1 })).toThrow("MC dropout by 1 passes");
});

test("of a regression the passes' deviation is told", async () => {
  const table = await sample("diabetes_progression.csv");
  const options = { target: "target", epochs: 4, hidden: [8], dropout: 0.3, mcDropout: 10 };
  const { mcDropout, model, prepared } = await study(prepare(table, options), { resamples: 100 });
  expect(mcDropout!.entropy).toBeNull();
  const { mean, deviation } = model.target.scale!;
  const part = partOf({ ...prepared, scale: model.target.scale }, prepared.split.test);
  const draws = train
    .predictDrawn({ model: model.network, weights: model.weights }, part, { seed: 0, draws: 10 })
    .map((outputs) => Array.from(outputs, (z) => mean + deviation * z));
  const means = draws[0]!.map((_, row) => draws.reduce((sum, said) => sum + said[row]!, 0) / 10);
  const deviations = means.map((middle, row) =>
    Math.sqrt(draws.reduce((sum, said) => sum + (said[row]! - middle) ** 2, 0) / 9),
  );
  const average = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
  expect(mcDropout!.deviation!.value!).toBeCloseTo(average(deviations), 6);
  const errors = means.map((said, row) => (said - part.truth[row]!) ** 2);
  expect(mcDropout!.mean.statistics.rmse!.value!).toBeCloseTo(Math.sqrt(average(errors)), 6);
});
