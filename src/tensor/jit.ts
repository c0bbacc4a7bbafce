/** Compiled once, called often. */
import { literal } from "../graph/build.ts";
import { trace } from "../graph/node.ts";
import { defaultSession } from "./session.ts";
import { Tensor, type Tensors } from "./tensor.ts";
import { hostValues, mapTensors, placeholders, tensorsOf } from "./trees.ts";

const prefix = "input ";
interface Compiled<T extends Tensors, R extends Tensors> {
  run(tree: T): R;
  free(): void;
}
/** Frees what a compiled function holds once nobody can call it, so that users need not. */
const forgotten = new FinalizationRegistry<ReadonlyMap<string, { free(): void }>>((compiled) => {
  for (const each of compiled.values()) each.free();
});

const signatureOf = (tree: Tensors) =>
  tensorsOf(tree)
    .map(([path, { dtype, shape }]) => `${path}: ${dtype}[${shape}]`)
    .join("; ");

function compile<T extends Tensors, R extends Tensors>(f: (tree: T) => R, like: T): Compiled<T, R> {
  const session = defaultSession();
  const slotsOf = (tree: Tensors) =>
    tensorsOf(tree).map(
      ([path, { shape, dtype }]) => [path, session.allocate(shape, dtype)] as const,
    );
  const result = trace(() => f(placeholders(like, prefix)));
  const [inputs, outputs] = [slotsOf(like), slotsOf(result)];
  const roots = tensorsOf(result).map(([, { node }]) => node);
  const program = session.compile({
    inputs: Object.fromEntries(inputs.map(([path, slot]) => [prefix + path, slot])),
    outputs: outputs.map(([, to], i) => ({ node: roots[i]!, to })),
  });
  const results = new Map(outputs);
  return {
    run(tree) {
      const values = hostValues(tree);
      for (const [path, slot] of inputs) session.write(slot, values.get(path)!);
      program.run();
      return mapTensors(result, ({ shape, dtype }, path) => {
        const data = session.read(results.get(path)!);
        return new Tensor(literal({ shape, dtype, data }));
      });
    },
    free() {
      program.free();
      for (const [, slot] of [...inputs, ...outputs]) session.free(slot);
    },
  };
}

/**
 * `f` compiled once for each combination of paths, shapes and dtypes it is called with; a later call
 * writes its inputs, runs one program and gives known tensors.
 * What `f` uses beside its argument stays as it was at the first call.
 *
 *     const loss = jit(({ w, x }: { w: Tensor; x: Tensor }) => mean(square(matmul(x, w))));
 *     await read(await loss({ w, x }));
 */
export function jit<T extends Tensors, R extends Tensors>(
  f: (tree: T) => R,
): (tree: T) => Promise<R> {
  const compiled = new Map<string, Compiled<T, R>>();
  const call = async (tree: T) => {
    const signature = signatureOf(tree);
    const found = compiled.get(signature) ?? compile(f, tree);
    compiled.set(signature, found);
    return found.run(tree);
  };
  forgotten.register(call, compiled);
  return call;
}
