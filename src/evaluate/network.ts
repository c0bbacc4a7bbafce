/** The networks of a study: the one that was asked for, and the baseline without a hidden layer. */
import type { Target } from "../data/index.ts";
import { input } from "../graph/build.ts";
import { trace } from "../graph/node.ts";
import { type NodeLine, nodeLines } from "../graph/print.ts";
import type { LossName } from "../loss/index.ts";
import { type AnyLayer, mlp } from "../nn/index.ts";
import { placeholders, Tensor } from "../tensor/index.ts";
import type { BaselineName, NetworkFacts, NetworkSettings } from "./types.ts";

type Task = Target["task"];

/** What each task is trained by, and what its model without a hidden layer is called. */
export const tasks: {
  readonly [T in Task]: { readonly loss: LossName; readonly baseline: BaselineName };
} = {
  binary: { loss: "binaryCrossEntropy", baseline: "logistic" },
  classes: { loss: "categoricalCrossEntropy", baseline: "softmax" },
  regression: { loss: "meanSquaredError", baseline: "linear" },
};

type Knowing = Pick<Target, "task" | "labels">;

/** One output a class; one for a binary task or a number. */
export const outputsOf = ({ task, labels }: Knowing): number =>
  task === "classes" ? labels.length : 1;

type Shape = Pick<NetworkSettings, "hidden" | "activation" | "dropout">;

export const networkOf = (inputs: number, target: Knowing, shape: Shape): AnyLayer =>
  mlp({ inputs, outputs: outputsOf(target), ...shape });

/** A network's widths, parameters and layers, for people. */
export function networkFacts(network: AnyLayer): NetworkFacts {
  const layers = network.summary();
  const words = layers.map(({ name, outputs }) =>
    outputs === null ? ` ${name}` : ` → ${outputs}`,
  );
  return {
    features: network.inputs ?? 0,
    outputs: network.outputs ?? 0,
    parameters: layers.reduce((total, layer) => total + layer.parameters, 0),
    text: `${network.inputs}${words.join("")}`,
    layers,
  };
}

/**
 * The graph that predicts one row, of a table or of `shape`, operands first: the block `table` and
 * the parameters by path.
 */
export function networkGraph(
  network: AnyLayer,
  shape: readonly number[] = [network.inputs ?? 0],
): NodeLine[] {
  return trace(() => {
    const row = new Tensor(input("table", [1, ...shape]));
    return nodeLines(network.apply(placeholders(network.init(0), ""), row).node);
  });
}
