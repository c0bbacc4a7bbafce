/** Compiled once, called often. */
import { literal } from "../graph/build.ts";
import { trace } from "../graph/node.ts";
import { defaultSession } from "./session.ts";
import { Tensor, type Tensors } from "./tensor.ts";
import { hostValues, mapTensors, placeholders, tensorsOf } from "./trees.ts";

const prefix = "input ";
type Run<T extends Tensors, R extends Tensors> = (tree: T) => R;

const signatureOf = (tree: Tensors) =>
  tensorsOf(tree)
    .map(([path, { dtype, shape }]) => `${path}: ${dtype}[${shape}]`)
    .join("; ");

function compile<T extends Tensors, R extends Tensors>(f: Run<T, R>, like: T): Run<T, R> {
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
  return (tree) => {
    const values = hostValues(tree);
    for (const [path, slot] of inputs) session.write(slot, values.get(path)!);
    program.run();
    return mapTensors(result, ({ shape, dtype }, path) => {
      const data = session.read(results.get(path)!);
      return new Tensor(literal({ shape, dtype, data }));
    });
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
  const compiled = new Map<string, Run<T, R>>();
  return async (tree) => {
    const signature = signatureOf(tree);
    const run = compiled.get(signature) ?? compile(f, tree);
    compiled.set(signature, run);
    return run(tree);
  };
}
