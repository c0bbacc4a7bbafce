/** Both gradients of a convolution are convolutions. */
import { convolution, permute, reshape, reverse } from "../graph/build.ts";
import type { Node } from "../graph/node.ts";
import { extent } from "../graph/windows.ts";

/** 2, 3, …: the spatial axes. */
const spatialAxes = (a: Node) => a.shape.slice(2).map((_, axis) => axis + 2);

/** [groups · a, b, ...] as [groups · b, a, ...]: the parts within each group exchanged. */
function exchanged(kernel: Node, groups: number): Node {
  const [outputs, inner, ...window] = kernel.shape as [number, number, ...number[]];
  const spatial = spatialAxes(kernel);
  if (groups === 1) return permute(kernel, [1, 0, ...spatial]);
  const split = reshape(kernel, [groups, outputs / groups, inner, ...window]);
  const swapped = permute(split, [0, 2, 1, ...spatial.map((axis) => axis + 1)]);
  return reshape(swapped, [groups * inner, outputs / groups, ...window]);
}

/** The gradient is spread over the input by the kernel, walked backwards. */
export function inputGradient(g: Node, x: Node, kernel: Node, y: Node<"convolution">): Node {
  const { axes, groups } = y.arg;
  const backwards = reverse(exchanged(kernel, groups), spatialAxes(kernel));
  const flipped = axes.map(({ stride, low, inputDilation, kernelDilation }, i) => {
    const reach = extent(kernel.shape[i + 2]!, kernelDilation);
    const before = reach - 1 - low;
    const spread = extent(g.shape[i + 2]!, stride);
    const wanted = extent(x.shape[i + 2]!, inputDilation) + reach - 1;
    return {
      ...{ stride: inputDilation, low: before, high: wanted - spread - before },
      ...{ inputDilation: stride, kernelDilation },
    };
  });
  return convolution(g, backwards, { axes: flipped, groups });
}

/** The gradient is the window that slides over the input; rows of the batch take the place of channels. */
export function kernelGradient(g: Node, x: Node, kernel: Node, y: Node<"convolution">): Node {
  const { axes, groups } = y.arg;
  const [batch, channels, ...lengths] = x.shape as [number, number, ...number[]];
  const spatial = spatialAxes(x);
  const split = reshape(x, [batch, groups, channels / groups, ...lengths]);
  const swapped = permute(split, [2, 1, 0, ...spatial.map((axis) => axis + 1)]);
  const rows =
    groups === 1
      ? permute(x, [1, 0, ...spatial])
      : reshape(swapped, [channels / groups, groups * batch, ...lengths]);
  const exchangedAxes = axes.map(({ stride, low, inputDilation, kernelDilation }, i) => {
    const reach = extent(kernel.shape[i + 2]!, kernelDilation);
    const window = extent(g.shape[i + 2]!, stride);
    const high = reach + window - 1 - low - extent(lengths[i]!, inputDilation);
    return { stride: kernelDilation, low, high, inputDilation, kernelDilation: stride };
  });
  const window = permute(g, [1, 0, ...spatial]);
  return permute(convolution(rows, window, { axes: exchangedAxes, groups }), [1, 0, ...spatial]);
}
