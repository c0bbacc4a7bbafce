/** The audit in a report: many findings of one kind are told once. */
import { expect, test } from "vitest";
import type { Suspicion } from "../../evaluate/audit/types.ts";
import type { DataSide } from "../dataSide.ts";
import { el } from "../html.ts";
import { auditSection } from "./audit.ts";

const suspicion = (severity: Suspicion["severity"], column: string): Suspicion => ({
  ...{ check: "single feature", type: "L2", severity, detail: `“${column}” alone` },
  ...{ columns: [column], rows: [], remedy: null },
});
const textOf = (suspicions: readonly Suspicion[]) => {
  const audit = { checks: ["duplicate rows", "single feature"], suspicions };
  const side = { audit } as unknown as DataSide;
  return el("div", {}, auditSection(side).content).text;
};

test("the first four of a kind are told in full, the others by their columns", () => {
  const found = Array.from({ length: 40 }, (_, i) => suspicion("warning", `gene${i}`));
  const text = textOf([...found, suspicion("severe", "glucose")]);
  expect(text).toContain("41 suspicions, 1 of them severe.");
  expect(text.match(/<tr>/g)).toHaveLength(1 + 1 + 1 + 4 + 1); // head, nothing, severe, four, others
  expect(text).toMatch(/36 more of this kind: gene4, .*gene33 and 6 more</);
  expect(text.indexOf("“glucose” alone")).toBeLessThan(text.indexOf("“gene0” alone"));
});

test("few are told one by one", () => {
  const text = textOf(["a", "b", "c", "d", "e"].map((name) => suspicion("note", name)));
  expect(text).toContain("5 suspicions, none of them severe.");
  expect(text).toContain("“e” alone");
  expect(textOf([suspicion("severe", "a")])).toContain("1 suspicion, a severe one.");
  expect(textOf([])).toContain("Nothing suspicious was found.");
});
