/** Networks of other seeds, or one with dropout left on: what their mean is worth, and how much they disagree. */
import { at, estimateAt, nameOf } from "../estimates.ts";
import type { Section } from "../figure.ts";
import { forestFigure } from "../figures/forest.ts";
import { listed, methodOf } from "../format.ts";
import { type Child, el, type Markup } from "../html.ts";
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
      entropyFigure(source, {
        ...{ from: "ensemble", id: "figure-entropy", title: "How unsure, and why" },
        each: "each network's own",
        disagree: "the networks disagree about",
      }),
    ],
  };
}

/** The network with dropout left on. */
export function dropoutSection(source: ReportSource): Section | null {
  const { metrics } = source.run;
  const draws = at(metrics, "mcDropout", "draws");
  if (typeof draws !== "number") return null;
  const keys = compared[source.model.target.task];
  return {
    id: "mc-dropout",
    title: "Dropout left on (MC dropout)",
    content: [
      forestFigure({
        id: "figure-mc-dropout",
        title: `The network, and the mean of ${draws} passes with dropout`,
        what: "network",
        rows: [
          { name: "the saved network", series: 0 },
          { name: `mean of ${draws} passes`, series: 1 },
        ],
        panels: keys.map((key) => ({
          label: nameOf(key),
          estimates: [
            estimateAt(metrics, "test", key),
            estimateAt(metrics, "mcDropout", "mean", key),
          ],
        })),
        caption: [
          el("strong", {}, `${testRowsOf(source)}. `),
          `Each pass drops other hidden values, as in training (Gal and Ghahramani 2016). 95 % intervals (${nameOf(keys[0]!)}: ${methodOf(estimateAt(metrics, "test", keys[0]!))}). The saved network predicts without dropout.`,
        ],
      }),
      entropyFigure(source, {
        ...{
          from: "mcDropout",
          id: "figure-mc-entropy",
          title: "How unsure the passes are, and why",
        },
        each: "each pass's own",
        disagree: "the passes disagree about",
      }),
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
      { name: "the saved network", series: 0 },
      { name: `mean of ${seeds.length}`, series: 1 },
      ...seeds.map((seed) => ({ name: `seed ${seed}`, unseen: true })),
    ],
    panels: keys.map((key, i) => ({
      label: nameOf(key),
      estimates: [
        estimateAt(metrics, "test", key),
        estimateAt(metrics, "ensemble", "mean", key),
        ...each.map((value) => (i === 0 ? { ...alone, value } : null)),
      ],
      ...(i === 0 ? { dots: [[], each] } : {}),
    })),
    caption: [
      el("strong", {}, `${testRowsOf(source)}. `),
      `Seeds ${listed(seeds)}, all from the same training rows; the mean is that of their ${source.model.target.task === "regression" ? "predictions" : "probabilities"}. Small dots: the ${nameOf(keys[0]!)} of each. 95 % intervals (${nameOf(keys[0]!)}: ${methodOf(saved)}). The saved model is the network of the first seed.`,
    ],
  });
}

const alone = { low: null, high: null, method: "" };

const parts = {
  total: "total",
  aleatoric: "of the data (aleatoric)",
  epistemic: "disagreement (epistemic)",
};

interface Several {
  /** Where `metrics.json` holds it. */
  readonly from: "ensemble" | "mcDropout";
  readonly id: string;
  readonly title: string;
  readonly each: string;
  readonly disagree: string;
}

function entropyFigure(source: ReportSource, { from, id, title, each, disagree }: Several): Child {
  const { metrics } = source.run;
  if (!isObject(at(metrics, from, "entropy"))) return null;
  const found = Object.keys(parts).map((part) => estimateAt(metrics, from, "entropy", part));
  return forestFigure({
    id,
    title,
    what: "entropy",
    rows: Object.values(parts).map((name, series) => ({ name, series })),
    panels: [{ label: "mean entropy, nats", estimates: found }],
    caption: [
      el("strong", {}, `${testRowsOf(source)}. `),
      `Entropy of the mean probability, the mean of ${each}, and their difference: what ${disagree}, which more rows could settle (Depeweg et al. 2018). 95 % intervals: ${methodOf(found[0])}.`,
    ],
  });
}
