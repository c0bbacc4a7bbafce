/** Optimism: what the fit is worth on the rows that it learned from, without its flattery. */
import type { Evidence } from "../../evaluate/evidence/types.ts";
import { nameOf } from "../estimates.ts";
import { type Section, table } from "../figure.ts";
import { count, numbers } from "../format.ts";
import { el } from "../html.ts";

export function optimismSection(evidence: Evidence): Section | null {
  if (evidence.task !== "binary" || !evidence.optimism) return null;
  const { method, rows, groups, times, statistics } = evidence.optimism;
  const all = Object.entries(statistics);
  const remarks = all.some(([, { reason }]) => reason);
  const whom = groups === null ? "" : ` of ${count(groups)} groups`;
  return {
    id: "optimism",
    title: "Optimism by bootstrap",
    content: [
      table(
        {
          id: "optimism-table",
          title: `On the ${count(rows)} rows${whom} that it learned from`,
          note: [
            el("strong", {}, `${count(times)} refits. `),
            `Optimism: what a refit is worth on its own resample minus what it is worth on all learning rows; corrected: apparent minus optimism (Harrell, Lee and Mark 1996; ${method}). Recipe, search and network are fitted anew each time. None of the test rows takes part.`,
          ],
        },
        {
          header: [
            "statistic",
            "apparent",
            "optimism",
            "corrected",
            ...(remarks ? ["remark"] : []),
          ],
          rows: all.map(([key, { apparent, optimism, corrected, reason }]) => [
            nameOf(key),
            ...numbers([apparent, optimism, corrected]),
            ...(remarks ? [reason ?? ""] : []),
          ]),
        },
      ),
    ],
  };
}
