/** Recurrences: one step after the other over the first axis. */
import { InputError, ShapeError } from "../base/errors.ts";
import { spellShape } from "../base/shape.ts";
import { pickLast, pickSteps } from "../graph/build.ts";
import { placeholder, scanOf, slicePlaceholder } from "../graph/scan.ts";
import { Tensor, type Tensors } from "./tensor.ts";
import { mapTensors, tensorsOf } from "./trees.ts";

type Leaves = readonly (readonly [path: string, tensor: Tensor])[];

function stepsOf(over: Leaves): number {
  const [first] = over;
  if (!first) throw new InputError("scan: there is nothing to step over. Give a tensor in `over`.");
  for (const [path, { shape }] of over)
    if (shape.length === 0 || shape[0] !== first[1].shape[0])
      throw new ShapeError(
        `scan: “${path}” is ${spellShape(shape)} and “${first[0]}” ${spellShape(first[1].shape)}. The first axis of each must be the steps, equally many.`,
      );
  return first[1].shape[0]!;
}

function sameLeaves(before: Leaves, after: Leaves): void {
  const [had, has] = [before, after].map((leaves) =>
    leaves.map(([path]) => `“${path}”`).join(", "),
  );
  if (had !== has)
    throw new InputError(
      `scan: the step was given the carry ${had} and returns ${has}. Return a carry of the same form.`,
    );
}

/**
 * Runs `step` for each slice of `over` along its first axis, handing the carry on: the last carry, and
 * the outputs of all steps, stacked. `reverse` begins at the last slice; outputs keep the places of
 * their slices. Compiled to one loop. What `step` computes from neither argument is the same at
 * every step, random numbers too. Throws a `ShapeError` if a step changes the shape of the carry.
 *
 *     const step = (sum: Tensor, x: Tensor) => {
 *       const next = add(sum, x);
 *       return { carry: next, output: next };
 *     };
 *     scan(step, { initial: tensor(0), over: tensor([1, 2, 3]) }).outputs; // [1, 3, 6]
 */
export function scan<C extends Tensors, X extends Tensors, Y extends Tensors>(
  step: (carry: C, x: X) => { readonly carry: Tensors; readonly output: Y },
  options: { readonly initial: C; readonly over: X; readonly reverse?: boolean },
): { carry: C; outputs: Y } {
  const { initial, over, reverse = false } = options;
  const length = stepsOf(tensorsOf(over));
  const carry = mapTensors(initial, ({ node }) => new Tensor(placeholder(node)));
  const slice = mapTensors(over, ({ node }) => new Tensor(slicePlaceholder(node)));
  const made = step(carry, slice);
  const [before, after] = [tensorsOf(carry), tensorsOf(made.carry)];
  sameLeaves(before, after);
  const pairs = (outer: Tensors, inner: Tensors) => {
    const leaves = tensorsOf(inner);
    return tensorsOf(outer).map(([, { node }], i) => [node, leaves[i]![1].node] as const);
  };
  const { scan: node, values } = scanOf({
    length,
    reverse,
    carries: pairs(initial, carry).map(([first, inner], i) => {
      return { initial: first, inner, next: after[i]![1].node };
    }),
    slices: pairs(over, slice).map(([stacked, inner]) => ({ stacked, inner })),
    values: tensorsOf(made.output).map(([, output]) => output.node),
  });
  let [carries, outputs] = [0, 0];
  return {
    carry: mapTensors(initial, () => new Tensor(pickLast(node, carries++))),
    outputs: mapTensors(made.output, () => new Tensor(pickSteps(node, values[outputs++]!))),
  };
}
