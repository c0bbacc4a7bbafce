import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { referenceSession } from "../backends/reference/session.ts";
import { wasmSession } from "../backends/wasm/session.ts";
import { InputError } from "../base/errors.ts";
import { stream } from "../base/random.ts";
import { linear, mlp } from "../nn/index.ts";
import { adam, sgd } from "../optim/index.ts";
import type { EpochEvent, TrainingEvent } from "./events.ts";
import { type Build, type FitOptions, fit, predict, type Trained } from "./fit.ts";
import { type LabeledSamples, tableSamples } from "./samples.ts";
import { compileStep, ResidentSamples, SlotTree } from "./step.ts";

const columns = 5;
/** Rows whose label is the sign of a sum, but for some noise. */
function made(rows: number, seed: number): LabeledSamples {
  const draws = stream({ seed, purpose: "bootstrap" });
  const features = Float32Array.from({ length: rows * columns }, () => draws.nextNormal());
  const targets = Float32Array.from({ length: rows }, (_, row) => {
    const of = features.subarray(row * columns, (row + 1) * columns);
    return Number(of[0]! - of[1]! + 0.5 * of[2]! * of[3]! + 0.3 * draws.nextNormal() > 0);
  });
  return tableSamples({ features, columns, targets });
}
const training = made(70, 1);
const validation = made(40, 2);
const build: Build = ({ features, outputs }) =>
  mlp({ inputs: features, hidden: [8], outputs, dropout: 0.2 });
const options: FitOptions = {
  loss: "binaryCrossEntropy",
  validation,
  epochs: 12,
  optimizer: adam({ learningRate: 0.02 }),
};
const hash = ({ weights }: Trained) => {
  const digest = createHash("sha256");
  for (const path of Object.keys(weights).sort()) digest.update(path).update(weights[path]!.data);
  return digest.digest("hex");
};

describe("fit", () => {
  test("gives the same bits from the same seed, on both backends, and others from another", async () => {
    const first = hash(await fit(build, training, options));
    expect(hash(await fit(build, training, options))).toBe(first);
    expect(hash(await fit(build, training, { ...options, session: referenceSession() }))).toBe(
      first,
    );
    expect(hash(await fit(build, training, { ...options, seed: 1 }))).not.toBe(first);
    expect(first).toMatchInlineSnapshot(
      `"a39f0c84dbcb91c3725287c4209953d4dd4e9e9836bba5058bf74e68013048d1"`,
    );
  });

  test("learns", async () => {
    const { history } = await fit(build, training, { ...options, epochs: 60 });
    expect(history.at(-1)!.loss).toBeLessThan(0.7 * history[0]!.loss);
  });

  test("keeps the weights of the epoch with the least validation loss, and stops when patience ends", async () => {
    const overfit = {
      ...options,
      epochs: 400,
      patience: 7,
      optimizer: adam({ learningRate: 0.1 }),
    };
    const trained = await fit(build, training, overfit);
    const losses = trained.history.map(({ validation: v }) => v!.loss);
    expect(trained.reason).toBe("patience");
    expect(losses.indexOf(Math.min(...losses)) + 1).toBe(trained.best);
    expect(trained.history).toHaveLength(trained.best + 7);
    const again = await fit(build, training, { ...overfit, epochs: trained.best });
    expect(hash(again)).toBe(hash(trained));
  });

  test("without validation rows runs all epochs and keeps the last weights", async () => {
    const { validation: _, ...rest } = options;
    const trained = await fit(build, training, rest);
    expect([trained.reason, trained.best, trained.history.length]).toEqual(["epochs", 12, 12]);
    expect(trained.history[0]!.validation).toBeNull();
  });

  test("tells start, every epoch, and the end", async () => {
    const events: TrainingEvent[] = [];
    await fit(build, training, {
      ...options,
      epochs: 3,
      score: (outputs) => outputs.length,
      onEvent: (event) => events.push(event),
    });
    expect(events.map(({ event }) => event)).toEqual(["start", "epoch", "epoch", "epoch", "stop"]);
    expect(events[0]).toMatchObject({
      parameters: 57,
      batches: 3,
      rows: { training: 70, validation: 40 },
    });
    expect((events[1] as EpochEvent).validation!.score).toBe(40);
  });

  test("stops when asked and keeps the best weights so far", async () => {
    const controller = new AbortController();
    const onEvent = (event: TrainingEvent) =>
      event.event === "epoch" && event.epoch === 4 && controller.abort();
    const trained = await fit(build, training, { ...options, onEvent, signal: controller.signal });
    expect([trained.reason, trained.history.length]).toEqual(["interrupted", 4]);
  });

  test("says so when the loss is no number any more", async () => {
    const wild = { ...options, optimizer: sgd({ learningRate: 1e30 }) };
    await expect(fit(build, training, wild)).rejects.toThrow(/loss is NaN|loss is Infinity/);
    await expect(fit(build, training, wild)).rejects.toThrow(InputError);
  });

  test("refuses what does not fit", async () => {
    const bad = { ...training, targets: training.targets.subarray(1) };
    await expect(fit(build, bad, options)).rejects.toThrow("69 targets for 70 rows");
    await expect(fit(build, training, { ...options, epochs: 0 })).rejects.toThrow("epochs is 0");
    expect(() => tableSamples({ features: Float32Array.of(1, Number.NaN), columns: 2 })).toThrow(
      "finite",
    );
  });
});

test("a padded last batch gives the gradient of its rows alone", () => {
  const rows = Int32Array.of(3, 1, 4);
  const after = [3, 8].map((batchSize) => {
    const session = wasmSession();
    const model = linear(columns, 1);
    const optimizer = sgd({ learningRate: 0.5 });
    const initial = model.init(3);
    const params = new SlotTree(session, "params", initial);
    const state = new SlotTree(session, "state", optimizer.init(initial));
    const data = new ResidentSamples(session, training);
    const step = compileStep({
      session,
      model,
      loss: "binaryCrossEntropy",
      optimizer,
      params,
      state,
      data,
      batchSize,
      seed: 0,
    });
    const batch = new Int32Array(batchSize).fill(-1);
    batch.set(rows);
    step.run(batch, { learningRate: 0.5, step: 0 });
    return { loss: step.takeLoss(), weight: [...params.read().get("weight")!] };
  });
  expect(after[0]).toEqual(after[1]);
});

test("weights of rows count: a row of weight 2 is a row twice", async () => {
  const twice = tableSamples({
    features: Float32Array.of(
      ...training.inputs.table.data,
      ...training.inputs.table.data.subarray(0, columns),
    ),
    columns,
    targets: Float32Array.of(...training.targets, training.targets[0]!),
  });
  const weights = new Float32Array(70).fill(1);
  weights[0] = 2;
  const once = {
    loss: "binaryCrossEntropy",
    epochs: 5,
    batchSize: 128,
    optimizer: sgd({ learningRate: 0.3 }),
  } as const;
  const plain: Build = ({ features, outputs }) => linear(features, outputs);
  const [a, b] = [await fit(plain, twice, once), await fit(plain, { ...training, weights }, once)];
  a.weights.weight!.data.forEach(
    (w, i) => void expect(b.weights.weight!.data[i]).toBeCloseTo(w, 6),
  );
});

test("a row is predicted with the same bits alone and among others", async () => {
  const trained = await fit(build, training, options);
  const rows = made(300, 5);
  const all = predict(trained, rows);
  const alone = [0, 17, 255, 256, 299].map((row) => {
    const features = rows.inputs.table.data.slice(row * columns, (row + 1) * columns);
    return predict(trained, tableSamples({ features, columns }))[0];
  });
  expect(alone).toEqual([0, 17, 255, 256, 299].map((row) => all[row]));
});

test("100 000 steps leave memory as it was", () => {
  const session = wasmSession();
  const model = mlp({ inputs: columns, hidden: [4], outputs: 1 });
  const optimizer = adam();
  const initial = model.init(0);
  const params = new SlotTree(session, "params", initial);
  const state = new SlotTree(session, "state", optimizer.init(initial));
  const data = new ResidentSamples(session, training);
  const step = compileStep({
    session,
    model,
    loss: "binaryCrossEntropy",
    optimizer,
    params,
    state,
    data,
    batchSize: 16,
    seed: 0,
  });
  const batch = Int32Array.from({ length: 16 }, (_, i) => i);
  const run = (steps: number) => {
    for (let i = 0; i < steps; i++) step.run(batch, { learningRate: 1e-3, step: i });
  };
  run(20_000);
  const before = process.memoryUsage();
  run(100_000);
  const after = process.memoryUsage();
  expect(after.external - before.external).toBeLessThan(1024 * 1024);
  expect(after.rss - before.rss).toBeLessThan(16 * 1024 * 1024);
});
