/** What `golgi data` was asked to prove: each leak with it and without. */
import type { Audit, Prepared, Proof, Remedy, SelectionProof } from "../src/index.ts";
import type { DataFlags } from "./commands/data.ts";
import { UsageError } from "./flags.ts";
import type { Page } from "./output/page.ts";
import { progressOn } from "./output/progress.ts";
import { timeLeft } from "./output/timeLeft.ts";
import { proofLine, selectionLine } from "./pages/audit.ts";
import type { Context } from "./program.ts";

export interface Asked {
  readonly golgi: typeof import("../src/index.ts");
  readonly prepared: Prepared;
  readonly audit: Audit;
  readonly flags: DataFlags;
}

type Step = (done: number, of: number) => void;

/** A flag, what it leaves out, and the name of its proof in JSON. */
type AskedFor = readonly [key: string, remedy: Remedy];

/** The proofs asked for by name, but for the one of selection. */
function askedFor({ audit, prepared, flags }: Asked): AskedFor[] {
  const { proveWithout, proveGroup, proveTime, proveDuplicates } = flags;
  return [
    ...(proveWithout ? [["without", { kind: "ignore", columns: proveWithout }] as const] : []),
    ...(proveGroup ? [["group", { kind: "group", column: proveGroup }] as const] : []),
    ...(proveTime ? [["time", { kind: "time", column: proveTime }] as const] : []),
    ...(proveDuplicates ? [["duplicates", copiesIn(audit, prepared)] as const] : []),
  ];
}

function copiesIn({ suspicions }: Audit, { test }: Prepared): Remedy {
  const found = suspicions.find(({ check }) => check === "duplicate rows")?.remedy;
  if (found) return found;
  throw new UsageError(
    `--prove-duplicates: no test row of ${test.table.name} has the same features as a training row. There is nothing to prove.`,
  );
}

const proveOne = (
  { golgi, prepared: { table, options } }: Asked,
  [check, remedy]: AskedFor,
  onFold: Step = () => {},
) => golgi.prove(table, options, { check, remedy }, { onFold });

const proveSelected = (
  { golgi, prepared: { table, options }, flags }: Asked,
  onShuffle: Step = () => {},
): Promise<SelectionProof> | null =>
  flags.proveSelection ? golgi.proveSelection(table, options, { onShuffle }) : null;

/** All of it, by name; of every suspicion with `--prove`, `null` where nothing can be left out. */
export async function provedAll(asked: Asked) {
  const named: Record<string, Proof> = {};
  for (const each of askedFor(asked)) named[each[0]] = await proveOne(asked, each);
  const selection = await proveSelected(asked);
  const { suspicions } = asked.audit;
  const proofs: (Proof | null)[] = [];
  if (asked.flags.prove)
    for (const { check, remedy } of suspicions)
      proofs.push(remedy && (await proveOne(asked, [check, remedy])));
  return {
    ...(asked.flags.prove ? { proofs } : {}),
    ...named,
    ...(selection ? { selection } : {}),
  };
}

/** The same, one after the other for people. */
export async function showProofs(
  asked: Asked,
  page: Page,
  { terminal: { err } }: Context,
): Promise<void> {
  const progress = progressOn({ sink: err, score: "" });
  const left = timeLeft();
  const suspected = asked.flags.prove ? asked.audit.suspicions : [];
  const all = [
    ...suspected.flatMap(({ check, remedy }): AskedFor[] => (remedy ? [[check, remedy]] : [])),
    ...askedFor(asked),
  ];
  for (const [at, each] of all.entries()) {
    const step = (done: number, of: number) => {
      const total = all.length * of;
      const rest = left("proofs", at * of + done, total);
      if (err.isTerminal) progress.stage(`${each[0]}, fold ${done} of ${of}${rest}`, done, of);
    };
    const proof = await proveOne(asked, each, step);
    progress.clear();
    proofLine(page, each[1], proof);
    page.flush();
  }
  const selection = await proveSelected(asked, (done, of) => {
    const rest = left("selection", done, of);
    progress.stage(`selection, ${done} of ${of} shuffles${rest}`, done, of);
  });
  progress.clear();
  if (selection) selectionLine(page, selection);
  page.flush();
}
