import { expect, test } from "vitest";
import { mlp } from "../nn/index.ts";
import { fit, predict } from "./fit.ts";
import type { LabeledSamples, Pages } from "./samples.ts";
import { stretchesInOrder, stretchesOf } from "./stretches.ts";

/** Features on “disk”: an array that is read page by page. */
function paged(data: Float32Array, width: number, pageRows: number): Pages {
  return {
    ...{ identity: "these rows", rows: data.length / width, pageRows },
    read: (page, values, at) =>
      values.set(data.subarray(page * pageRows * width, (page + 1) * pageRows * width), at),
  };
}

const rows = 1000;
const features = Float32Array.from({ length: 3 * rows }, (_, i) => ((i * 7919) % 1000) / 500 - 1);
const targets = Float32Array.from({ length: rows }, (_, i) => Number(features[3 * i]! > 0));
const inMemory: LabeledSamples = {
  rows,
  targets,
  inputs: { table: { shape: [3], data: features } },
};
const onDisk = (pageRows: number): LabeledSamples => ({
  ...{ rows, targets },
  inputs: { table: { shape: [3], data: new Float32Array(), pages: paged(features, 3, pageRows) } },
});
const build = ({ features: inputs, outputs }: { features: number; outputs: number }) =>
  mlp({ inputs, hidden: [4], outputs });
const options = { loss: "binaryCrossEntropy", epochs: 4, seed: 5 } as const;

test("each epoch every row once, in another order, by windows of whole pages", () => {
  const wide = { shape: [4_194_304], data: new Float32Array() }; // two pages of one row fill a window
  const pages = { ...paged(new Float32Array(0), 1, 1), rows: 7 };
  const epochs = [1, 2].map((epoch) =>
    stretchesOf(7, { ...wide, pages }, { seed: 0, epoch }).map((stretch) => {
      const numbers = stretch.numbers();
      return Array.from(stretch.order(), (place) => numbers[place]!);
    }),
  );
  expect(epochs[0]!.map(({ length }) => length)).toEqual([2, 2, 2, 1]);
  for (const epoch of epochs) expect(epoch.flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(epochs[0]).not.toEqual(epochs[1]);
  const inOrder = stretchesInOrder(7, { ...wide, pages }).flatMap((each) => [...each.numbers()]);
  expect(inOrder).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test("rows on disk give the bits that the same order in memory gives", async () => {
  // one page holds all: the window is the table, and only the order's key differs
  const table = onDisk(rows).inputs.table;
  const [stretch] = stretchesOf(rows, table, { seed: 5, epoch: 1 });
  const order = stretch!.order();
  const trained = await fit(build, onDisk(rows), { ...options, epochs: 1, batchSize: rows });
  const again = await fit(build, onDisk(rows), { ...options, epochs: 1, batchSize: rows });
  expect(trained.weights).toEqual(again.weights);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i));
  expect(predict(trained, onDisk(64))).toEqual(predict(trained, inMemory));
});

test("rows on disk are learned from; validation and a stop on the way change no bit", async () => {
  const whole = await fit(build, onDisk(64), { ...options, validation: onDisk(128) });
  const memory = await fit(build, onDisk(64), { ...options, validation: inMemory });
  expect(whole.weights).toEqual(memory.weights);
  expect(whole.history.map(({ validation }) => validation)).toEqual(
    memory.history.map(({ validation }) => validation),
  );
  expect(whole.history.at(-1)!.loss).toBeLessThan(whole.history[0]!.loss);
});
