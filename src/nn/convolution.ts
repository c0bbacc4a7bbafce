/** Layers of kernels that slide over the axes behind batch and channels. */
import { InputError, ShapeError } from "../base/errors.ts";
import { type Shape, sizeOf, spellShape } from "../base/shape.ts";
import { add } from "../tensor/elementwise.ts";
import { convolution, type EachAxis, eachAxis } from "../tensor/windows.ts";
import type { Windowed } from "./layer.ts";
import { isWidth, parameter, uniform } from "./parameters.ts";
import { join } from "./place.ts";
import type { ConvolutionSpec } from "./spec.ts";

export interface ConvolutionLayerOptions {
  readonly stride?: EachAxis;
  readonly padding?: EachAxis;
  readonly dilation?: EachAxis;
  readonly groups?: number;
  readonly bias?: boolean;
}

type Build = (
  inputs: number,
  outputs: number,
  window: EachAxis,
  options?: ConvolutionLayerOptions,
) => Windowed;

const build =
  (rank: 1 | 2 | 3): Build =>
  (
    inputs,
    outputs,
    window,
    { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true } = {},
  ) => {
    const layer = `convolution${rank}d` as const;
    const each = (what: string, value: EachAxis) => eachAxis(layer, what, value, rank);
    const widths = [inputs, outputs, groups, ...each("window", window)];
    if (!widths.every(isWidth) || inputs % groups !== 0 || outputs % groups !== 0)
      throw new InputError(
        `${layer}: ${inputs} inputs, ${outputs} outputs, ${groups} groups, window ${window}. Give whole numbers from 1 up; groups divide inputs and outputs.`,
      );
    const steps = {
      window: each("window", window),
      stride: each("stride", stride),
      padding: each("padding", padding),
      dilation: each("dilation", dilation),
    };
    return fromConvolutionSpec({ layer, inputs, outputs, ...steps, groups, bias });
  };

/** The layer that a checked spec describes. */
export function fromConvolutionSpec(spec: ConvolutionSpec): Windowed {
  const { layer, inputs, outputs, window, groups, bias } = spec;
  const shapes = { weight: [outputs, inputs / groups, ...window], bias: [outputs] };
  const bound = 1 / Math.sqrt(sizeOf(shapes.weight.slice(1)));
  const names = bias ? (["weight", "bias"] as const) : (["weight"] as const);
  const parameters = names.reduce((total, name) => total + sizeOf(shapes[name]), 0);
  return {
    spec,
    summary: (path = "") => [{ path, name: layer, inputs, outputs, parameters }],
    inputs: null,
    outputs: null,
    windowed: true,
    init: (seed, path = "") =>
      Object.fromEntries(
        names.map((name) => [name, uniform(seed, join(path, name), shapes[name], bound)]),
      ),
    apply(params, x, { path = "" } = {}) {
      if (x.shape.length !== window.length + 2 || x.shape[1] !== inputs)
        throw new ShapeError(
          `${layer}: takes [batch, ${inputs} channels, ${window.length} spatial axes], got ${spellShape(x.shape)}. Check the layer before, or the data.`,
        );
      const given = (name: "weight" | "bias") =>
        parameter(layer, params, { path: join(path, name), name, shape: shapes[name] });
      const y = convolution(x, given("weight"), spec);
      const across: Shape = [1, outputs, ...window.map(() => 1)];
      return bias ? add(y, given("bias").reshape(across)) : y;
    },
  };
}

/**
 * [batch, inputs, length] becomes [batch, outputs, places]; weight [outputs, inputs / groups, window]
 * and bias [outputs] start uniform on ±1/√(inputs / groups · window), as PyTorch's nn.Conv1d.
 * Throws an `InputError` or a `ShapeError` if the numbers do not fit.
 *
 *     nn.convolution1d(12, 32, 7, { padding: 3 }); // 12 leads, a window of 7 samples
 */
export const convolution1d: Build = build(1);
/**
 * [batch, inputs, height, width] becomes [batch, outputs, ...places], as PyTorch's nn.Conv2d.
 *
 *     nn.convolution2d(3, 16, 3, { padding: 1 }); // windows of 3 × 3
 */
export const convolution2d: Build = build(2);
/** [batch, inputs, depth, height, width] becomes [batch, outputs, ...places], as PyTorch's nn.Conv3d. */
export const convolution3d: Build = build(3);
