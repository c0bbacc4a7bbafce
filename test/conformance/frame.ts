/** What a case of an op is, and values for its arguments. */
import type { DType } from "../../src/base/dtype.ts";
import type { Shape } from "../../src/base/shape.ts";
import type { Node } from "../../src/graph/node.ts";
import type { Op } from "../../src/graph/ops.ts";

interface Argument {
  readonly shape: Shape;
  readonly dtype?: DType;
  /** Element i of the argument; the default spreads over about -2 … 2. */
  readonly value?: (i: number) => number;
}
export interface Case {
  readonly name: string;
  readonly arguments: readonly Argument[];
  readonly build: (...inputs: Node[]) => Node;
  /** Why the gradient is not compared with differences. */
  readonly noGradient?: string;
}

/** Odd lengths, lengths of 1, none at all, and one longer than the vector loops. */
export const shapes: readonly Shape[] = [
  [],
  [1],
  [7],
  [3, 5],
  [1, 1, 9],
  [4, 1, 3],
  [0],
  [2, 0, 3],
  [37],
];
export const spread = (i: number) => 2 * Math.sin(1.7 * i + 0.3);
export const positive = (i: number) => 0.2 + Math.abs(spread(i));
const awkward = [
  0,
  -0,
  1,
  -1,
  Number.NaN,
  Infinity,
  -Infinity,
  1e-40,
  -1e-40,
  3e38,
  88.5,
  -103.9,
  1e-7,
];
export const special = (i: number) => awkward[i % awkward.length]!;
export const spell = (shape: Shape) => `[${shape}]`;

/** The cases of some ops. */
export type Cases = { readonly [K in Op]?: readonly Case[] };
