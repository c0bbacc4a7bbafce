/** onnxruntime-node as a contestant, forward only: `{ threads }`. The models are encoded here. */
import { createRequire } from "node:module";
import { kindsOf } from "../layers.js";
import { numbers, sampleOf } from "../numbers.js";

const require = createRequire(import.meta.url);
const ort = require("onnxruntime-node");

// Protocol buffers: a field is its number and wire type, then a varint (0), 4 bytes (5) or a length and bytes (2).
function varint(value) {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
const integer = (field, value) => Buffer.concat([varint(field * 8), varint(value)]);
function bytes(field, ...parts) {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
}
const float = (field, value) =>
  Buffer.concat([varint(field * 8 + 5), new Uint8Array(Float32Array.of(value).buffer)]);

// onnx.proto3: TensorProto, ValueInfoProto, AttributeProto, NodeProto, GraphProto, ModelProto.
const initializer = (name, { shape, data }) =>
  Buffer.concat([
    ...shape.map((length) => integer(1, length)),
    ...[integer(2, 1), bytes(8, name), bytes(9, new Uint8Array(data.buffer))],
  ]);
const valueInfo = (name, shape) => {
  const dimensions = shape.map((length) => bytes(1, integer(1, length)));
  return Buffer.concat([
    bytes(1, name),
    bytes(2, bytes(1, integer(1, 1), bytes(2, ...dimensions))),
  ]);
};
function attribute(name, value) {
  if (Array.isArray(value))
    return Buffer.concat([
      bytes(1, name),
      ...value.map((each) => integer(8, each)),
      integer(20, 7),
    ]);
  return Number.isInteger(value)
    ? Buffer.concat([bytes(1, name), integer(3, value), integer(20, 2)])
    : Buffer.concat([bytes(1, name), float(2, value), integer(20, 1)]);
}

/** A graph that grows node by node; each method gives the name of a result. */
class Graph {
  nodes = [];
  initializers = [];
  inputs = [];
  #names = 0;

  constant(drawn) {
    const name = `c${this.#names++}`;
    this.initializers.push(initializer(name, { shape: drawn.shape, data: numbers(drawn) }));
    return name;
  }
  input(name, { shape }) {
    this.inputs.push(valueInfo(name, shape));
    return name;
  }
  node(type, inputs, attributes = {}) {
    const name = `r${this.#names++}`;
    const parts = [...inputs.map((each) => bytes(1, each)), bytes(2, name), bytes(4, type)];
    const settings = Object.entries(attributes).map(([key, value]) =>
      bytes(5, attribute(key, value)),
    );
    this.nodes.push(Buffer.concat([...parts, ...settings]));
    return name;
  }
  model(result) {
    const graph = [
      ...this.nodes.map((each) => bytes(1, each)),
      bytes(2, "benchmark"),
      ...this.initializers.map((each) => bytes(5, each)),
      ...this.inputs.map((each) => bytes(11, each)),
      bytes(12, bytes(1, result), bytes(2, bytes(1, integer(1, 1)))),
    ];
    return Buffer.concat([integer(1, 9), bytes(7, ...graph), bytes(8, integer(2, 20))]);
  }
}

const layers = {
  linear: (graph, { parameters }, x) =>
    graph.node("Gemm", [x, graph.constant(parameters.weight), graph.constant(parameters.bias)], {
      transB: 1,
    }),
  relu: (graph, _, x) => graph.node("Relu", [x]),
};

function turned(graph, name, { shape }, letter) {
  if (letter === "n") return name;
  const axes = shape.map((_, axis) => axis);
  return graph.node("Transpose", [name], {
    perm: [...axes.slice(0, -2), axes.at(-1), axes.at(-2)],
  });
}
const functions = {
  product: (graph, { views, inputs }) =>
    graph.node("MatMul", [
      turned(graph, "a", inputs.a, views[0]),
      turned(graph, "b", inputs.b, views[1]),
    ]),
  softmax: (graph) => graph.node("Softmax", ["x"], { axis: 1 }),
  layerNorm: (graph, { epsilon }) =>
    graph.node("LayerNormalization", ["x", "weight", "bias"], { axis: 1, epsilon }),
  gelu: (graph) => graph.node("Gelu", ["x"]),
  convolution: (graph, { padding, inputs }) =>
    graph.node("Conv", ["x", "weight"], {
      pads: inputs.x.shape.slice(2).flatMap(() => [padding, padding]),
    }),
  forward: (graph, { layers: list }) =>
    list.reduce((x, layer) => layers[layer.layer](graph, layer, x), "x"),
};

export async function open({ threads = 1 }) {
  return {
    ...{ name: "onnxruntime", version: ort.env.versions.node },
    refuses({ kind, layers: list = [] }) {
      if (!functions[kind]) return "forward only";
      return kindsOf(list).every((name) => layers[name]) ? null : "not written here";
    },
    async prepare(each) {
      const graph = new Graph();
      for (const [name, drawn] of Object.entries(each.inputs)) graph.input(name, drawn);
      const model = graph.model(functions[each.kind](graph, each));
      const session = await ort.InferenceSession.create(model, {
        ...{ intraOpNumThreads: threads, interOpNumThreads: 1, executionProviders: ["cpu"] },
      });
      const feeds = Object.fromEntries(
        Object.entries(each.inputs).map(([name, drawn]) => [
          name,
          new ort.Tensor("float32", numbers(drawn), drawn.shape),
        ]),
      );
      const name = session.outputNames[0];
      let result = null;
      return {
        async run(times) {
          for (let i = 0; i < times; i++) result = (await session.run(feeds))[name];
        },
        values: () => sampleOf(result.data),
        release: () => session.release(),
      };
    },
  };
}
