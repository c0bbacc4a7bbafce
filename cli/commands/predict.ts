/** `golgi predict`: what a trained network says of the rows of a file. */
import type { Cell } from "../../src/node.ts";
import { integer } from "../output/numbers.ts";
import { Page } from "../output/page.ts";
import { refuseExisting } from "../outputFile.ts";
import { warnings } from "../pages/findings.ts";
import type { Context } from "../program.ts";
import { readOptions } from "../trainFlags.ts";

export interface PredictFlags {
  readonly sheet?: string;
  readonly out?: string;
  readonly force?: true;
  readonly json?: true;
}

export async function predict(
  run: string,
  file: string,
  flags: PredictFlags,
  { terminal }: Context,
): Promise<number> {
  const { out, force, json } = flags;
  if (out !== undefined) refuseExisting(out, { force });
  const [golgi, node] = await Promise.all([
    import("../../src/index.ts"),
    import("../../src/node.ts"),
  ]);
  const model = golgi.fromRun(await node.readRun(run), `${run}/model.json`);
  const table = await golgi.data.read(file, readOptions(flags, terminal));
  const found = golgi.predictTable(model, table);
  const identifiers = golgi.identifierColumns(model.recipe);
  const { header, lines } = golgi.predictionLines(found, { table, identifiers });
  warnings(terminal.err, [...table.findings, ...found.findings]);
  const pieces = json ? jsonLines(header, lines) : node.csvPieces(header, lines);
  if (out === undefined) {
    for (const piece of pieces) {
      terminal.out.write(piece);
      await terminal.out.drained();
    }
  } else {
    await node.writeFileAtomic(out, pieces);
    const page = new Page(terminal.err);
    page.line(`${integer(found.rows)} rows predicted, written to ${out}`);
    page.flush();
  }
  return 0;
}

/** A row a line, under the names of the columns. */
function* jsonLines(header: readonly string[], rows: Iterable<readonly Cell[]>): Generator<string> {
  for (const row of rows)
    yield `${JSON.stringify(Object.fromEntries(header.map((name, i) => [name, row[i]])))}\n`;
}
