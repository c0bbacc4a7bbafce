/** `golgi report`: a run as one HTML file for reviewers. */

import { harmless } from "../output/style.ts";
import { refuseExisting } from "../outputFile.ts";
import type { Context } from "../program.ts";

export interface ReportFlags {
  readonly out?: string;
  readonly force?: true;
}

export async function report(
  run: string,
  { out, force }: ReportFlags,
  { terminal }: Context,
): Promise<number> {
  if (out !== undefined) refuseExisting(out, { force });
  const [golgi, node] = await Promise.all([
    import("../../src/index.ts"),
    import("../../src/node.ts"),
  ]);
  const path = out ?? `${run.replace(/[/\\]+$/, "")}/report.html`;
  const html = await golgi.reportOf(await node.readReportSource(run));
  await node.writeFileAtomic(path, html);
  terminal.out.write(`report       ${harmless(path)}   opens in any browser, without a network\n`);
  return 0;
}
