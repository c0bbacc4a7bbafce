/** The leakage audit: what was looked for, and what was found. */
import type { CheckName, Suspicion } from "../../evaluate/audit/types.ts";
import type { DataSide } from "../dataSide.ts";
import { type Section, table } from "../figure.ts";
import { counted } from "../format.ts";
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
      : `${counted(suspicions.length, "suspicion")}, ${severe === 0 ? "none" : severe} of them severe.`;
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
  return found.map(({ severity, type, detail }) => [
    `${check} (${type})`,
    severity === "severe"
      ? tag("no", "severe")
      : severity === "warning"
        ? tag("part", "warning")
        : tag("open", "note"),
    detail,
  ]);
};

/** A verdict that does not rest on its color. */
export const tag = (kind: "yes" | "no" | "part" | "open", text: string): Child =>
  el("span", { class: `tag ${kind}` }, text);
