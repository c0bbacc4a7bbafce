/** `golgi report`: a run as one HTML file for reviewers. */
import { UsageError } from "../flags.ts";
import { harmless } from "../output/style.ts";
import { refuseExisting } from "../outputFile.ts";
import type { Context } from "../program.ts";
import { preparedAgain } from "../reportData.ts";

export interface ReportFlags {
  readonly data?: string;
  readonly test?: string;
  readonly subgroup?: readonly string[];
  readonly out?: string;
  readonly force?: true;
}

export async function report(
  run: string,
  flags: ReportFlags,
  { terminal }: Context,
): Promise<number> {
  const { out, force, subgroup: subgroups } = flags;
  if (out !== undefined) refuseExisting(out, { force });
  const [golgi, node] = await Promise.all([
    import("../../src/index.ts"),
    import("../../src/node.ts"),
  ]);
  const path = out ?? `${run.replace(/[/\\]+$/, "")}/report.html`;
  const source = await node.readReportSource(run);
  const library = { golgi, node };
  const prepared = await preparedAgain(source, { asked: flags, run, library, terminal });
  if (prepared === null && subgroups)
    throw new UsageError("--subgroup needs the rows of the run. Name their file with --data FILE.");
  const openings = prepared
    ? await node.openingsOf(await golgi.rowsHash(prepared.test.table, prepared.split.test))
    : [];
  const html = await golgi.reportOf(source, {
    ...(prepared ? { prepared } : {}),
    openings,
    ...(subgroups ? { subgroups } : {}),
  });
  await node.writeFileAtomic(path, html);
  terminal.out.write(`report       ${harmless(path)}   opens in any browser, without a network\n`);
  if (prepared === null)
    terminal.err.write(
      `! without the data: no Table 1, no audit, no explanations in it; add --data FILE\n`,
    );
  return 0;
}
