import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fromR as calibrationFromR } from "../../test/support/calibration.ts";
import { expectEnds, expectNear } from "../../test/support/statistics.ts";
import { auroc, compareAuroc } from "./auroc.ts";
import { bootstrap } from "./bootstrap.ts";
import { calibrationInTheLarge, calibrationSlope, observedOverExpected } from "./calibration.ts";
import { calibrationCurve } from "./calibrationCurve.ts";
import { hosmerLemeshow, spiegelhalter } from "./calibrationTests.ts";
import { conformalSets, coverageOf } from "./conformal.ts";
import { atThreshold, confusion } from "./confusion.ts";
import { decisionCurve } from "./decisionCurve.ts";
import { delongCovariance, placements, weightedAuroc } from "./delong.ts";
import { compareAccuracy } from "./mcnemar.ts";
import { likelihoodRatios } from "./prevalence.ts";
import { averagePrecision, brier, logLoss, scaledBrier } from "./probability.ts";
import { type BinOptions, binnedCalibration } from "./reliability.ts";
import { binaryRows } from "./rows.ts";
import { thresholdAtSensitivity, youdenThreshold } from "./threshold.ts";

// Predictions of R's glm on MASS Pima.te with the numbers of pROC, rms, epiR, scikit-learn and
// statsmodels. The data may not be shipped, so a copy without it checks statistics.json alone.
const folder = new URL("../../../shared/goldens/", import.meta.url);
const present = existsSync(new URL("pima_te_predictions.csv", folder));
const read = (name: string) => readFileSync(new URL(name, folder), "utf8");
const fromR = present ? JSON.parse(read("pima_te_golden_R.json")) : {};
const fromPython = present ? JSON.parse(read("pima_te_golden_py.json")) : {};
const rows = present
  ? read("pima_te_predictions.csv")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(",").map(Number))
  : [];
const [labels, full, small] = [0, 1, 2].map((column) => rows.map((row) => row[column]!)) as [
  number[],
  number[],
  number[],
];
const pima = test.skipIf(!present);

pima("AUROC, DeLong's variance, interval and paired test equal pROC's", () => {
  const estimate = auroc(full, labels);
  expectNear(estimate.value, fromR.auc_full);
  expectNear(estimate.value, fromPython.roc_auc);
  expectEnds(estimate, [fromR.ci_delong[0], fromR.ci_delong[2]], 1e-12);
  expect(estimate.method).toBe("DeLong");
  const placed = placements(binaryRows("Pima", full, labels));
  expectNear(delongCovariance(placed, placed), fromR.auc_var_delong);
  const smaller = auroc(small, labels);
  expectNear(smaller.value, fromR.auc_small);
  expectEnds(smaller, [fromR.ci_delong_small[0], fromR.ci_delong_small[2]], 1e-12);
  const paired = compareAuroc(full, small, labels);
  expectNear(paired.z, fromR.delong_paired.Z);
  expectNear(paired.p, fromR.delong_paired.p);
  expectNear(paired.covariance, fromR.cov_delong);
});

pima("the stratified bootstrap agrees with pROC's within its noise", () => {
  const statistic = weightedAuroc(binaryRows("Pima", full, labels));
  const interval = bootstrap({ rows: 332, strata: labels }, statistic);
  expectEnds(
    interval,
    [fromR.ci_boot_strat2000_approx[0], fromR.ci_boot_strat2000_approx[2]],
    0.01,
  );
});

pima("average precision, Brier and log loss equal scikit-learn's", () => {
  expectNear(averagePrecision(full, labels).value, fromPython.average_precision);
  expectNear(brier(full, labels).value, fromR.brier);
  expectNear(scaledBrier(full, labels).value, fromR.brier_scaled);
  expectNear(logLoss(full, labels).value, fromR.logloss);
});

pima("calibration equals R's glm", () => {
  const large = calibrationInTheLarge(full, labels);
  expectNear(large.value, fromR.cal_in_large.est, 8);
  // R's standard errors belong to its last iterate but one.
  expectNear(large.standardError, fromR.cal_in_large.se, 6);
  const { slope, intercept } = calibrationSlope(full, labels);
  expectNear(slope.value, fromR.cal_slope.est, 8);
  expectNear(slope.standardError, fromR.cal_slope.se, 6);
  expectNear(intercept.value, fromR.cal_slope.intercept_joint, 8);
  expectNear(observedOverExpected(full, labels).value, fromR.OE);
});

pima("the calibration curve, errors and tests equal R's and scikit-learn's", () => {
  const curve = calibrationCurve(full, labels, { resamples: 100 });
  for (const key of ["ici", "e50", "e90", "emax"] as const)
    expectNear(curve[key].value, calibrationFromR.pima[key], 8);
  const errors = (options: BinOptions) =>
    binnedCalibration(full, labels, { ...options, resamples: 100 });
  expectNear(errors({}).ece.value, fromPython.ECE10_width);
  expectNear(errors({}).mce.value, fromPython.MCE10_width);
  expectNear(errors({ bins: 15 }).ece.value, fromPython.ECE15_width);
  expectNear(errors({ binning: "mass" }).ece.value, fromPython.ECE10_mass);
  expectNear(errors({ binning: "mass" }).mce.value, fromPython.MCE10_mass);
  expectNear(errors({ binning: "confidence" }).ece.value, fromPython.ECE15_confidence_Guo);
  const test = spiegelhalter(full, labels);
  expectNear(test.statistic, fromR.val_prob["S:z"], 10);
  expectNear(test.p, fromR.val_prob["S:p"], 10);
  const lemeshow = hosmerLemeshow(full, labels);
  expectNear(lemeshow.statistic, fromR.hosmer_lemeshow.chisq, 10);
  expectNear(lemeshow.p, fromR.hosmer_lemeshow.p8, 10);
  expectNear(hosmerLemeshow(full, labels, { newRows: true }).p, fromR.hosmer_lemeshow.p10, 10);
});

pima("net benefit, likelihood ratios and conformal sets equal the goldens", () => {
  const wanted = fromR.net_benefit as { pt: number; model: number; all: number }[];
  const thresholds = wanted.map(({ pt }) => pt);
  decisionCurve(full, labels, { thresholds, resamples: 100 }).forEach((point, i) => {
    expectNear(point.netBenefit.value, wanted[i]!.model);
    expectNear(point.treatAll, wanted[i]!.all);
  });
  const ratios = likelihoodRatios(confusion(full, labels, 0.5));
  for (const { statistic, est, lower, upper } of fromR.epi_tests_exact) {
    if (!statistic.startsWith("lr.")) continue;
    const got = ratios[statistic === "lr.pos" ? "positive" : "negative"];
    expectNear(got.value, est);
    expectEnds(got, [lower, upper], 1e-10);
  }
  const both = full.map((p) => [1 - p, p]);
  const half = 166;
  for (const alpha of [0.1, 0.05]) {
    const right = fromPython[`conformal_LAC_alpha${alpha}`];
    const { sets, quantiles } = conformalSets(
      { probabilities: both.slice(0, half).flat(), labels: labels.slice(0, half), classes: 2 },
      { probabilities: both.slice(half).flat(), classes: 2 },
      { alpha },
    );
    expectNear(quantiles[0]!, right.qhat);
    const { coverage, meanSize, empty } = coverageOf(sets, labels.slice(half), 2);
    expectNear(coverage, right.coverage);
    expectNear(meanSize, right.mean_size);
    expect(empty).toBe(right.empty);
  }
});

pima("the table at 0.5 equals epiR's and scikit-learn's", () => {
  const { tp, fp, fn, tn } = fromR["confusion_0.5"];
  expect(confusion(full, labels, 0.5)).toEqual({
    truePositive: tp,
    falsePositive: fp,
    falseNegative: fn,
    trueNegative: tn,
  });
  const shown = atThreshold(full, labels, { threshold: 0.5 });
  const exact = atThreshold(full, labels, { threshold: 0.5, interval: "clopper-pearson" });
  const names = { se: "sensitivity", sp: "specificity", "diag.ac": "accuracy" } as const;
  const all = { ...names, "pv.pos": "ppv", "pv.neg": "npv" } as const;
  for (const row of fromR.epi_tests_exact) {
    const name = all[row.statistic as keyof typeof all];
    if (!name) continue;
    expectNear(exact[name].value, row.est);
    expectEnds(exact[name], [row.lower, row.upper], 1e-11);
  }
  expectEnds(shown.sensitivity, fromPython.sens_wilson95, 1e-12);
  const right = fromPython["thr0.5"];
  expectNear(shown.accuracy.value, right.acc);
  expectNear(shown.balancedAccuracy.value, right.bal_acc);
  expectNear(shown.f1.value, right.f1);
  expectNear(shown.mcc.value, right.mcc);
  expectNear(shown.kappa.value, right.kappa);
  expectNear(shown.ppv.value, right.precision);
});

pima("thresholds equal pROC's midpoint and make scikit-learn's calls", () => {
  const youden = youdenThreshold(full, labels);
  expectNear(youden.threshold, fromR.coords_youden.threshold);
  expectNear(youden.sensitivity, fromR.coords_youden.sensitivity);
  expectNear(youden.specificity, fromR.coords_youden.specificity);
  const sensitive = thresholdAtSensitivity(full, labels, 0.95);
  expectNear(sensitive.sensitivity, fromPython.spec_at_sens95.sens);
  expectNear(sensitive.specificity, fromPython.spec_at_sens95.spec);
  expect(confusion(full, labels, sensitive.threshold)).toEqual(
    confusion(full, labels, fromPython.spec_at_sens95.thr),
  );
});

pima("McNemar's test equals R's", () => {
  const right = (scores: number[]) =>
    scores.map((score, i) => (Number(score >= 0.5) === labels[i] ? 1 : 0));
  const comparison = compareAccuracy(right(full), right(small));
  expectNear(comparison.p, fromR.mcnemar.p);
  expectNear(comparison.difference, (22 - 14) / 332);
});
