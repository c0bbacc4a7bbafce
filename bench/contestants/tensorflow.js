/** TensorFlow.js as a contestant: `{ backend: "wasm" }` or `"cpu"`, which is plain JavaScript. */
import { createRequire } from "node:module";
import { kindsOf } from "../layers.js";
import { classesOf, numbers, sampleOf } from "../numbers.js";

const require = createRequire(import.meta.url);
const tf = require("@tensorflow/tfjs");
require("@tensorflow/tfjs-backend-wasm");

/** A weight in the layout that Keras gives it, by its number of axes. */
const keras = [null, null, [1, 0], [2, 1, 0], [2, 3, 1, 0]];
function parameter(drawn) {
  const order = keras[drawn.shape.length];
  const stored = tf.tensor(numbers(drawn), drawn.shape);
  return tf.variable(order ? tf.transpose(stored, order) : stored);
}

const same = (window) => (window === 1 ? "valid" : "same");
/** From x and parameters; images have their channels last. */
const layers = {
  linear: (_, { weight, bias }, x) => {
    const rows = x.reshape([-1, x.shape.at(-1)]);
    return tf
      .add(tf.matMul(rows, weight), bias)
      .reshape([...x.shape.slice(0, -1), weight.shape[1]]);
  },
  relu: (_, __, x) => tf.relu(x),
  gelu: (_, __, x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
  flatten: (_, __, x) => tf.transpose(x, [0, 3, 1, 2]).reshape([x.shape[0], -1]),
  globalAveragePool: (_, __, x) => tf.mean(x, x.shape.length === 3 ? [1] : [1, 2]),
  meanOverTime: (_, __, x) => tf.mean(x, 1),
  convolution: ({ window, stride }, { weight, bias }, x) => {
    const convolve = window.length === 1 ? tf.conv1d : tf.conv2d;
    const found = convolve(x, weight, stride, same(window[0]));
    return bias ? tf.add(found, bias) : found;
  },
  maxPool: ({ window }, _, x) =>
    window.length === 2
      ? tf.maxPool(x, window, window, "valid")
      : tf.maxPool(x.expandDims(1), [1, ...window], [1, ...window], "valid").squeeze([1]),
  batchNorm: ({ epsilon }, { weight, bias }, x) => {
    const { mean, variance } = tf.moments(x, [0, 1, 2].slice(0, x.shape.length - 1));
    return tf.batchNorm(x, mean, variance, bias, weight, epsilon);
  },
  layerNorm: ({ epsilon }, { weight, bias }, x) => {
    const { mean, variance } = tf.moments(x, -1, true);
    const scaled = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon)));
    return tf.add(tf.mul(scaled, weight), bias);
  },
  attention({ width, heads }, { joint, result }, x) {
    const [batch, times] = x.shape;
    const rows = x.reshape([batch * times, width]);
    const all = tf.matMul(rows, joint).reshape([batch, times, 3, heads, width / heads]);
    const [q, k, v] = tf.unstack(tf.transpose(all, [2, 0, 3, 1, 4]));
    const scores = tf.mul(tf.matMul(q, k, false, true), (width / heads) ** -0.5);
    const mixed = tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3]);
    return tf.matMul(mixed.reshape([batch * times, width]), result).reshape([batch, times, width]);
  },
  lstm({ hidden }, { weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 }, x) {
    const [batch, times, inputs] = x.shape;
    const rows = tf.matMul(x.reshape([batch * times, inputs]), weight_ih_l0);
    const entering = tf.add(tf.add(rows, bias_ih_l0), bias_hh_l0);
    let [state, cell] = [tf.zeros([batch, hidden]), tf.zeros([batch, hidden])];
    for (const one of tf.unstack(entering.reshape([batch, times, 4 * hidden]), 1)) {
      const [i, f, g, o] = tf.split(tf.add(one, tf.matMul(state, weight_hh_l0)), 4, 1);
      cell = tf.add(tf.mul(tf.sigmoid(f), cell), tf.mul(tf.sigmoid(i), tf.tanh(g)));
      state = tf.mul(tf.sigmoid(o), tf.tanh(cell));
    }
    return state;
  },
  residual: ({ body, shortcut }, params, x) =>
    tf.add(apply(body, params.body, x), apply(shortcut, params.shortcut, x)),
};

const apply = (list, params, x) =>
  list.reduce((y, layer, i) => layers[layer.layer](layer, params[i], y), x);
const parametersOf = (list) =>
  list.map((layer) => ({
    ...Object.fromEntries(
      Object.entries(layer.parameters ?? {}).map(([name, drawn]) => [name, parameter(drawn)]),
    ),
    body: layer.body && parametersOf(layer.body),
    shortcut: layer.shortcut && parametersOf(layer.shortcut),
  }));

/** The batch with its channels last, if it is made of images or signals for convolutions. */
function batchOf({ inputs, layers: list }) {
  const x = tf.tensor(numbers(inputs.x), inputs.x.shape);
  if (!kindsOf(list).includes("convolution")) return x;
  return tf.transpose(x, x.shape.length === 3 ? [0, 2, 1] : [0, 2, 3, 1]);
}

const functions = {
  product: ({ views }, { a, b }) => tf.matMul(a, b, views[0] === "t", views[1] === "t"),
  softmax: (_, { x }) => tf.softmax(x),
  layerNorm: (each, { x, ...params }) => layers.layerNorm(each, params, x),
  gelu: (_, { x }) => layers.gelu(null, null, x),
  forward: ({ layers: list }, { x, params }) => apply(list, params, x),
};

function prepareFunction(each) {
  const tensors = Object.fromEntries(
    Object.entries(each.inputs).map(([name, drawn]) => [
      name,
      tf.tensor(numbers(drawn), drawn.shape),
    ]),
  );
  if (each.layers) tensors.params = parametersOf(each.layers);
  let result = null;
  return {
    run() {
      result?.dispose();
      result = tf.tidy(() => functions[each.kind](each, tensors));
    },
    values: () => sampleOf(result.dataSync()),
  };
}

function prepareConvolution({ inputs, padding }) {
  const flat = inputs.x.shape.length === 3;
  const [x, weight] = [inputs.x, inputs.weight].map((drawn) =>
    tf.tensor(numbers(drawn), drawn.shape),
  );
  const image = tf.transpose(x, flat ? [0, 2, 1] : [0, 2, 3, 1]);
  const window = tf.transpose(weight, flat ? [2, 1, 0] : [2, 3, 1, 0]);
  let result = null;
  return {
    run() {
      result?.dispose();
      result = (flat ? tf.conv1d : tf.conv2d)(image, window, 1, padding ? "same" : "valid");
    },
    values: () => sampleOf(tf.transpose(result, flat ? [0, 2, 1] : [0, 3, 1, 2]).dataSync()),
  };
}

function prepareAdam({ inputs, learningRate }) {
  const optimizer = tf.train.adam(learningRate, 0.9, 0.999, 1e-8);
  const w = tf.variable(tf.tensor(numbers(inputs.w)), true, "w");
  const gradient = tf.tensor(numbers(inputs.gradient));
  return {
    run: () => optimizer.applyGradients({ [w.name]: gradient }),
    values: () => sampleOf(w.dataSync()),
  };
}

function prepareStep(each) {
  const { layers: list, outputs, targets, comparedSteps, learningRate } = each;
  const [params, x, drawn] = [parametersOf(list), batchOf(each), classesOf(targets)];
  const y =
    outputs > 1 ? tf.oneHot(drawn, outputs).toFloat() : tf.tensor([...drawn], [drawn.length, 1]);
  const lossOf = outputs > 1 ? tf.losses.softmaxCrossEntropy : tf.losses.sigmoidCrossEntropy;
  const optimizer = tf.train.adam(learningRate, 0.9, 0.999, 1e-8);
  let loss = null;
  const run = () => {
    loss?.dispose();
    loss = optimizer.minimize(() => lossOf(y, apply(list, params, x)), true);
  };
  return {
    run,
    values() {
      const losses = [loss.dataSync()[0]];
      while (losses.length < comparedSteps) {
        run();
        losses.push(loss.dataSync()[0]);
      }
      optimizer.learningRate = 0;
      return losses;
    },
  };
}

export async function open({ backend }) {
  await tf.setBackend(backend);
  await tf.ready();
  const prepared = { adam: prepareAdam, step: prepareStep, convolution: prepareConvolution };
  return {
    ...{ name: `tensorflow ${backend}`, version: tf.version.tfjs },
    refuses({ layers: list = [] }) {
      const missing = kindsOf(list).filter((name) => !layers[name]);
      return missing.length ? `not written here: ${[...new Set(missing)].join(", ")}` : null;
    },
    async prepare(each) {
      tf.engine().startScope();
      const { run, values } = (prepared[each.kind] ?? prepareFunction)(each);
      return {
        values,
        run(times) {
          for (let i = 0; i < times; i++) run();
        },
        release() {
          tf.engine().endScope();
          tf.disposeVariables();
        },
      };
    },
  };
}
