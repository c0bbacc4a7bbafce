/** Which of two labels is the event, where nobody says. */

const events = new Set(
  (
    "yes y true t positive pos + case cases malignant cancer tumor tumour disease diseased sick ill " +
    "affected abnormal impaired present dead died death deceased event relapse relapsed recurrence " +
    "progression failure failed severe"
  ).split(" "),
);
const others = new Set(
  (
    "no n false f negative neg - control controls healthy normal benign unaffected absent none " +
    "alive survived censored remission stable mild success"
  ).split(" "),
);

/**
 * Of two sorted labels: the larger number; else the only one that is a known word for an event
 * (`yes`, `malignant`, `died`) or whose opposite is one for none (`control`, `benign`); else the
 * rarer; else the second. A choice that could surprise has a reason.
 */
export function positiveLabel(
  levels: readonly string[],
  counts: ReadonlyMap<string, number>,
  numeric: boolean,
): { label: string; reason?: string } {
  const [first, second] = levels as readonly [string, string];
  if (numeric)
    return second === "1" ? { label: second } : { label: second, reason: "the larger number" };
  const is = (words: ReadonlySet<string>, label: string) => words.has(label.toLowerCase());
  for (const [label, opposite] of [
    [second, first],
    [first, second],
  ] as const) {
    if (is(events, label) && !is(events, opposite)) return { label };
    if (is(others, opposite) && !is(others, label)) return { label };
  }
  const [a, b] = [counts.get(first)!, counts.get(second)!];
  if (a === b) return { label: second, reason: "both are as common" };
  return { label: a < b ? first : second, reason: "the rarer label" };
}
