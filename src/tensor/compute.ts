/** Nodes to numbers: one program on the default session, whose slots are freed at once. */
import type { HostArray } from "../base/dtype.ts";
import { InputError } from "../base/errors.ts";
import { isOp, type Node, toposort } from "../graph/node.ts";
import { defaultSession } from "./session.ts";

function refuseInputs(nodes: readonly Node[]): void {
  const input = toposort(nodes).find((node) => isOp(node, "input"));
  if (input && isOp(input, "input"))
    throw new InputError(
      `read: this tensor depends on “${input.arg.name}”, which has a value only inside a compiled function. Return it from that function and read the result.`,
    );
}

/** The values of `nodes`, copies that belong to the caller; known arrays are not computed. */
export function compute(nodes: readonly Node[]): HostArray[] {
  const unknown = new Set(nodes.filter((node) => !isOp(node, "literal")));
  const computed = new Map(unknown.size === 0 ? [] : run([...unknown]));
  return nodes.map((node) => computed.get(node) ?? (node as Node<"literal">).arg.data.slice());
}

function run(nodes: readonly Node[]): [Node, HostArray][] {
  refuseInputs(nodes);
  const session = defaultSession();
  const outputs = nodes.map((node) => ({ node, to: session.allocate(node.shape, node.dtype) }));
  try {
    const program = session.compile({ inputs: {}, outputs });
    program.run();
    program.free();
    return outputs.map(({ node, to }) => [node, session.read(to)]);
  } finally {
    for (const { to } of outputs) session.free(to);
  }
}
