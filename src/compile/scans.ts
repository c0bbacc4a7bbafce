/** Scans within passes over graphs: which results are picked, and what nobody needs left out. */
import { pickLast, pickSteps, rebuilt } from "../graph/build.ts";
import { isOp, type Node, node, toposort } from "../graph/node.ts";
import { liveCarries } from "../graph/scan.ts";
import type { Binding, Buffer, LoopKernel } from "./kernel.ts";

export type Pick = Node & Node<"pick">;
type Scan = Node & Node<"scan">;

/** What is picked from each scan of a sorted graph. */
export function picksOf(order: readonly Node[]): Map<Node, Pick[]> {
  const picks = new Map<Node, Pick[]>();
  for (const y of order)
    if (isOp(y, "pick")) picks.set(y.src[0], [...(picks.get(y.src[0]) ?? []), y]);
  return picks;
}

/** The values of the body that picks ask for at every step. */
const valuesPicked = (picks: readonly Pick[]): Node[] =>
  picks.flatMap(({ arg }) => (arg.kind === "steps" ? [arg.value] : []));

/**
 * The picks of a scan whose body went through `rewrite` and whose sources are now `src`; carries,
 * slices and shared sources that decide nothing are left out.
 */
export function rewrittenPicks(
  y: Scan,
  picks: readonly Pick[],
  src: readonly Node[],
  rewrite: (roots: readonly Node[]) => Node[],
): Map<Node, Node> {
  const last = picks.flatMap(({ arg }) => (arg.kind === "last" ? [arg.carry] : []));
  const live = liveCarries(y.arg, last, valuesPicked(picks));
  const body = rewrite([...live.map((i) => y.arg.next[i]!), ...valuesPicked(picks)]);
  const parameters = y.arg.parameters.map((parameter) => rebuilt(parameter, []));
  const read = new Set(toposort(body));
  const kept = parameters.flatMap((parameter, i) => {
    const needed = i < y.arg.next.length ? live.includes(i) : read.has(parameter);
    return needed ? [i] : [];
  });
  const isSlice = (i: number) => i >= y.arg.next.length && i < y.arg.next.length + y.arg.slices;
  const next = body.splice(0, live.length);
  const scan = node(
    "scan",
    kept.map((i) => src[i]!),
    {
      length: y.arg.length,
      reverse: y.arg.reverse,
      slices: kept.filter(isSlice).length,
      parameters: kept.map((i) => parameters[i]!),
      next,
    },
  ) as Node;
  const pick = ({ arg }: Pick) => {
    if (arg.kind === "last") return pickLast(scan, live.indexOf(arg.carry));
    const value = body.shift()!;
    const slice = parameters.findIndex((parameter, i) => isSlice(i) && parameter === value);
    return slice < 0 ? pickSteps(scan, value) : src[slice]!;
  };
  return new Map(picks.map((each) => [each, pick(each)]));
}

/** A scan as one loop; a carry lies where its last value is wanted. */
export function loopOf(
  y: Scan,
  picks: readonly Pick[],
  buffers: {
    resultOf(pick: Node): Buffer;
    /** The buffer of a source as it lies in memory. */
    operand(source: Node): Buffer;
    fresh(like: Node): Buffer;
  },
): LoopKernel {
  const { length, reverse, slices, parameters, next } = y.arg;
  const carries = next.map((after, i) => {
    const last = picks.find(({ arg }) => arg.kind === "last" && arg.carry === i);
    const buffer = last ? buffers.resultOf(last) : buffers.fresh(after);
    return { initial: buffers.operand(y.src[i]!), buffer };
  });
  const names = parameters.map((parameter) => (parameter as Node<"input">).arg.name);
  const inputs = names.map((name, i): [string, Binding] => {
    const buffer = carries[i]?.buffer ?? buffers.operand(y.src[i]!);
    return [name, { buffer, sliced: i >= next.length && i < next.length + slices }];
  });
  const stacks = picks.filter(({ arg }) => arg.kind === "steps");
  return {
    kind: "loop",
    length,
    reverse,
    results: [
      ...next.map((node, i) => ({ node, sharedWith: [names[i]!] })),
      ...valuesPicked(stacks).map((node) => ({ node, sharedWith: [] })),
    ],
    body: [],
    inputs: new Map(inputs),
    outputs: [
      ...carries.map(({ buffer }) => ({ buffer, sliced: false })),
      ...stacks.map((pick) => ({ buffer: buffers.resultOf(pick), sliced: true })),
    ],
    carries,
  };
}
