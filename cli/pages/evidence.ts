/** The essentials of the evidence: calibration curve, decisions, conformal sets, subgroups. */
import type { BinaryEvidence, Evidence, SubgroupEvidence } from "../../src/index.ts";
import { decimals, integer, orNone, range, tie } from "../output/numbers.ts";
import type { Page } from "../output/page.ts";
import { harmless } from "../output/style.ts";
import { optimismPage } from "./optimism.ts";
import { digitsOf, intervalOf } from "./results.ts";

type Estimate = BinaryEvidence["calibration"]["ici"];

const three = (value: number) => decimals(value, 3);
const share = (value: number) => `${decimals(100 * value, 0)}${tie}%`;

/** “0.029 (0.018 – 0.053)”. */
const withInterval = ({ value, low, high }: Estimate, show = three): string =>
  low === null ? orNone(value, show) : `${orNone(value, show)} (${range(low, high, show)})`;

export function evidencePage(page: Page, evidence: Evidence): void {
  const { conformal, subgroups } = evidence;
  if (evidence.task === "binary") binaryFacts(page, evidence);
  if (evidence.task === "classes")
    evidence.classes.forEach(({ label, decision }, i) => {
      const against = `${harmless(label)} against the rest: ${decisionText(decision.points)}`;
      page.fact(i === 0 ? "decisions" : "", against);
    });
  if (evidence.task === "regression") {
    const { bias, lower, upper } = evidence.agreement;
    const limits = [lower, upper].map(({ value }) => orNone(value, (x) => digitsOf("mae", x)));
    page.fact(
      "agreement",
      `predicted − observed ${orNone(bias.value, (x) => digitsOf("mae", x))} on average, 95${tie}% between ${limits.join(" and ")}`,
    );
  }
  const [first] = conformal;
  if (first) {
    const size =
      first.score === "residual"
        ? `${orNone(first.meanSize, (x) => digitsOf("mae", x))} wide`
        : `${orNone(first.meanSize, (x) => decimals(x, 2))} labels on average`;
    const what = first.score === "residual" ? "intervals" : "sets";
    page.fact(
      "conformal",
      `${what} promised to hold the truth in ${share(1 - first.alpha)} of rows hold it in ${withInterval(first.coverage, share)}, ${size}`,
    );
  }
  for (const subgroup of subgroups) subgroupTable(page, subgroup);
  if (evidence.task === "binary" && evidence.optimism) optimismPage(page, evidence.optimism);
}

function binaryFacts(page: Page, { calibration, decision, operating }: BinaryEvidence): void {
  const { ici, emax } = calibration;
  if (ici.value !== null)
    page.fact(
      "calibrated",
      `the curve lies ${withInterval(ici)} from the diagonal on average (ICI), ${orNone(emax.value, three)} at most`,
    );
  page.fact("decisions", decisionText(decision.points, operating.threshold));
  const { positive, negative } = operating.likelihoodRatios;
  const one = (value: number) => decimals(value, value < 10 ? 2 : 1);
  page.fact(
    "calls",
    `likelihood ratios: positive ${withInterval(positive, one)}, negative ${withInterval(negative, one)}`,
  );
  if (operating.atPrevalence) {
    const { prevalence, ppv, npv } = operating.atPrevalence;
    page.fact(
      "",
      `where ${share(prevalence)} have the event: PPV ${withInterval(ppv)}, NPV ${withInterval(npv)}`,
    );
  }
}

/** Where acting on the model beats acting on everyone and on nobody. */
function decisionText(
  points: BinaryEvidence["decision"]["points"],
  threshold: number | null = null,
): string {
  const better = points.filter(
    ({ netBenefit, treatAll }) => netBenefit > Math.max(0, treatAll) + 1e-12,
  );
  const [first, last] = [better[0], better.at(-1)];
  if (!first || !last)
    return "acting on the model is worth no more than acting on everyone or on nobody";
  const gaps = better.length < Math.round((last.threshold - first.threshold) * 100) + 1;
  const where = `${decimals(first.threshold, 2)}${tie}–${tie}${decimals(last.threshold, 2)}`;
  const worth = `worth more than acting on everyone or on nobody at threshold probabilities ${where}${gaps ? ", with gaps" : ""}`;
  if (threshold === null) return worth;
  const near = points.reduce((best, point) =>
    Math.abs(point.threshold - threshold) < Math.abs(best.threshold - threshold) ? point : best,
  );
  return `${worth}; net benefit at ${decimals(near.threshold, 2)} ${three(near.netBenefit)} (everyone ${three(near.treatAll)})`;
}

const titles: Readonly<Record<string, string>> = {
  auroc: "AUROC",
  observedOverExpected: "O/E",
  sensitivity: "sens.",
  specificity: "spec.",
  ppv: "PPV",
  accuracy: "accuracy",
  logLoss: "log loss",
  rmse: "RMSE",
  mae: "MAE",
  bias: "bias",
};

function subgroupTable(page: Page, { column, levels, gaps }: SubgroupEvidence): void {
  const { strong, faint } = page.style;
  page.gap();
  page.line(strong(`By ${harmless(column)}`));
  const found = levels.find(({ few }) => !few)?.statistics ?? {};
  const roomy = page.width >= 100;
  const keys = Object.keys(titles).filter(
    (key) => key in found && (roomy || key !== "observedOverExpected"),
  );
  const shown = page.narrow ? keys.slice(0, 1) : keys;
  const events = levels.some((level) => level.events !== null);
  const header = ["", "rows", ...(events ? ["events"] : []), ...shown.map((key) => titles[key]!)];
  const rows = levels.map((level) => [
    harmless(level.label),
    integer(level.rows),
    ...(level.events === null ? [] : [integer(level.events)]),
    ...(level.few
      ? [faint("too few")]
      : shown.map((key, i) => {
          const estimate = level.statistics[key];
          const value = digitsOf(key, estimate?.value ?? null);
          return i === 0 && roomy && estimate
            ? `${strong(value)} (${intervalOf(key, estimate)})`
            : value;
        })),
  ]);
  const right = { align: "right" } as const;
  page.table(
    [header.map(faint), ...rows],
    header.map((_, i) => (i === 0 ? {} : right)),
  );
  const [gap] = gaps;
  if (gap?.difference) page.line(faint(gapLine(gap)), 2);
}

function gapLine({
  statistic,
  difference,
  highest,
  lowest,
  low,
  high,
}: SubgroupEvidence["gaps"][number]): string {
  const interval = low === null || high === null ? "" : ` (${range(low, high, three)})`;
  return `${titles[statistic] ?? statistic}: “${harmless(highest)}” above “${harmless(lowest)}” by ${three(difference!)}${interval}`;
}
