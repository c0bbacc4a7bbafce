/** Golgi as a contestant, from the build in dist/: `{ threads, backend }`. */
import { readFileSync } from "node:fs";
import { blasSession, wasmSession } from "../../dist/src/backends/wasm/session.js";
import { sizeOf } from "../../dist/src/base/shape.js";
import { trace } from "../../dist/src/graph/node.js";
import * as nn from "../../dist/src/nn/index.js";
import { adam } from "../../dist/src/optim/index.js";
import * as tensors from "../../dist/src/tensor/index.js";
import {
  add,
  div,
  matmul,
  mean,
  mul,
  permute,
  slice,
  softmax,
  sqrt,
  sub,
  tensor,
  variance,
} from "../../dist/src/tensor/index.js";
import { compileStep, ResidentSamples, SlotTree } from "../../dist/src/train/step.js";
import { kindsOf } from "../layers.js";
import { classesOf, numbers, sampleOf } from "../numbers.js";

const given = (drawn) => tensor(numbers(drawn), { shape: drawn.shape });

/** What a layer is here: a function of its parameters and x. */
const own = (apply) => ({ apply });

const normalized = (x, { weight, bias }, epsilon) => {
  const centered = sub(x, mean(x, -1, { keepDimensions: true }));
  const spread = sqrt(add(variance(x, -1, { keepDimensions: true }), epsilon));
  return add(mul(div(centered, spread), weight), bias);
};

/** Queries, keys and values of every head are planes of one product. */
function attended({ width, heads }, { joint, result }, x) {
  const [batch, times] = x.shape;
  const each = width / heads;
  const all = matmul(x, joint.transpose()).reshape([batch, times, 3, heads, each]);
  const planes = permute(all, [2, 0, 3, 1, 4]);
  const [q, k, v] = [0, 1, 2].map((i) =>
    slice(planes, [[i, i + 1]]).reshape([batch * heads, times, each]),
  );
  const mixed = matmul(softmax(mul(matmul(q, k.transpose()), each ** -0.5)), v);
  const joined = permute(mixed.reshape([batch, heads, times, each]), [0, 2, 1, 3]);
  return matmul(joined.reshape([batch, times, width]), result.transpose());
}

function batchNormalized({ epsilon }, { weight, bias }, x) {
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const along = (vector) => vector.reshape([1, x.shape[1], ...axes.slice(1).map(() => 1)]);
  const centered = sub(x, mean(x, axes, { keepDimensions: true }));
  const spread = sqrt(add(variance(x, axes, { keepDimensions: true }), epsilon));
  return add(mul(div(centered, spread), along(weight)), along(bias));
}

/** Each entry is null while this build has no such layer. */
const layers = {
  linear: ({ inputs, outputs }) => nn.linear(inputs, outputs),
  relu: () => nn.relu,
  gelu: () => nn.gelu,
  flatten: () => own((_, x) => x.reshape([x.shape[0], sizeOf(x.shape.slice(1))])),
  meanOverTime: () => own((_, x) => mean(x, 1)),
  globalAveragePool: () =>
    own((_, x) => mean(x.reshape([x.shape[0], x.shape[1], sizeOf(x.shape.slice(2))]), 2)),
  layerNorm: ({ epsilon }) => own((params, x) => normalized(x, params, epsilon)),
  batchNorm: (layer) => own((params, x) => batchNormalized(layer, params, x)),
  attention: (layer) => own((params, x) => attended(layer, params, x)),
  residual: ({ body, shortcut }) =>
    own((params, x, context) =>
      add(
        network(body).apply(params.body, x, context),
        network(shortcut).apply(params.shortcut, x, context),
      ),
    ),
  convolution: nn.convolution2d
    ? ({ inputs, outputs, window, stride, padding, parameters }) =>
        [nn.convolution1d, nn.convolution2d][window.length - 1](inputs, outputs, window, {
          ...{ stride, padding: window.map((length) => (padding ? (length - 1) / 2 : 0)) },
          bias: Boolean(parameters.bias),
        })
    : null,
  maxPool: nn.maxPool2d
    ? ({ window }) => [nn.maxPool1d, nn.maxPool2d][window.length - 1](window)
    : null,
  lstm: nn.lstm ? ({ inputs, hidden }) => nn.lstm(inputs, hidden) : null,
};

/** A layer made of the table's layers, with PyTorch's names of parameters. */
function network(list) {
  const built = list.map((layer) => layers[layer.layer](layer));
  return {
    apply: (params, x, context = {}) =>
      built.reduce((y, layer, i) => layer.apply(params[i], y, { ...context, path: `${i}` }), x),
  };
}

const parametersOf = (list) =>
  Object.fromEntries(
    list.map(({ parameters = {}, body, shortcut }, i) => [
      i,
      body
        ? { body: parametersOf(body), shortcut: parametersOf(shortcut) }
        : Object.fromEntries(Object.entries(parameters).map(([name, each]) => [name, given(each)])),
    ]),
  );

const view = (x, letter) => (letter === "t" ? x.transpose() : x);
const functions = {
  product: ({ views }, { a, b }) => matmul(view(a, views[0]), view(b, views[1])),
  softmax: (_, { x }) => softmax(x),
  layerNorm: ({ epsilon }, { x, weight, bias }) => normalized(x, { weight, bias }, epsilon),
  gelu: (_, { x }) => nn.gelu.apply({}, x),
  convolution: tensors.convolution
    ? ({ padding }, { x, weight }) =>
        tensors.convolution(x, weight, {
          padding: weight.shape.slice(2).map((length) => (padding ? (length - 1) / 2 : 0)),
        })
    : null,
  forward: ({ layers: list }, { x, params }) => network(list).apply(params, x),
};

/** What `make` gives, and the seconds that tracing and compiling took. */
function clocked(make) {
  const start = performance.now();
  const made = make();
  return { ...made, compileSeconds: (performance.now() - start) / 1e3 };
}

function prepareFunction(session, each) {
  const tree = Object.fromEntries(
    Object.entries(each.inputs).map(([name, drawn]) => [name, given(drawn)]),
  );
  if (each.layers) tree.params = parametersOf(each.layers);
  const inputs = new SlotTree(session, "in", tree);
  const { program, result, compileSeconds } = clocked(() => {
    const { node, shape } = trace(() => functions[each.kind](each, inputs.placeholders));
    const to = session.allocate(shape, "f32");
    const outputs = [{ node, to }];
    return { program: session.compile({ inputs: inputs.inputs(), outputs }), result: to };
  });
  const values = () => sampleOf(session.read(result));
  return { program, compileSeconds, run: () => program.run(), values };
}

function prepareAdam(session, each) {
  const optimizer = adam();
  const params = { w: given(each.inputs.w) };
  const slots = new SlotTree(session, "params", params);
  const state = new SlotTree(session, "state", optimizer.init(params));
  const data = new SlotTree(session, "data", {
    ...{ gradient: given(each.inputs.gradient), learningRate: tensor(each.learningRate) },
  });
  const next = trace(() => {
    const { gradient, learningRate } = data.placeholders;
    return optimizer.update({ w: gradient }, state.placeholders, slots.placeholders, {
      learningRate,
    });
  });
  const program = session.compile({
    inputs: { ...slots.inputs(), ...state.inputs(), ...data.inputs() },
    outputs: [...slots.outputs(next.params), ...state.outputs(next.state)],
  });
  return { program, run: () => program.run(), values: () => sampleOf(slots.read().get("w")) };
}

/** The step as `train.fit` runs it: the batch's rows are gathered from samples that lie in memory. */
function prepareStep(session, each) {
  const { batch, outputs, inputs, targets, comparedSteps } = each;
  const shape = inputs.x.shape.slice(1);
  const inner = network(each.layers);
  const model = {
    apply: (params, x, context) => inner.apply(params, x.reshape([batch, ...shape]), context),
  };
  const table = { shape: [sizeOf(shape)], data: numbers(inputs.x) };
  const samples = {
    rows: batch,
    inputs: { table },
    targets: Float32Array.from(classesOf(targets)),
  };
  const initial = parametersOf(each.layers);
  const optimizer = adam();
  const options = {
    ...{ session, model, optimizer, batchSize: batch, seed: 0 },
    loss: outputs > 1 ? "categoricalCrossEntropy" : "binaryCrossEntropy",
    params: new SlotTree(session, "params", initial),
    state: new SlotTree(session, "state", optimizer.init(initial)),
    data: new ResidentSamples(session, samples),
  };
  const { compileSeconds, ...step } = clocked(() => compileStep(options));
  const rows = Int32Array.from({ length: batch }, (_, i) => i);
  let [number, learningRate] = [0, each.learningRate];
  const run = () => step.run(rows, { learningRate, step: number++ });
  return {
    ...{ program: step.program, run, compileSeconds },
    values() {
      const losses = [step.takeLoss()];
      while (losses.length < comparedSteps) {
        run();
        losses.push(step.takeLoss());
      }
      learningRate = 0;
      return losses;
    },
  };
}

function refuses({ kind, layers: list = [] }) {
  const missing = kindsOf(list).filter((name) => !layers[name]);
  if (kind in functions && !functions[kind]) missing.push(kind);
  return missing.length ? `not yet: ${[...new Set(missing)].join(", ")}` : null;
}

const { version } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
);

const versionOf = ({ vectorBits = 128 }) =>
  `${version}, Node ${process.versions.node}, ${vectorBits}-bit vectors`;

/** `sessions` makes the sessions to work on, if not those of the backend. */
export async function open({ threads = 1, backend = "wasm", sessions }) {
  const backends = { wasm: () => wasmSession({ threads }), blas: () => blasSession({ threads }) };
  const make = sessions ?? backends[backend];
  const first = await make();
  if (backend === "wasm" && (first.threads ?? 1) !== threads)
    throw new Error("this build of Golgi runs one thread");
  return {
    ...{ name: "golgi", version: versionOf(first), refuses },
    async prepare(each) {
      const session = await make();
      const kind = { adam: prepareAdam, step: prepareStep }[each.kind] ?? prepareFunction;
      const { program, run, values, compileSeconds } = kind(session, each);
      return {
        ...{ values, compileSeconds },
        run(times) {
          for (let i = 0; i < times; i++) run();
        },
        scratchBytes: () => program.scratchBytes,
        profile: () => program.profile(),
        release: () => session.close?.(),
      };
    },
  };
}
