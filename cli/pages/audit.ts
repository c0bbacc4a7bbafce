/** The leakage audit for people: the worst first, each with what to do. */
import type { Audit, Proof, SelectionProof, Severity, Suspicion } from "../../src/index.ts";
import { integer } from "../output/numbers.ts";
import type { Page } from "../output/page.ts";
import { harmless } from "../output/style.ts";
import { digitsOf, intervalOf, nameOf } from "./results.ts";

const signs: Readonly<Record<Severity, string>> = { severe: "✗", warning: "!", note: "·" };
/** So many of a kind are shown one by one. */
const most = 5;

export function auditPage(page: Page, { checks, suspicions }: Audit): void {
  const { strong, warn, faint } = page.style;
  page.gap();
  const counts = (["severe", "warning", "note"] as const)
    .map(
      (severity) =>
        [severity, suspicions.filter((each) => each.severity === severity).length] as const,
    )
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${integer(count)} ${severity}`);
  const verdict = counts.length > 0 ? counts.join(" · ") : "nothing found";
  page.line(`${strong("Leakage audit")}   ${integer(checks.length)} checks · ${verdict}`);
  const kinds = new Map<string, Suspicion[]>();
  for (const each of suspicions) kinds.set(each.check, [...(kinds.get(each.check) ?? []), each]);
  for (const own of kinds.values()) {
    for (const { severity, type, detail } of own.slice(0, most)) {
      const sign = severity === "note" ? faint(signs[severity]) : warn(signs[severity]);
      page.line(
        `${sign} ${severity === "severe" ? `${strong("severe")}: ` : ""}${harmless(detail)} ${faint(`(${type})`)}`,
        2,
        4,
      );
    }
    const rest = own.slice(most);
    if (rest.length > 0)
      page.line(
        faint(
          `${integer(rest.length)} more of “${own[0]!.check}”: ${rest
            .flatMap(({ columns }) => columns)
            .map(harmless)
            .join(", ")}`,
        ),
        4,
      );
  }
}

/** “single feature: AUROC 0.997 with x, 0.742 without”. */
export function proofLine(
  page: Page,
  { check, columns }: { readonly check: string; readonly columns: readonly string[] },
  proof: Proof,
): void {
  const { statistic, as, without } = proof;
  const name = nameOf(statistic, "binary");
  const about = columns.length > 0 ? ` ${columns.map(harmless).join(", ")}` : "";
  const shown = (estimate: Proof["as"]) =>
    `${digitsOf(statistic, estimate.value)} (${intervalOf(statistic, estimate)})`;
  page.line(
    `${page.style.strong("Proof")}   ${check}${about}: ${name} ${shown(as)} as it is, ${shown(without)} without its cause, by five-fold cross-validation`,
    0,
    10,
  );
}

/** “of 40 rows whose labels were shuffled … AUROC 0.94 (0.90 – 0.97)”. */
export function selectionLine(page: Page, proof: SelectionProof): void {
  const { statistic, rows, features, selected, before, inside } = proof;
  const name = nameOf(statistic, "binary");
  const shown = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const ends = [Math.min(...values), Math.max(...values)];
    const [low, high] = ends.map((end) => digitsOf(statistic, end));
    return `${name} ${digitsOf(statistic, mean)} (${low} – ${high} of ${integer(values.length)} shuffles)`;
  };
  page.line(
    `${page.style.strong("Proof")}   selection: where the target is shuffled among the ${integer(rows)} rows, nothing can be known of it. Of ${integer(features)} features the ${integer(selected)} best by all rows: ${shown(before)}; selected anew in each fold: ${shown(inside)}. By five-fold cross-validation of a network without hidden layer`,
    0,
    10,
  );
}
