/** Tensors: made from numbers, changed by functions, read when wanted. */
export { full, type NestedData, ones, tensor, zeros } from "./create.ts";
export {
  abs,
  add,
  cast,
  detach,
  div,
  equal,
  erf,
  exp,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  maximum,
  minimum,
  mul,
  neg,
  relu,
  sigmoid,
  softplus,
  sqrt,
  square,
  sub,
  tanh,
  where,
} from "./elementwise.ts";
export { type GraphLine, inspectGraph, spellGraph } from "./inspect.ts";
export { jit } from "./jit.ts";
export {
  concatenate,
  expand,
  gather,
  matmul,
  oneHot,
  permute,
  reshape,
  slice,
  transpose,
} from "./movement.ts";
export { nest, read } from "./read.ts";
export {
  logSoftmax,
  logSumExp,
  max,
  mean,
  softmax,
  sum,
  variance,
} from "./reduce.ts";
export { defaultSession } from "./session.ts";
export { isTensor, Tensor, type Tensors } from "./tensor.ts";
export { grad, valueAndGrad } from "./transform.ts";
export {
  hostValues,
  mapTensors,
  placeholders,
  tensorsOf,
} from "./trees.ts";
export {
  averagePool,
  type ConvolutionOptions,
  convolution,
  maxPool,
  type PoolOptions,
  reverse,
} from "./windows.ts";
