/** Whether somebody has looked at the test rows before. */
import type { Opened } from "../../src/node.ts";
import { counted, integer, listed } from "../output/numbers.ts";
import type { Page } from "../output/page.ts";
import { harmless } from "../output/style.ts";
import { digitsOf, nameOf } from "./results.ts";

/** Runs that are named. */
const most = 3;

/** “these test rows have been opened 3 times before: wdbc-1 (AUROC 0.994, 2026-03-01) …”. */
export function openedBefore(page: Page, { before, lost }: Opened): void {
  if (lost !== null)
    page.fact("opened", harmless(`this look at the test rows is not logged: ${lost}`));
  if (before.length === 0) return;
  const times = before.length === 1 ? "once" : counted(before.length, "time");
  const shown = before.slice(-most).map(({ run, statistic, value, opened }) => {
    const number = value === null ? "" : `${nameOf(statistic)} ${digitsOf(statistic, value)}, `;
    return harmless(`${run} (${number}${opened.slice(0, 10)})`);
  });
  const earlier = before.length > most ? `${integer(before.length - most)} earlier, ` : "";
  page.fact(
    "opened",
    `these test rows have been opened ${times} before: ${earlier}${listed(shown)}. Whoever chooses by them needs others to judge by`,
  );
}
