/** Networks of other seeds: what their mean is worth, and how much they disagree. */
import { at, estimateAt, nameOf } from "../estimates.ts";
import type { Section } from "../figure.ts";
import { forestFigure } from "../figures/forest.ts";
import { listed } from "../format.ts";
import { el, type Markup } from "../html.ts";
import type { ReportSource } from "../source.ts";
import { isObject } from "../testRows.ts";
import { testRowsOf } from "./essentials.ts";

/** What is compared, that which each network has first. */
const compared = {
  binary: ["auroc", "brier", "logLoss", "calibrationSlope"],
  classes: ["auroc", "accuracy", "logLoss"],
  regression: ["rmse", "mae", "r2"],
};

export function ensembleSection(source: ReportSource): Section | null {
  const { metrics } = source.run;
  const seeds = at(metrics, "ensemble", "seeds");
  const each = at(metrics, "ensemble", "each");
  if (!Array.isArray(seeds) || !Array.isArray(each)) return null;
  const values = each.filter((value): value is number => typeof value === "number");
  return {
    id: "ensemble",
    title: `An ensemble of ${seeds.length} seeds`,
    content: [
      statisticsFigure(source, seeds.map(String), values),
      isObject(at(metrics, "ensemble", "entropy")) ? entropyFigure(source) : null,
    ],
  };
}

function statisticsFigure(
  source: ReportSource,
  seeds: readonly string[],
  each: readonly number[],
): Markup {
  const { metrics } = source.run;
  const keys = compared[source.model.target.task];
  const saved = estimateAt(metrics, "test", keys[0]!);
  return forestFigure({
    id: "figure-ensemble",
    title: "Each network and their mean",
    what: "network",
    rows: [
      { name: "each network" },
      { name: "the saved network", series: 0 },
      { name: `mean of ${seeds.length}`, series: 1 },
    ],
    panels: keys.map((key, i) => ({
      label: nameOf(key),
      estimates: [
        null,
        estimateAt(metrics, "test", key),
        estimateAt(metrics, "ensemble", "mean", key),
      ],
      ...(i === 0 ? { dots: [each, [], []] } : {}),
    })),
    caption: [
      el("strong", {}, `${testRowsOf(source)}. `),
      `Seeds ${listed(seeds)}, all from the same training rows; the mean is that of their ${source.model.target.task === "regression" ? "predictions" : "probabilities"}. 95 % intervals (${nameOf(keys[0]!)}: ${saved?.method ?? ""}). The saved model is the single network.`,
    ],
  });
}

const parts = {
  total: "total",
  aleatoric: "of the data (aleatoric)",
  epistemic: "disagreement (epistemic)",
};

function entropyFigure(source: ReportSource): Markup {
  const found = Object.keys(parts).map((part) =>
    estimateAt(source.run.metrics, "ensemble", "entropy", part),
  );
  return forestFigure({
    id: "figure-entropy",
    title: "How unsure, and why",
    what: "entropy",
    rows: Object.values(parts).map((name, series) => ({ name, series })),
    panels: [{ label: "mean entropy, nats", estimates: found }],
    caption: [
      el("strong", {}, `${testRowsOf(source)}. `),
      `Entropy of the mean probability, the mean of each network's own, and their difference: what the networks disagree about, which more rows could settle (Depeweg et al. 2018). 95 % intervals: ${found[0]?.method ?? ""}.`,
    ],
  });
}
