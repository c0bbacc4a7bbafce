/** One site left out after another: does the model hold where it never learned? */
import { at, estimateAt, nameOf } from "../estimates.ts";
import type { Section } from "../figure.ts";
import { type ForestPanel, forestFigure } from "../figures/forest.ts";
import { count, methodOf, percent } from "../format.ts";
import { el } from "../html.ts";
import type { ReportSource } from "../source.ts";
import { isObject } from "../testRows.ts";

const shown = {
  binary: ["auroc", "calibrationSlope", "observedOverExpected", "brier"],
  classes: ["auroc", "accuracy", "logLoss"],
  regression: ["r2", "rmse", "mae"],
};
/** Where a perfect model stands, if that is inside the axis. */
const ideals: Readonly<Record<string, number>> = { calibrationSlope: 1, observedOverExpected: 1 };

export function sitesSection(source: ReportSource): Section | null {
  const { metrics } = source.run;
  const found = at(metrics, "sites", "sites");
  if (!Array.isArray(found) || found.length === 0) return null;
  const sites = found.filter(isObject);
  const column = String(at(metrics, "sites", "column"));
  const { task } = source.model.target;
  const held = sites.map((site) => Number(at(site, "rows", "held")));
  const shareOf = (share: unknown) => (typeof share === "number" ? [percent(share, 1)] : []);
  const panel = (key: string): ForestPanel => {
    const ideal = ideals[key];
    const pooled = estimateAt(metrics, "sites", "pooled", key);
    const line = { value: pooled?.value ?? null, label: "all sites" };
    return {
      label: nameOf(key),
      estimates: [...sites.map((site) => estimateAt(site, key)), pooled],
      against: ideal === undefined ? line : { value: ideal, label: "ideal" },
    };
  };
  const all = held.reduce((sum, rows) => sum + rows, 0);
  const binary = task === "binary";
  return {
    id: "sites",
    title: `One ${column} out`,
    content: forestFigure({
      id: "figure-sites",
      title: `Each ${column}, judged by a model of all others`,
      what: column,
      about: ["rows", ...(binary ? ["share with the event"] : [])],
      rows: [
        ...sites.map(({ site, prevalence }, i) => ({
          name: String(site),
          about: [count(held[i]!), ...shareOf(prevalence)],
        })),
        { name: "all together", series: 1, about: [count(all), ...(binary ? [""] : [])] },
      ],
      panels: shown[task].map(panel),
      caption: [
        el("strong", {}, `${count(sites.length)} sites, ${count(all)} rows. `),
        `95 % intervals (${nameOf(shown[task][0]!)}: ${methodOf(estimateAt(sites[0], shown[task][0]!))}). None of the test rows takes part. Where a site lies off, recalibrate there before use.`,
      ],
    }),
  };
}
