/** Layers that make fewer places of many, and learn nothing. */
import { ShapeError } from "../base/errors.ts";
import { sizeOf, spellShape } from "../base/shape.ts";
import { mean } from "../tensor/reduce.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { averagePool, type EachAxis, eachAxis, maxPool } from "../tensor/windows.ts";
import type { Windowed } from "./layer.ts";
import type { PlainWindowedName, PoolSpec, Spec } from "./spec.ts";

const windowed = (spec: Spec, name: string, apply: (x: Tensor) => Tensor): Windowed => ({
  spec,
  summary: (path = "") => [{ path, name, inputs: null, outputs: null, parameters: 0 }],
  inputs: null,
  outputs: null,
  windowed: true,
  init: () => ({}),
  apply: (_, x) => apply(x),
});

interface PoolLayerOptions {
  readonly stride?: EachAxis;
  readonly padding?: EachAxis;
}
type Build = (window: EachAxis, options?: PoolLayerOptions) => Windowed;

const build =
  (kind: "maxPool" | "averagePool", rank: 1 | 2 | 3): Build =>
  (window, { stride = window, padding = 0 } = {}) => {
    const layer = `${kind}${rank}d` as const;
    const each = (what: string, value: EachAxis) => eachAxis(layer, what, value, rank);
    return fromPoolSpec({
      layer,
      window: each("window", window),
      stride: each("stride", stride),
      padding: each("padding", padding),
    });
  };

/** The layer that a checked spec describes. */
export function fromPoolSpec(spec: PoolSpec): Windowed {
  const pool = spec.layer.startsWith("max") ? maxPool : averagePool;
  const rank = spec.window.length;
  return windowed(spec, `${spec.layer} ${spec.window.join(" × ")}`, (x) => {
    if (x.shape.length === rank + 2) return pool(x, spec);
    throw new ShapeError(
      `${spec.layer}: takes [batch, channels, ${rank} spatial axes], got ${spellShape(x.shape)}. Check the layer before, or the data.`,
    );
  });
}

/**
 * The largest of each window; the gradient goes to the first largest, as PyTorch's nn.MaxPool1d.
 *
 *     nn.maxPool2d(2); // half as high, half as wide
 */
export const maxPool1d: Build = build("maxPool", 1);
/** The largest of each window of an image, as PyTorch's nn.MaxPool2d. */
export const maxPool2d: Build = build("maxPool", 2);
/** The largest of each window of a volume, as PyTorch's nn.MaxPool3d. */
export const maxPool3d: Build = build("maxPool", 3);
/** The mean of each window; padding counts as zeros, as in PyTorch's nn.AvgPool1d. */
export const averagePool1d: Build = build("averagePool", 1);
/** The mean of each window of an image, as PyTorch's nn.AvgPool2d. */
export const averagePool2d: Build = build("averagePool", 2);
/** The mean of each window of a volume, as PyTorch's nn.AvgPool3d. */
export const averagePool3d: Build = build("averagePool", 3);

const behind = (x: Tensor, from: number) => x.shape.map((_, axis) => axis).slice(from);

/** Layers without a setting that change the axes behind the first. */
export const plainWindowed: { readonly [N in PlainWindowedName]: Windowed } = {
  flatten: windowed({ layer: "flatten" }, "flatten", (x) =>
    x.reshape([x.shape[0] ?? 1, sizeOf(x.shape.slice(1))]),
  ),
  globalAveragePool: windowed({ layer: "globalAveragePool" }, "globalAveragePool", (x) =>
    mean(x, behind(x, 2)),
  ),
};
/** [batch, ...] becomes [batch, features], row-major. */
export const flatten: Windowed = plainWindowed.flatten;
/** [batch, channels, ...lengths] becomes the mean of each channel, [batch, channels]. */
export const globalAveragePool: Windowed = plainWindowed.globalAveragePool;
