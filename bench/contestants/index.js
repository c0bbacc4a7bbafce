/** Who takes part: a line each, `{ name, says, command, ... }`; what is not found here is left out. */
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const python = process.env.PYTHON ?? "python3";
/** Path of a Node ≥ 24, which V8's 256-bit vectors need. */
const newerNode = process.env.NEWER_NODE;

const script = (module, options = {}, { node = process.execPath, flags = [] } = {}) => ({
  command: [node, ...flags, at("../child.js"), at(`./${module}.js`), JSON.stringify(options)],
});
const torch = (options) => ({ command: [python, at("pytorch.py"), JSON.stringify(options)] });
const absent = (missing) => ({ missing });
const wide = (options) =>
  newerNode
    ? script("golgi", options, { node: newerNode })
    : absent("set NEWER_NODE to a Node of version 24 or newer");
const relaxed = { flags: ["--experimental-wasm-relaxed-simd"] };

export const contestants = [
  { name: "golgi", says: "WebAssembly, 1 thread", ...script("golgi") },
  { name: "golgi-2", says: "WebAssembly, 2 threads", ...script("golgi", { threads: 2 }) },
  { name: "golgi-wide", says: "256-bit vectors on a newer Node, 1 thread", ...wide({}) },
  { name: "golgi-wide-2", says: "the same, 2 threads", ...wide({ threads: 2 }) },
  {
    name: "golgi-blas",
    says: "large products by BLAS, 1 thread",
    ...script("golgi", { backend: "blas" }),
  },
  {
    ...{ name: "golgi-blas-2", says: "the same, 2 threads" },
    ...script("golgi", { backend: "blas", threads: 2 }),
  },
  {
    ...{ name: "golgi-blas-wide-2", says: "the same, 2 threads, 256-bit vectors on a newer Node" },
    ...wide({ backend: "blas", threads: 2 }),
  },
  { name: "torch", says: "PyTorch, 1 thread", ...torch({ threads: 1 }) },
  { name: "torch-2", says: "PyTorch, 2 threads", ...torch({ threads: 2 }) },
  {
    name: "torch-compile",
    says: "torch.compile, 1 thread",
    ...torch({ threads: 1, compile: true }),
  },
  {
    ...{ name: "torch-compile-2", says: "torch.compile, 2 threads" },
    ...torch({ threads: 2, compile: true }),
  },
  {
    ...{ name: "jax", says: "jax-js, WebAssembly with relaxed SIMD, 1 thread" },
    ...script("jax", {}, relaxed),
  },
  {
    ...{ name: "jax-2", says: "the same, 2 threads: its browser workers through a shim of ours" },
    ...script("jax", { threads: 2 }, relaxed),
  },
  { name: "jax-plain", says: "jax-js as Node 20 runs it, 1 thread", ...script("jax") },
  {
    name: "tensorflow",
    says: "TensorFlow.js, WebAssembly",
    ...script("tensorflow", { backend: "wasm" }),
  },
  {
    name: "tensorflow-cpu",
    says: "TensorFlow.js, JavaScript",
    ...script("tensorflow", { backend: "cpu" }),
  },
  {
    name: "onnxruntime",
    says: "onnxruntime-node, forward only, 1 thread",
    ...script("onnxruntime"),
  },
  {
    ...{ name: "onnxruntime-2", says: "onnxruntime-node, forward only, 2 threads" },
    ...script("onnxruntime", { threads: 2 }),
  },
];
