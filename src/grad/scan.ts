/** The gradient of a scan: the steps back, over what the steps forward have left behind. */
import { add, constant, pickLast, pickSteps } from "../graph/build.ts";
import { isOp, type Node, toposort } from "../graph/node.ts";
import type { Op, PickArg } from "../graph/ops.ts";
import {
  dependents,
  liveCarries,
  placeholder,
  scanOf,
  slicePlaceholder,
  substitute,
} from "../graph/scan.ts";
import { Totals } from "./totals.ts";

type Scan = Node & Node<"scan">;
export type Seed = readonly [value: Node, gradient: Node];
/** What flows from `seeds` to each of `wrt`; `null` if nothing does. */
export type Pullback = (seeds: readonly Seed[], wrt: readonly Node[]) => (Node | null)[];

const zeros = (like: Node) => constant(0, like.shape);

/** Carries with a gradient: they depend on what has one, and what has one depends on them. */
function activeCarries({ arg }: Scan, wanted: readonly Node[], live: readonly number[]): number[] {
  const { parameters, next } = arg;
  const order = toposort(next);
  const active = new Set([...next.keys()].filter((i) => wanted.includes(parameters[i]!)));
  for (let before = -1; before < active.size; ) {
    before = active.size;
    const varies = dependents(order, [...wanted, ...[...active].map((i) => parameters[i]!)]);
    next.forEach((after, i) => {
      if (after.dtype === "f32" && varies.has(after)) active.add(i);
    });
  }
  return live.filter((i) => active.has(i));
}

const moved: ReadonlySet<Op> = new Set<Op>(["expand", "reshape", "permute", "reverse"]);
const cheap: ReadonlySet<Op> = new Set<Op>(["add", "sub", "mul", "neg", "cast", "where"]);

/**
 * Values of the forward body that the backward body reads, to be stacked by the forward scan: those
 * it uses, but for movement and simple arithmetic on others, which is done again.
 */
function savedValues(
  roots: readonly Node[],
  forward: ReadonlySet<Node>,
  varies: ReadonlySet<Node>,
): Node[] {
  const saved = new Set<Node>();
  const save = (s: Node): void => {
    if (!varies.has(s)) return;
    if (moved.has(s.op)) save(s.src[0] as Node);
    else saved.add(s);
  };
  for (const root of roots) if (forward.has(root)) save(root);
  for (const y of toposort(roots))
    if (!forward.has(y)) for (const s of y.src as readonly Node[]) if (forward.has(s)) save(s);
  const known = (s: Node): boolean =>
    !varies.has(s) || saved.has(s) || again.has(s) || (moved.has(s.op) && known(s.src[0] as Node));
  const again = new Set<Node>();
  for (const y of forward)
    if (saved.has(y) && cheap.has(y.op) && (y.src as readonly Node[]).every(known)) again.add(y);
  return [...saved].filter((y) => !again.has(y));
}

interface Picked {
  readonly arg: PickArg;
  readonly g: Node;
}

/** The backward step, still in terms of the forward body, and what its results are for. */
interface BackwardStep {
  /** Carries that have a gradient, and what stands for it. */
  readonly carried: readonly { readonly i: number; readonly inner: Node }[];
  /** What flows to values picked at every step. */
  readonly given: readonly { readonly stacked: Node; readonly inner: Node }[];
  /** Gradients of the carries before the step. */
  readonly nexts: readonly Node[];
  readonly totals: Totals;
  /** Of each parameter: its gradient in terms of the placeholders of `totals`. */
  readonly results: readonly (Node | null)[];
  /** What the forward body computes. */
  readonly forward: ReadonlySet<Node>;
  /** What differs from step to step. */
  readonly varies: ReadonlySet<Node>;
}

function backwardStep(
  y: Scan,
  picks: readonly Picked[],
  isWanted: (i: number) => boolean,
  pullback: Pullback,
): BackwardStep {
  const { length, slices, parameters, next } = y.arg;
  const stepsPicked = picks.flatMap(({ arg, g }) =>
    arg.kind === "steps" ? [{ value: arg.value, stacked: g, inner: slicePlaceholder(g) }] : [],
  );
  const last = picks.flatMap(({ arg }) => (arg.kind === "last" ? [arg.carry] : []));
  const picked = stepsPicked.map(({ value }) => value);
  const wanted = parameters.filter((_, i) => isWanted(i));
  const active = activeCarries(y, wanted, liveCarries(y.arg, last, picked));
  const carried = active.map((i) => ({ i, inner: placeholder(next[i]!) }));
  const seeds = [
    ...carried.map(({ i, inner }): Seed => [next[i]!, inner]),
    ...stepsPicked.map(({ value, inner }): Seed => [value, inner]),
  ];
  const wrt = parameters.filter((_, i) => isWanted(i) || active.includes(i));
  const flows = pullback(seeds, wrt);
  const flowTo = (i: number) => flows[wrt.indexOf(parameters[i]!)] ?? null;
  const order = toposort([...next, ...picked, ...flows.flatMap((flow) => flow ?? [])]);
  const varies = dependents(order, [
    ...parameters.slice(0, next.length + slices),
    ...seeds.map(([, inner]) => inner),
  ]);
  const totals = new Totals(length, varies);
  const results = parameters.map((_, i) => {
    const flow = isWanted(i) && i >= next.length ? flowTo(i) : null;
    return flow && (i < next.length + slices ? totals.stack(flow) : totals.of(flow));
  });
  const nexts = carried.map(({ i, inner }) => flowTo(i) ?? zeros(inner));
  const forward = forwardNodes([...next, ...picked], order);
  return { carried, given: stepsPicked, nexts, totals, results, forward, varies };
}

/** Nodes of the forward body, and what may yet be picked from scans in it. */
function forwardNodes(roots: readonly Node[], order: readonly Node[]): Set<Node> {
  const nodes = new Set(toposort(roots));
  for (const y of order) if (isOp(y, "pick") && nodes.has(y.src[0])) nodes.add(y);
  return nodes;
}

/**
 * What flows to each source of a scan, given what flows to its picks.
 *
 * A second scan runs the other way. It carries the gradients of the carries and reads stacked values
 * of the first. What every step reads gets the sum over the steps: where a step's share is a product
 * (xᵀ δ) or a sum, as one product or sum over the stacks after the loop, so that the order along K
 * is step 0 first; else added step by step in the order in which the second scan runs.
 */
export function scanFlows(
  y: Scan,
  flows: ReadonlyMap<Node, Node>,
  reached: ReadonlySet<Node>,
  pullback: Pullback,
): (Node | null)[] {
  const { next } = y.arg;
  const isWanted = (i: number) => y.src[i]!.dtype === "f32" && reached.has(y.src[i]!);
  const picks = [...flows].map(([pick, g]) => ({ arg: (pick as Node<"pick">).arg, g }));
  const step = backwardStep(y, picks, isWanted, pullback);
  const { scan, found } = backwardScan(y, picks, step);
  return step.results.map((result, i) => {
    if (i >= next.length) return result && substitute([result], found)[0]!;
    const at = step.carried.findIndex((each) => each.i === i);
    return at >= 0 && isWanted(i) ? pickLast(scan, at) : null;
  });
}

/** The second scan, and its results for the placeholders of the totals. */
function backwardScan(y: Scan, picks: readonly Picked[], step: BackwardStep) {
  const { length, reverse, parameters } = y.arg;
  const inside = y.arg.next.length + y.arg.slices;
  const { carried, given, totals, forward, varies } = step;
  const sums = [...totals.accumulated].map(([value, total]) => {
    const inner = placeholder(value);
    return { total, inner, next: add(inner, value) };
  });
  const nexts = [...step.nexts, ...sums.map((each) => each.next)];
  const values = [...totals.stacks.keys()].filter((value) => !forward.has(value));
  const roots = [...nexts, ...values];
  const saved = savedValues(roots, forward, varies).map((value) => {
    return { value, inner: placeholder(value), stacked: forwardStack(y, value) };
  });
  const others = new Map([
    ...parameters.map((parameter, i): Seed => [parameter, y.src[i]!]).slice(inside),
    ...saved.map(({ value, inner }): Seed => [value, inner]),
  ]);
  const opened = substitute(roots, others);
  const last = (i: number) => picks.find(({ arg }) => arg.kind === "last" && arg.carry === i)?.g;
  const carries = [
    ...carried.map(({ i, inner }) => ({ initial: last(i) ?? zeros(inner), inner })),
    ...sums.map(({ inner }) => ({ initial: zeros(inner), inner })),
  ].map((carry, at) => ({ ...carry, next: opened[at]! }));
  const slices = [...given, ...saved];
  const closing = {
    length,
    reverse: !reverse,
    carries,
    slices,
    values: opened.slice(nexts.length),
  };
  const closed = scanOf(closing);
  const found = new Map<Node, Node>(
    [...totals.stacks].map(([value, stack]): Seed => {
      const at = values.indexOf(value);
      return [stack, at < 0 ? forwardStack(y, value) : pickSteps(closed.scan, closed.values[at]!)];
    }),
  );
  sums.forEach(
    ({ total }, at) => void found.set(total, pickLast(closed.scan, carried.length + at)),
  );
  return { scan: closed.scan, found };
}

/** A value of the forward body at all steps. */
function forwardStack(y: Scan, value: Node): Node {
  const { parameters, next, slices } = y.arg;
  const i = parameters.indexOf(value);
  return i >= next.length && i < next.length + slices ? y.src[i]! : pickSteps(y, value);
}
