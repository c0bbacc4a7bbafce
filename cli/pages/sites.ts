/** Leave one site out: what a model of the others is worth at each site, and at all together. */
import type { SiteResult, SiteValidation } from "../../src/index.ts";
import { integer, orNone, percent } from "../output/numbers.ts";
import type { Column, Page } from "../output/page.ts";
import { harmless } from "../output/style.ts";
import { digitsOf, estimates, heading, intervalOf, nameOn, overall, type Row } from "./results.ts";
import { beside } from "./verdict.ts";

/** What a site's line shows beside its rows. */
const shown = {
  binary: ["auroc", "observedOverExpected"],
  classes: ["auroc", "accuracy"],
  regression: ["r2", "rmse"],
} as const;

/** Where the table has no room for more. */
const short: Readonly<Record<string, string>> = { observedOverExpected: "O/E" };

export function sitesPage(page: Page, found: SiteValidation, hidden: number): void {
  const { column, sites, pooled, comparison, baseline } = found;
  heading(page, `Leaving one ${harmless(column)} out, ${integer(sites.length)} times`);
  siteTable(page, found);
  page.line(`all of them together (${integer(pooled.rows)} rows)`, 2);
  const keys = [
    ...overall[pooled.task],
    ...(pooled.task === "binary" ? ["observedOverExpected"] : []),
  ];
  const rows = keys.map(
    (key): Row => [key, nameOn(page, key, pooled.task), pooled.statistics[key]],
  );
  estimates(page, rows, 4);
  beside(page, { comparison, baseline, hidden });
}

/** A line a site; narrow windows get no intervals. */
function siteTable(page: Page, { sites, pooled }: SiteValidation): void {
  const { faint, strong } = page.style;
  const keys = shown[pooled.task];
  const own = pooled.task === "binary" ? ["events"] : [];
  const wide = page.narrow ? [] : ["interval"];
  const names = keys.flatMap((key) => [short[key] ?? nameOn(page, key, pooled.task), ...wide]);
  const cellsOf = ({ site, rows, prevalence, evaluation }: SiteResult) => [
    harmless(site),
    integer(rows.held),
    ...own.map(() => orNone(prevalence, (share) => percent(share, 1))),
    ...keys.flatMap((key) => {
      const estimate = evaluation.statistics[key]!;
      const interval = wide.map(() => faint(intervalOf(key, estimate)));
      return [strong(digitsOf(key, estimate.value)), ...interval];
    }),
  ];
  const head = ["held out", "rows", ...own, ...names].map(faint);
  const right: Column = { align: "right" };
  page.table([head, ...sites.map(cellsOf)], [{}, ...head.slice(1).map(() => right)], 2);
}
