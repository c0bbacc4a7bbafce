/** Warnings on standard error; many of one kind become one line. */
import type { StudyFinding } from "../../src/index.ts";
import { integer, listed } from "../output/numbers.ts";
import { warn } from "../output/page.ts";
import type { Sink } from "../output/terminal.ts";

/** So many of a kind are shown one by one. */
const most = 3;

export function warnings(sink: Sink, findings: readonly StudyFinding[]): void {
  for (const line of warningLines(findings)) warn(sink, line);
}

/** The warnings in their order; of a kind with many the first ones, then how many more. */
export function warningLines(findings: readonly StudyFinding[]): string[] {
  const kinds = new Map<string, StudyFinding[]>();
  for (const finding of findings)
    if (finding.level === "warning")
      kinds.set(finding.kind, [...(kinds.get(finding.kind) ?? []), finding]);
  return [...kinds].flatMap(([kind, all]) => {
    if (all.length <= most + 1) return all.map(({ message }) => message);
    const rest = all.slice(most);
    const named = rest.flatMap((finding) => ("column" in finding ? [finding.column] : []));
    const columns = named.length === rest.length ? `: ${listed([...new Set(named)])}` : "";
    const shown = all.slice(0, most).map(({ message }) => message);
    return [...shown, `${integer(rest.length)} more of this kind (${kind})${columns}`];
  });
}
