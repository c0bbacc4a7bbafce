/** The leakage audit for people: the worst first, each with what to do. */
import type { Audit, Proof, Remedy, SelectionProof, Severity, Suspicion } from "../../src/index.ts";
import { counted, integer } from "../output/numbers.ts";
import type { Page } from "../output/page.ts";
import { harmless } from "../output/style.ts";
import { askedAgain } from "../words.ts";
import { digitsOf, intervalOf, nameOf } from "./results.ts";

const signs: Readonly<Record<Severity, string>> = { severe: "✗", warning: "!", note: "·" };
/** So many of a kind are shown one by one. */
const most = 5;

/** Of each suspicion what is wrong, and the command that shows what it is worth. */
export function auditPage(
  page: Page,
  { checks, suspicions }: Audit,
  args: readonly string[],
): void {
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
    for (const suspicion of own.slice(0, most)) {
      const { severity, type, detail } = suspicion;
      const sign = severity === "note" ? faint(signs[severity]) : warn(signs[severity]);
      page.line(
        `${sign} ${severity === "severe" ? `${strong("severe")}: ` : ""}${harmless(detail)} ${faint(`(${type})`)}`,
        2,
        4,
      );
      const flags = provedBy(suspicion);
      if (flags) page.line(faint(`proof: ${harmless(askedAgain(args, flags))}`), 4, 6);
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

/** The flags that prove a suspicion; `null` where the table has nothing to prove it with. */
function provedBy({ check, remedy }: Suspicion): readonly string[] | null {
  if (check === "selected before the split") return ["--prove-selection"];
  if (!remedy || check === "near-duplicate rows") return remedy && ["--prove"];
  if (remedy.kind === "drop rows") return ["--prove-duplicates"];
  if (remedy.kind === "ignore") return ["--prove-without", remedy.columns.join(",")];
  return [`--prove-${remedy.kind}`, remedy.column];
}

/** “with glucose: AUROC 0.97 (0.95 – 0.98); without: AUROC 0.82 (0.77 – 0.86)”. */
export function proofLine(page: Page, remedy: Remedy, proof: Proof): void {
  const { statistic, as, without, copies } = proof;
  const name = nameOf(statistic, "binary");
  const shown = (estimate: Proof["as"], key = statistic, called = name) =>
    `${called} ${digitsOf(key, estimate.value)} (${intervalOf(key, estimate)})`;
  const right = (which: "as" | "without" | "copies") =>
    copies?.accuracy ? shown(copies.accuracy[which], "accuracy", "accuracy") : "";
  const beside = (which: "as" | "without") => (copies?.accuracy ? `, ${right(which)}` : "");
  const [first, second] = sidesOf(remedy, copies);
  const alone = copies?.accuracy ? `; on the copies alone: ${right("copies")}` : "";
  const how = copies ? "One training, judged by the test rows" : "By five-fold cross-validation";
  page.line(
    `${page.style.strong("Proof")}   ${first}: ${shown(as)}${beside("as")}; ${second}: ${shown(without)}${beside("without")}${alone}. ${how}`,
    0,
    page.narrow ? 4 : 8,
  );
}

/** What was judged first and second. */
function sidesOf(remedy: Remedy, copies: Proof["copies"]): readonly [string, string] {
  if (remedy.kind === "ignore")
    return [`with ${remedy.columns.map(harmless).join(", ")}`, "without"];
  if (remedy.kind === "group")
    return ["split by rows", `split by ${harmless(remedy.column)}, none on two sides`];
  if (remedy.kind === "time") return ["split at random", `forward in ${harmless(remedy.column)}`];
  return [
    `all ${counted(copies?.of ?? 0, "test row")}`,
    `without the ${integer(copies?.rows ?? 0)} copies`,
  ];
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
    `${page.style.strong("Proof")}   selection: where the target is shuffled among the ${integer(rows)} rows, nothing can be known of it. Of ${integer(features)} features the ${integer(selected)} best by all rows: ${shown(before)}; selected anew in each fold: ${shown(inside)}. By five-fold cross-validation of a network without hidden layer, the mean of the folds`,
    0,
    page.narrow ? 4 : 8,
  );
}
