/** Where the time of a program goes, kernel by kernel. */
import { describeKernels } from "../../compile/describe.ts";
import type { Kernel } from "../../compile/kernel.ts";
import { bytesOf, operationsOf } from "../../compile/operations.ts";
import type { KernelFacts, KernelProfile } from "../backend.ts";

const warmUp = 10; // milliseconds in which V8 compiles a kernel for good
const rounds = 5;
const round = 2; // milliseconds

/** Microseconds a run: the best of some rounds, as whatever else runs only adds. */
function microseconds(run: () => void): number {
  const time = (limit: number) => {
    const started = performance.now();
    let [runs, spent] = [0, 0];
    for (; spent < limit; runs++) {
      run();
      spent = performance.now() - started;
    }
    return (1000 * spent) / runs;
  };
  time(warmUp);
  return Math.min(...Array.from({ length: rounds }, () => time(round)));
}

const factsOf = (kernel: Kernel): KernelFacts => ({
  text: describeKernels([kernel]).split("\n", 1)[0]!,
  operations: operationsOf(kernel),
  bytes: bytesOf(kernel),
  ...(kernel.kind === "loop"
    ? { loop: { steps: kernel.length, body: kernel.body.map(factsOf) } }
    : {}),
});

/** Each kernel linked and timed by itself. */
export const profileKernels = (
  kernels: readonly Kernel[],
  link: (kernel: number) => { run(): void; free?(): void },
): KernelProfile[] =>
  kernels.map((kernel, i) => {
    const linked = link(i);
    const profile = { ...factsOf(kernel), microseconds: microseconds(linked.run) };
    linked.free?.();
    return profile;
  });
