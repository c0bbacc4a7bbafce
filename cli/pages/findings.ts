/** What the data half has to tell: warnings on standard error, notes on the page. */
import type { StudyFinding } from "../../src/index.ts";
import { integer, listed } from "../output/numbers.ts";
import { type Page, warn } from "../output/page.ts";
import { harmless } from "../output/style.ts";
import type { Sink } from "../output/terminal.ts";

/** So many of a kind are shown one by one. */
const most = 3;

export function warnings(sink: Sink, findings: readonly StudyFinding[]): void {
  for (const message of messagesOf(findings, "warning")) warn(sink, message);
}

export function notes(page: Page, findings: readonly StudyFinding[]): void {
  messagesOf(findings, "note").forEach((message, i) => {
    page.fact(i === 0 ? "note" : "", harmless(message));
  });
}

/** The messages of a level, kind by kind; of a kind with many the first ones, then how many more. */
export function messagesOf(
  findings: readonly StudyFinding[],
  wanted: StudyFinding["level"],
): string[] {
  const kinds = new Map<string, StudyFinding[]>();
  for (const finding of findings)
    if (finding.level === wanted)
      kinds.set(finding.kind, [...(kinds.get(finding.kind) ?? []), finding]);
  return [...kinds].flatMap(([kind, all]) => {
    if (all.length <= most + 1) return all.map(({ message }) => message);
    const rest = all.slice(most);
    const named = rest.flatMap((finding) => ("column" in finding ? [finding.column] : []));
    const columns = named.length === rest.length ? `: ${listed([...new Set(named)])}` : "";
    const shown = all.slice(0, most).map(({ message }) => message);
    return [...shown, `${integer(rest.length)} more ${kind}${columns}`];
  });
}
