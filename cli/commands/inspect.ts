/** `golgi inspect`: what a run folder holds. */
import { Page } from "../output/page.ts";
import { inspection } from "../pages/inspection.ts";
import type { Context } from "../program.ts";

export interface InspectFlags {
  readonly json?: true;
  readonly graph?: true;
  readonly plan?: true;
}

export async function inspect(
  run: string,
  { json, graph, plan }: InspectFlags,
  { terminal }: Context,
): Promise<number> {
  const [golgi, node] = await Promise.all([
    import("../../src/index.ts"),
    import("../../src/node.ts"),
  ]);
  const stored = await node.readRun(run);
  const model = golgi.fromRun(stored, `${run}/model.json`);
  if (json) {
    const { weights, ...rest } = stored;
    const parameters = Object.entries(weights).map(([name, { dtype, shape }]) => ({
      name,
      dtype,
      shape,
    }));
    terminal.out.write(`${JSON.stringify({ run, ...rest, parameters })}\n`);
  } else {
    const page = new Page(terminal.out);
    const nodes = graph ? golgi.networkGraph(model.network) : null;
    const session = golgi.wasmSession({ threads: threadsOf(stored.circumstances.engine) });
    const step = plan ? golgi.planModel(model, stored.manifest.settings, { session }) : null;
    session.close();
    const facts = golgi.inspectModel(model);
    inspection(page, { path: run, stored, model, facts, nodes, step });
    page.flush();
  }
  return 0;
}

/** How many threads a run says it had; 1 if it does not. */
function threadsOf(engine: unknown): number {
  const { threads } = Object(engine) as { threads?: unknown };
  return Number.isInteger(threads) ? Number(threads) : 1;
}
