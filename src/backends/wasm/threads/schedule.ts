/** Which kernels threads share, and where they must wait for each other. */
import { bytesPerElement } from "../../../base/dtype.ts";
import { sizeOf } from "../../../base/shape.ts";
import { collapse } from "../../../compile/collapse.ts";
import { costOf } from "../../../compile/cost.ts";
import { type Buffer, type Kernel, readsOf, writesOf } from "../../../compile/kernel.ts";
import { clearedBy, type EmitRequest, isEmpty, isPrepared, workspaceOf } from "../emit.ts";
import { moves, type Step } from "../steps.ts";

/** Bytes of memory; two of them conflict if they overlap and one is written. */
interface Access {
  readonly from: number;
  readonly to: number;
  readonly writes: boolean;
}

/** Nanoseconds of work from which threads share a kernel, and from which they share a program. */
const leastKernel = 1500;
const leastProgram = 100_000;

/** Kernels that can do one thread's part alone. */
const takesPart: Readonly<Record<Kernel["kind"], boolean>> = {
  map: true,
  reduce: true,
  rowwise: true,
  product: true,
  convolution: true,
  direct: true,
  correlation: true,
  windowArgmax: true,
  windowFill: true,
  random: true,
  gather: true,
  scatter: true,
  loop: true,
};
/** Whether a kernel has results to share out: a single sum is never split. */
const canShare = (kernel: Kernel) =>
  takesPart[kernel.kind] && (kernel.kind !== "reduce" || collapse(kernel).outer.length > 0);

/** A loop is shared if a kernel of its steps is; in it, copies of slices are for one thread. */
const isShared = (kernel: Kernel, eager: boolean): boolean =>
  kernel.kind === "loop"
    ? kernel.body.some((each) => isSharedInLoop(each, eager))
    : canShare(kernel) && (eager || costOf(kernel) >= leastKernel);
const isSharedInLoop = (kernel: Kernel, eager: boolean) =>
  (moves(kernel) || kernel.kind === "loop") && isShared(kernel, eager);

/** Whether threads make a program faster; `eager` takes all that can be shared. */
export function isWorthwhile(kernels: readonly Kernel[], eager: boolean): boolean {
  const shared = kernels.filter((kernel) => !isEmpty(kernel) && isShared(kernel, eager));
  const cost = shared.reduce((total, kernel) => total + costOf(kernel), 0);
  return eager ? shared.length > 0 : cost >= leastProgram;
}

function accesses(
  { addressOf, workspaces, kernels, native }: Omit<EmitRequest, "bits">,
  { kernel: i, phase }: Pick<Step, "kernel" | "phase">,
  threads: number,
): Access[] {
  const kernel = kernels[i]!;
  const span = (writes: boolean) => (buffer: Buffer) => {
    const from = addressOf(buffer);
    // random numbers fill whole vectors
    return { from, to: from + Math.ceil(sizeOf(buffer.shape) / 4) * 4 * bytesPerElement, writes };
  };
  if (phase === "clear") return clearedBy(kernel).map(span(true));
  const workspace = {
    from: workspaces[i]!,
    to: workspaces[i]! + workspaceOf(kernel, threads, native),
  };
  return [
    ...readsOf(kernel).map(span(false)),
    ...writesOf(kernel).map(span(true)),
    ...(workspace.to > workspace.from ? [{ ...workspace, writes: true }] : []),
  ];
}

const conflict = (a: Access, b: Access) => (a.writes || b.writes) && a.from < b.to && b.from < a.to;

/** The steps of a program, with no more barriers than their order needs. */
export function schedule(
  request: Omit<EmitRequest, "bits">,
  { threads, eager, inLoop = false }: { threads: number; eager: boolean; inLoop?: boolean },
): Step[] {
  const steps = request.kernels.flatMap((each, kernel) => {
    if (isEmpty(each)) return [];
    const shared = inLoop ? isSharedInLoop(each, eager) : isShared(each, eager);
    const phases = [
      ...(clearedBy(each).length > 0 ? (["clear"] as const) : []),
      ...(shared && !inLoop && isPrepared(each, request.native) ? (["prepare"] as const) : []),
      "work" as const,
    ];
    return phases.map((phase) => ({ kernel, phase, shared }));
  });
  let open: (Access & { shared: boolean })[] = [];
  return steps.map((step) => {
    const own = accesses(request, step, threads).map((a) => ({ ...a, shared: step.shared }));
    // what one thread does alone it does in order
    const barrier = own.some((a) => open.some((b) => (a.shared || b.shared) && conflict(a, b)));
    open = barrier ? own : [...open, ...own];
    return { ...step, barrier };
  });
}
