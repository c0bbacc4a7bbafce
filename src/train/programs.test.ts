import { expect, test } from "vitest";
import { wasmSession } from "../backends/wasm/session.ts";
import { InputError } from "../base/errors.ts";
import { mlp } from "../nn/index.ts";
import { adam } from "../optim/index.ts";
import { prepare } from "./programs.ts";
import { tableSamples } from "./samples.ts";

const rows = { features: new Float32Array(40), columns: 4, targets: new Float32Array(10) };
const options = {
  training: tableSamples(rows),
  validation: tableSamples(rows),
  optimizer: adam(),
  loss: "binaryCrossEntropy" as const,
  seed: 0,
};
const fault = (make: () => unknown): string => {
  try {
    make();
  } catch (problem) {
    expect(problem).toBeInstanceOf(InputError);
    return (problem as Error).message;
  }
  return "";
};

test("a batch too large for memory is refused before any is taken, and one that fits is named", () => {
  const session = wasmSession();
  const model = mlp({ inputs: 4, hidden: [16], outputs: 1 });
  const before = process.memoryUsage().rss;
  const message = fault(() => prepare({ ...options, session, model, batchSize: 1e8 }));
  expect(process.memoryUsage().rss - before).toBeLessThan(5e8);
  const told =
    /batches of 100000000 needs (\d+) MiB \(1 MiB .*and 4096 MiB is the most.* (\d+) fits\.$/;
  const [, needed, fits] = told.exec(message)!.map(Number);
  // x, two results of a layer, their gradients: from 16 numbers a row on
  expect(needed).toBeGreaterThan((1e8 * 16 * 4) / 2 ** 20);
  prepare({ ...options, session, model, batchSize: fits! }).free();
  fault(() => prepare({ ...options, session, model, batchSize: 2 * fits! }));
  // what was reserved in vain was given back
  const small = prepare({ ...options, session, model, batchSize: 5 });
  small.step.run(new Int32Array(5), { learningRate: 0.1, step: 0 });
  expect(small.step.takeLoss()).toBeGreaterThan(0);
});

// 17 000² weights with Adam's two means are 3.2 GiB; the gradient is too much
test.each([
  [40_000, 1831],
  [17_000, 441],
])("a network of %i² weights is refused before one is drawn", (width, told) => {
  const model = mlp({ inputs: 4, hidden: [width, width], outputs: 1 });
  const started = performance.now();
  const message = fault(() => prepare({ ...options, session: wasmSession(), model, batchSize: 8 }));
  expect(performance.now() - started).toBeLessThan(1000);
  expect(message).toMatch(
    new RegExp(` needs ${told}\\d MiB .* Use fewer rows, fewer columns or a smaller network\\.$`),
  );
});
