import { describe, expect, test } from "vitest";
import { openBlas } from "#platform";
import { runOn } from "../../../test/support/run.ts";
import { sizeOf } from "../../base/shape.ts";
import { grad } from "../../grad/grad.ts";
import {
  convolution,
  input,
  matmul,
  mul,
  reshape,
  sum,
  tanh,
  transpose,
} from "../../graph/build.ts";
import { type Node, trace } from "../../graph/node.ts";
import { evaluate } from "../../graph/reference.ts";
import { mlp } from "../../nn/index.ts";
import { fit, tableSamples } from "../../train/index.ts";
import { blasSession, wasmSession } from "./session.ts";

const found = await openBlas().catch((problem: Error) => problem);
const ramp = (length: number, phase: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin(phase + 1.3 * i));

test("where no BLAS is found, the error says how to install one", () => {
  if (found instanceof Error) expect(found.message).toMatch(/Install (it|one): /);
  else expect(found.library).toMatch(/blas|mkl|blis|Accelerate/i);
});

describe.skipIf(found instanceof Error)("native products (skipped where no BLAS is found)", () => {
  const shapes = [
    [40, 50, 60],
    [64, 64, 64],
    [33, 513, 35],
    [200, 300, 1],
    [1, 300, 200],
  ] as const;
  const ways = [{}, { threads: 2, eager: true }];
  const layouts = {
    plain: (a: Node, b: Node) => matmul(a, b),
    "left transposed": (a: Node, b: Node) => matmul(transpose(transposed(a)), b),
    "both transposed": (a: Node, b: Node) =>
      matmul(transpose(transposed(a)), transpose(transposed(b))),
  };
  // an operand that lies transposed in memory
  const transposed = (a: Node) =>
    input(`${(a as Node<"input">).arg.name}t`, [a.shape[1]!, a.shape[0]!]);
  const turned = (values: Float32Array, rows: number, columns: number) =>
    values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!);

  test.each(shapes)("%i x %i x %i in every layout", async (m, k, n) => {
    const [a, b] = [input("a", [m, k]), input("b", [k, n])];
    const values = { a: ramp(m * k, 1), b: ramp(k * n, 2) };
    const inputs = { ...values, at: turned(values.a, m, k), bt: turned(values.b, k, n) };
    for (const way of ways) {
      const session = await blasSession(way);
      for (const build of Object.values(layouts)) {
        const y = tanh(build(a, b));
        const [got] = runOn(session, [y], inputs);
        const [wanted] = evaluate([y], inputs);
        got!.forEach((x, i) => void expect(x).toBeCloseTo(wanted![i]!, 4));
      }
      session.close();
    }
  });

  test("a batch of products, on one thread and on two", async () => {
    const [a, b] = [input("a", [5, 40, 50]), input("b", [5, 50, 36])];
    const inputs = { a: ramp(5 * 40 * 50, 1), b: ramp(5 * 50 * 36, 2) };
    const [wanted] = evaluate([matmul(a, b)], inputs);
    for (const way of ways) {
      const session = await blasSession(way);
      const [got] = runOn(session, [matmul(a, b)], inputs);
      got!.forEach((x, i) => void expect(x).toBeCloseTo(wanted![i]!, 3));
      session.close();
    }
  });

  // windows over margins, a stride (whose gradient has phases), one axis, more than a panel holds
  test.each([
    { x: [3, 16, 20, 21], kernel: [32, 16, 3, 3], stride: 1, low: 1 },
    { x: [2, 20, 23, 24], kernel: [40, 20, 3, 3], stride: 2, low: 1 },
    { x: [5, 32, 250], kernel: [33, 32, 5], stride: 1, low: 2 },
    { x: [17, 128, 4, 4], kernel: [24, 128, 3, 3], stride: 1, low: 0 },
  ])("convolution and its gradients $x $kernel", async ({ x, kernel, stride, low }) => {
    const axis = { stride, low, high: low, inputDilation: 1, kernelDilation: 1 };
    const axes = x.slice(2).map(() => axis);
    const roots = trace(() => {
      const [a, w] = [input("x", x), input("w", kernel)];
      const y = convolution(a, w, { axes, groups: 1 });
      const loss = sum(reshape(mul(y, y), [sizeOf(y.shape)]), [0]);
      return [y, ...grad(loss, [a, w])];
    });
    const inputs = { x: ramp(sizeOf(x), 1), w: ramp(sizeOf(kernel), 2) };
    const plain = runOn(wasmSession(), roots, inputs);
    for (const way of ways) {
      const session = await blasSession(way);
      const native = runOn(session, roots, inputs);
      session.close();
      expect(runOn(session, roots, inputs)).toEqual(native); // the same pieces by one thread alone
      plain.forEach((wanted, i) => {
        const largest = Math.max(...wanted.map(Math.abs));
        const difference = Math.max(...wanted.map((value, j) => Math.abs(value - native[i]![j]!)));
        expect(difference / largest).toBeLessThan(1e-5);
      });
      expect(native[0]).not.toEqual(plain[0]); // another order of sums
    }
  });

  test("a memory that grows between two runs is followed", async () => {
    const session = await blasSession();
    const [a, b] = [input("a", [64, 64]), input("b", [64, 64])];
    const slots = {
      a: session.allocate([64, 64], "f32", ramp(4096, 1)),
      b: session.allocate([64, 64], "f32", ramp(4096, 2)),
    };
    const to = session.allocate([64, 64], "f32");
    const program = session.compile({ inputs: slots, outputs: [{ node: matmul(a, b), to }] });
    program.run();
    const first = [...session.read(to)];
    session.allocate([4_000_000], "f32");
    session.write(to, new Float32Array(4096));
    program.run();
    expect([...session.read(to)]).toEqual(first);
  });

  test("training ends near where WebAssembly's ends", async () => {
    const samples = tableSamples({
      features: ramp(200 * 40, 3),
      columns: 40,
      targets: Float32Array.from({ length: 200 }, (_, i) => i % 2),
    });
    const build = ({ features, outputs }: { features: number; outputs: number }) =>
      mlp({ inputs: features, hidden: [64], outputs });
    const options = { loss: "binaryCrossEntropy", epochs: 5, batchSize: 64 } as const;
    const [native, wasm] = [
      await fit(build, samples, { ...options, session: await blasSession() }),
      await fit(build, samples, { ...options, session: wasmSession() }),
    ];
    expect(native.history.at(-1)!.loss).toBeCloseTo(wasm.history.at(-1)!.loss, 4);
  });
});
