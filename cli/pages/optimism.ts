/** Optimism: what the fit is worth on the rows that it learned from, when its flattery is taken off. */
import type { OptimismEvidence } from "../../src/index.ts";
import { integer } from "../output/numbers.ts";
import type { Page } from "../output/page.ts";
import { harmless } from "../output/style.ts";
import { digitsOf, nameOn } from "./results.ts";

export function optimismPage(
  page: Page,
  { rows, groups, times, statistics }: OptimismEvidence,
): void {
  const { strong, faint } = page.style;
  const whom = groups === null ? "" : ` of ${integer(groups)} groups`;
  page.gap();
  page.line(
    strong(
      `Optimism on the ${integer(rows)} rows${whom} that it learned from, ${integer(times)} refits`,
    ),
  );
  const right = { align: "right" } as const;
  const lines = Object.entries(statistics).map(
    ([key, { apparent, optimism, corrected, reason }]) => [
      nameOn(page, key, "binary"),
      ...[apparent, optimism].map((value) => digitsOf(key, value)),
      strong(digitsOf(key, corrected)),
      ...(page.narrow ? [] : [faint(harmless(reason ?? ""))]),
    ],
  );
  const header = ["", "apparent", "optimism", "corrected"].map(faint);
  page.table([header, ...lines], [{}, right, right, right, {}]);
}
