/** The library as a programmer meets it: a dozen lines from a file to an evaluation. */
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { data, evaluate, loss, metrics, nn, optim, train } from "../../src/index.ts";
import { sample } from "./support.ts";

test("read, split, fit, evaluate", async () => {
  const table = await sample("wdbc.csv");
  const options = { target: "Diagnosis", ignore: ["ID"], seed: 7 };
  const { training, validation, test: held, recipe } = data.split(table, options);
  expect([training.rows, validation.rows, held.rows]).toEqual([364, 91, 114]);
  expect(recipe.inputs).toHaveLength(30);
  const run = await train.fit(
    ({ features }) => nn.sequential(nn.linear(features, 16), nn.relu, nn.linear(16, 1)),
    training,
    {
      loss: loss.binaryCrossEntropy,
      optimizer: optim.adam({ learningRate: 1e-3 }),
      epochs: 100,
    },
  );
  const found = await evaluate(run, held);
  expect(found.statistics.auroc!.value).toBeGreaterThan(0.96);
  expect(inspect(found)).toMatch(/^AUROC 0\.\d{3} \[0\.\d{3}, \d\.\d{3}\], average precision /);
  expect(String(found)).toBe(inspect(found));
  const logits = Float64Array.from(train.predict(run, held));
  expect(metrics.auroc(logits, held.truth).value).toBeCloseTo(found.statistics.auroc!.value!, 12);
});

test("groups of a split are resampled; a regression keeps its units", async () => {
  const cells = await sample("biopsy_repeated_ids.csv");
  const { training, test: held } = data.split(cells, { target: "class", group: "ID" });
  const build = ({ features }: { features: number }) =>
    nn.mlp({ inputs: features, hidden: [], outputs: 1 });
  const run = await train.fit(build, training, { loss: "binaryCrossEntropy", epochs: 5 });
  expect((await evaluate(run, held)).statistics.auroc!.method).toMatch(/over \d+ groups/);
  const numbers = data.split(await sample("diabetes_progression.csv"), { target: "target" });
  const settings = {
    loss: loss.meanSquaredError,
    epochs: 20,
    optimizer: optim.adam({ learningRate: 5e-3 }),
  };
  const line = await train.fit(build, numbers.training, settings);
  const { r2, rmse } = (await evaluate(line, numbers.test)).statistics;
  expect(r2!.value).toBeGreaterThan(0.3);
  expect(rmse!.value).toBeGreaterThan(40);
  expect(rmse!.value).toBeLessThan(70);
});
