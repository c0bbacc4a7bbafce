/** The leakage audit: what was looked for, and what was found. */
import type { CheckName, Suspicion } from "../../evaluate/audit/types.ts";
import type { DataSide } from "../dataSide.ts";
import { type Section, table } from "../figure.ts";
import { count } from "../format.ts";
import { type Child, el } from "../html.ts";
import { withoutData } from "./data.ts";

export function auditSection(side: DataSide | null): Section {
  return {
    id: "audit",
    title: "Leakage audit",
    empty: side === null,
    content: side ? contentOf(side) : withoutData("the leakage audit"),
  };
}

function contentOf({ audit: { checks, suspicions } }: DataSide): Child {
  const severe = suspicions.filter(({ severity }) => severity === "severe").length;
  const verdict =
    suspicions.length === 0
      ? "Nothing suspicious was found."
      : suspicions.length === 1
        ? `1 suspicion, ${severe === 1 ? "a severe one" : "not a severe one"}.`
        : `${count(suspicions.length)} suspicions, ${severe === 0 ? "none" : count(severe)} of them severe.`;
  return [
    el(
      "p",
      {},
      `${verdict} The checks follow Kapoor and Narayanan (Patterns 2023). A suspicion is no proof: `,
      el("code", {}, "golgi data FILE --target COLUMN --prove"),
      " trains with and without its cause.",
    ),
    table(
      { id: "checks", title: "What was looked for" },
      {
        header: ["check", "verdict", "detail"],
        rows: checks.flatMap((check) => rowsOf(check, suspicions)),
      },
    ),
  ];
}

const rowsOf = (check: CheckName, suspicions: readonly Suspicion[]): Child[][] => {
  const found = suspicions.filter((each) => each.check === check);
  if (found.length === 0) return [[check, tag("yes", "nothing found"), ""]];
  return (["severe", "warning", "note"] as const).flatMap((severity) => {
    const own = found.filter((each) => each.severity === severity);
    const shown = own.length > mostAlike + 1 ? own.slice(0, mostAlike) : own;
    const others = own.slice(shown.length);
    const row = (detail: string) => [`${check} (${own[0]!.type})`, tags[severity], detail];
    return [
      ...shown.map(({ detail }) => row(detail)),
      ...(others.length > 0 ? [row(besides(others))] : []),
    ];
  });
};

/** So many of one check and severity are told in full. */
const [mostAlike, mostNames] = [4, 30];

function besides(others: readonly Suspicion[]): string {
  const names = others.flatMap(({ columns }) => columns);
  const shown = names.slice(0, mostNames).join(", ");
  const more = names.length > mostNames ? ` and ${count(names.length - mostNames)} more` : "";
  return `${count(others.length)} more of this kind${names.length > 0 ? `: ${shown}${more}` : ""}`;
}

/** A verdict that does not rest on its color. */
export const tag = (kind: "yes" | "no" | "part" | "open", text: string): Child =>
  el("span", { class: `tag ${kind}` }, text);

const tags = {
  severe: tag("no", "severe"),
  warning: tag("part", "warning"),
  note: tag("open", "note"),
};
