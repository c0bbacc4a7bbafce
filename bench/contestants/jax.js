/** jax-js as a contestant: `{ threads }`; more than one through a shim of the browser's Worker. */
import { resolveObjectURL } from "node:buffer";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Worker as NodeWorker } from "node:worker_threads";
import { kindsOf } from "../layers.js";
import { classesOf, numbers, sampleOf } from "../numbers.js";

/** As much of the browser's Worker as jax-js uses; Node has none, so that there it runs one thread. */
class BrowserWorker {
  #waiting = [];
  #worker = null;

  constructor(url) {
    this.#start(url);
  }

  async #start(url) {
    const source = await resolveObjectURL(url).text();
    const preamble = `const { parentPort } = require("node:worker_threads");
      const self = globalThis; const postMessage = (data) => parentPort.postMessage(data);
      parentPort.on("message", (data) => self.onmessage({ data }));\n`;
    this.#worker = new NodeWorker(preamble + source, { eval: true });
    this.#worker.on("message", (data) => this.onmessage?.({ data }));
    this.#worker.on("error", (error) => this.onerror?.(error));
    for (const message of this.#waiting) this.#worker.postMessage(message);
  }

  postMessage(message) {
    if (this.#worker) this.#worker.postMessage(message);
    else this.#waiting.push(message);
  }
}

async function load(threads) {
  if (threads > 1) {
    globalThis.Worker = BrowserWorker;
    Object.defineProperty(globalThis, "navigator", { value: { hardwareConcurrency: threads } });
  }
  const jax = await import("@jax-js/jax");
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  return jax;
}

function versionOf() {
  const entry = createRequire(import.meta.url).resolve("@jax-js/jax");
  return JSON.parse(readFileSync(join(dirname(entry), "../package.json"), "utf8")).version;
}

/** Layers and functions; a function uses up its arguments, `.ref` keeps one for another use. */
function language({ numpy: np, nn, lax }) {
  const normalized = (x, { weight, bias }, epsilon, axes, along) => {
    const centered = x.ref.sub(np.mean(x, axes, { keepdims: true }));
    const variance = np.mean(centered.ref.mul(centered.ref), axes, { keepdims: true });
    return centered
      .div(np.sqrt(variance.add(epsilon)))
      .mul(along(weight))
      .add(along(bias));
  };
  const layers = {
    linear: (_, { weight, bias }, x) => np.matmul(x, weight).add(bias),
    relu: (_, __, x) => nn.relu(x),
    gelu: (_, __, x) => nn.gelu(x, { approximate: false }),
    flatten: (_, __, x) => x.reshape([x.shape[0], -1]),
    meanOverTime: (_, __, x) => np.mean(x, 1),
    globalAveragePool: (_, __, x) => np.mean(x, x.shape.length === 3 ? [2] : [2, 3]),
    convolution: ({ window, stride, padding }, { weight, bias }, x) => {
      const margins = window.map(() => [padding, padding]);
      const strides = window.map(() => stride);
      const found = lax.convGeneralDilated(x, weight, strides, margins);
      return bias ? found.add(bias.reshape([-1, ...window.map(() => 1)])) : found;
    },
    maxPool({ window }, _, x) {
      const [batch, channels, ...places] = x.shape;
      const split = places.flatMap((length, i) => [Math.floor(length / window[i]), window[i]]);
      let cut = x;
      places.forEach((length, i) => {
        const whole = split[2 * i] * window[i];
        if (whole !== length) cut = cut.slice(...Array(2 + i).fill([]), [0, whole]);
      });
      return np.max(
        cut.reshape([batch, channels, ...split]),
        places.map((_, i) => 3 + 2 * i),
      );
    },
    batchNorm: ({ epsilon }, params, x) => {
      const rest = x.shape.slice(2).map(() => 1);
      const axes = [0, ...rest.map((_, i) => i + 2)];
      return normalized(x, params, epsilon, axes, (each) => each.reshape([-1, ...rest]));
    },
    layerNorm: ({ epsilon }, params, x) => normalized(x, params, epsilon, -1, (each) => each),
    attention({ width, heads }, { joint, result }, x) {
      const [batch, times] = x.shape;
      const all = np.matmul(x, joint).reshape([batch, times, 3, heads, width / heads]);
      const planes = all.transpose([2, 0, 3, 1, 4]);
      const [q, k, v] = [planes.ref.slice(0), planes.ref.slice(1), planes.slice(2)];
      const scores = np.matmul(q, k.transpose([0, 1, 3, 2])).mul((width / heads) ** -0.5);
      const mixed = np.matmul(nn.softmax(scores, -1), v).transpose([0, 2, 1, 3]);
      return np.matmul(mixed.reshape([batch, times, width]), result);
    },
    /** Unrolled: jax-js has no loop to compile. */
    lstm({ hidden }, { weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 }, x) {
      const [batch, times] = x.shape;
      const entering = np
        .matmul(x.transpose([1, 0, 2]), weight_ih_l0)
        .add(bias_ih_l0)
        .add(bias_hh_l0);
      let [state, cell] = [np.zeros([batch, hidden]), np.zeros([batch, hidden])];
      for (let time = 0; time < times; time++) {
        const gates = entering.ref.slice(time).add(np.matmul(state, weight_hh_l0.ref));
        const part = (i) => gates.ref.slice([], [i * hidden, (i + 1) * hidden]);
        const kept = nn.sigmoid(part(1)).mul(cell);
        cell = kept.add(nn.sigmoid(part(0)).mul(np.tanh(part(2))));
        state = nn.sigmoid(part(3)).mul(np.tanh(cell.ref));
        gates.dispose();
      }
      for (const used of [entering, weight_hh_l0, cell]) used.dispose();
      return state;
    },
    residual: ({ body, shortcut }, params, x) =>
      apply(body, params.body, x.ref).add(apply(shortcut, params.shortcut, x)),
  };
  const apply = (list, params, x) =>
    list.reduce((y, layer, i) => layers[layer.layer](layer, params[i] ?? {}, y), x);
  const view = (x, letter) => {
    if (letter === "n") return x;
    const axes = x.shape.map((_, axis) => axis);
    return x.transpose([...axes.slice(0, -2), axes.at(-1), axes.at(-2)]);
  };
  const functions = {
    product: ({ views }, { a, b }) => np.matmul(view(a, views[0]), view(b, views[1])),
    softmax: (_, { x }) => nn.softmax(x, -1),
    layerNorm: (each, { x, ...params }) => layers.layerNorm(each, params, x),
    gelu: (_, { x }) => layers.gelu(null, null, x),
    convolution({ padding }, { x, weight }) {
      const window = weight.shape.slice(2);
      return layers.convolution({ window, stride: 1, padding }, { weight }, x);
    },
    forward: ({ layers: list }, { x, params }) => apply(list, params, x),
  };
  return { layers, apply, functions };
}

/** Adam as one function of trees of arrays; the corrections 1 − βᵗ are carried along. */
function adam({ numpy: np, tree }) {
  const [beta1, beta2] = [0.9, 0.999];
  const each = (f, ...trees) => tree.map(f, ...trees);
  return (params, gradients, state, rate) => {
    const corrections = {
      first: state.corrections.first.mul(beta1).add(1 - beta1),
      second: state.corrections.second.mul(beta2).add(1 - beta2),
    };
    const step = rate.div(corrections.first.ref);
    const root = np.sqrt(corrections.second.ref);
    const mean = each((m, g) => m.mul(beta1).add(g.ref.mul(1 - beta1)), state.mean, gradients);
    const squares = each(
      (v, g) => v.mul(beta2).add(g.ref.mul(g).mul(1 - beta2)),
      state.squares,
      gradients,
    );
    const next = each(
      (w, m, v) => w.sub(m.ref.div(np.sqrt(v.ref).div(root.ref).add(1e-8)).mul(step.ref)),
      ...[params, mean, squares],
    );
    root.dispose();
    step.dispose();
    return { params: next, state: { mean, squares, corrections } };
  };
}

export async function open({ threads = 1 }) {
  const jax = await load(threads);
  const { numpy: np, nn, tree } = jax;
  const { layers, apply, functions } = language(jax);
  const given = (drawn) => np.array(numbers(drawn)).reshape(drawn.shape);
  const parametersOf = (list) =>
    Object.fromEntries(
      list.map(({ parameters = {}, body, shortcut }, i) => {
        const own = Object.entries(parameters).map(([name, drawn]) => {
          const turned = drawn.shape.length === 2;
          return [name, turned ? np.array(given(drawn).transpose()) : given(drawn)];
        });
        const parts = body ? { body: parametersOf(body), shortcut: parametersOf(shortcut) } : {};
        return [i, { ...Object.fromEntries(own), ...parts }];
      }),
    );
  const ready = (tensors) => jax.blockUntilReady(tensors);
  const emptyState = (params) => ({
    mean: tree.map((w) => np.zeros(w.shape), tree.ref(params)),
    squares: tree.map((w) => np.zeros(w.shape), tree.ref(params)),
    corrections: { first: np.array(0), second: np.array(0) },
  });

  async function prepareFunction(each) {
    const tensors = Object.fromEntries(
      Object.entries(each.inputs).map(([name, drawn]) => [name, given(drawn)]),
    );
    if (each.layers) tensors.params = parametersOf(each.layers);
    const compiled = jax.jit((all) => functions[each.kind](each, all));
    let result = null;
    return {
      async run(times) {
        for (let i = 0; i < times; i++) {
          result?.dispose();
          result = await ready(compiled(tree.ref(tensors)));
        }
      },
      values: async () => sampleOf(await result.ref.data()),
      release: () => tree.dispose([tensors, result]),
    };
  }

  /** A step from everything to everything; `trace(params)` gives `[loss, gradients]`. */
  function stepper(params, trace, rate) {
    const update = adam(jax);
    const compiled = jax.jit((now, state, learningRate, data) => {
      const [loss, gradients] = trace(tree.ref(now), data);
      return { ...update(now, gradients, state, learningRate), loss };
    });
    let all = { params, state: emptyState(params), loss: np.array(0) };
    let learningRate = np.array(rate);
    return {
      async run(times, data) {
        for (let i = 0; i < times; i++) {
          all.loss.dispose();
          all = compiled(all.params, all.state, learningRate.ref, tree.ref(data));
          await ready(all);
        }
      },
      read: async (pick) => (await pick(all).ref.data()).slice(),
      freeze() {
        learningRate.dispose();
        learningRate = np.array(0);
      },
      release: () => tree.dispose([all, learningRate]),
    };
  }

  async function prepareAdam({ inputs, learningRate }) {
    const trace = (params, { gradient }) => {
      tree.dispose(params);
      return [np.array(0), { w: gradient }];
    };
    const step = stepper({ w: given(inputs.w) }, trace, learningRate);
    const data = { gradient: given(inputs.gradient) };
    return {
      run: (times) => step.run(times, data),
      values: async () => sampleOf(await step.read(({ params }) => params.w)),
      release: step.release,
    };
  }

  async function prepareStep({
    layers: list,
    inputs,
    outputs,
    targets,
    comparedSteps,
    learningRate,
  }) {
    const drawn = classesOf(targets);
    const flat = outputs > 1 ? [drawn.length] : [drawn.length, 1];
    const y = np.array(outputs > 1 ? drawn : Float32Array.from(drawn)).reshape(flat);
    const data = { x: given(inputs.x), y: outputs > 1 ? nn.oneHot(y, outputs) : y };
    await ready(data);
    const lossOf = (params, { x, y: truth }) => {
      const z = apply(list, params, x);
      if (outputs > 1) return np.mean(np.sum(nn.logSoftmax(z, -1).mul(truth), -1)).neg();
      return np.mean(nn.softplus(z.ref).sub(truth.mul(z)));
    };
    const step = stepper(parametersOf(list), jax.valueAndGrad(lossOf), learningRate);
    return {
      run: (times) => step.run(times, data),
      async values() {
        const losses = [...(await step.read(({ loss }) => loss))];
        while (losses.length < comparedSteps) {
          await step.run(1, data);
          losses.push(...(await step.read(({ loss }) => loss)));
        }
        step.freeze();
        return losses;
      },
      release: step.release,
    };
  }

  const prepared = { adam: prepareAdam, step: prepareStep };
  return {
    ...{ name: "jax", version: `${versionOf()}, Node ${process.versions.node}` },
    refuses({ layers: list = [] }) {
      const missing = kindsOf(list).filter((name) => !layers[name]);
      return missing.length ? `not written here: ${missing[0]}` : null;
    },
    prepare: (each) => (prepared[each.kind] ?? prepareFunction)(each),
  };
}
