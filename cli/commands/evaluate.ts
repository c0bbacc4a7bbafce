/** `golgi evaluate`: a trained network on another file. */
import { UsageError } from "../flags.ts";
import { Page } from "../output/page.ts";
import { refuseExisting } from "../outputFile.ts";
import { warnings } from "../pages/findings.ts";
import { evaluation, heading } from "../pages/results.ts";
import type { Context } from "../program.ts";
import { shellWords } from "../words.ts";

export interface EvaluateFlags {
  readonly data?: string;
  readonly group?: string;
  readonly out?: string;
  readonly force?: true;
  readonly json?: true;
}

export async function evaluate(
  run: string,
  flags: EvaluateFlags,
  { terminal }: Context,
): Promise<number> {
  const { data: file, group, out, force, json } = flags;
  if (file === undefined)
    throw new UsageError(
      `evaluate needs --data FILE, a table with the target: golgi evaluate ${shellWords([run])} --data FILE`,
    );
  if (out !== undefined) refuseExisting(out, { force });
  const [golgi, node] = await Promise.all([
    import("../../src/index.ts"),
    import("../../src/node.ts"),
  ]);
  const stored = await node.readRun(run);
  const model = golgi.fromRun(stored, `${run}/model.json`);
  const table = await golgi.data.read(file);
  const found = golgi.evaluateTable(model, table, group === undefined ? {} : { group });
  const statistics = {
    run,
    data: file,
    task: found.evaluation.task,
    rows: found.evaluation.rows,
    ...golgi.evaluationOf(found.evaluation, "test"),
  };
  if (out !== undefined)
    await node.writeFileAtomic(out, `${JSON.stringify(statistics, null, 2)}\n`);
  warnings(terminal.err, [...table.findings, ...found.findings]);
  if (json) terminal.out.write(`${JSON.stringify(statistics)}\n`);
  else {
    const page = new Page(terminal.out);
    const left = table.rows - found.evaluation.rows;
    const without = left > 0 ? `, ${left} left out` : "";
    page.line(`${page.style.strong(run)} on ${page.style.strong(file)}`);
    heading(page, `On ${found.evaluation.rows} rows of ${table.name}${without}`);
    evaluation(page, found.evaluation, "chosen in training");
    if (out !== undefined) page.line(`written to ${out}`);
    page.flush();
  }
  return 0;
}
