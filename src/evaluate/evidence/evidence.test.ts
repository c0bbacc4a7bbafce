import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { expectEnds, expectNear, goldens } from "../../../test/support/statistics.ts";
import { bootstrapDifference } from "../../metrics/bootstrap.ts";
import { called } from "../interpret.ts";
import { evidenceOf } from "./evidence.ts";
import { freeze, parseFrozen } from "./frozen.ts";
import { checkRule, chooseBy } from "./rule.ts";
import type { BinaryEvidence, ClassEvidence, RegressionEvidence } from "./types.ts";

/** By scikit-learn and SciPy (test/goldens/evidence/make.py). */
const right = JSON.parse(
  readFileSync(new URL("../../../test/goldens/evidence/fromPython.json", import.meta.url), "utf8"),
);
const { labels, first, second, groups } = goldens.binary;
const half = labels.length / 2;

/** The first half validates, the second tests, as in the golden. */
const sides = <T>(values: readonly T[], at = half) => [values.slice(0, at), values.slice(at)];
const predicted = (p: readonly number[], threshold = right.cut) =>
  called({
    task: "binary",
    labels: ["no", "yes"],
    probabilities: Float64Array.from(p.flatMap((each) => [1 - each, each])),
    threshold,
  });

const [y, t] = sides(labels).map((each) => Float64Array.from(each));
const [p, q] = sides(first);
const choice = { rule: "probability=0.4", value: 0.4, sensitivity: null, specificity: null };
const frozen = freeze({ predictions: predicted(p!), truth: y!, groups: null, seed: 0 }, choice);
const options = { seed: 1, resamples: 200 };
const source = {
  ...{ predictions: predicted(q!), truth: t!, threshold: right.cut, frozen },
  ...{ baseline: predicted(sides(second)[1]!), prevalence: 0.05 },
};
const binary = evidenceOf(source, options) as BinaryEvidence;

describe("two classes", () => {
  test("recalibrated on validation rows: Brier score and log loss of scikit-learn's maps", () => {
    expect(binary.recalibration.map(({ kind }) => kind)).toEqual(Object.keys(right.recalibration));
    for (const { kind, brier, logLoss } of binary.recalibration) {
      expectNear(brier.value, right.recalibration[kind].brier, 5);
      expectNear(logLoss.value, right.recalibration[kind].logLoss, 5);
    }
  });

  test("conformal sets by LAC, APS and class: quantiles, coverage, sizes", () => {
    for (const [
      i,
      { quantiles, coverage, meanSize, classes, sizes },
    ] of binary.conformal.entries()) {
      const golden = right.conformal[i];
      quantiles.forEach((quantile, k) => {
        expectNear(quantile, golden.quantiles[k]);
      });
      expectNear(coverage.value, golden.coverage);
      expectNear(meanSize, golden.meanSize);
      expect(sizes).toEqual(golden.sizes);
      expect(classes.map((each) => each.coverage.value)).toEqual(golden.byClass);
    }
  });

  test("subgroups at the shared threshold; those with few events are counted and no more", () => {
    const truth = Float64Array.from(labels);
    const subgroups = [
      { column: "side", labels: ["a", "b"], of: Int32Array.from(truth, (_, row) => row % 2) },
      {
        column: "rare",
        labels: ["yes", "no"],
        of: Int32Array.from(truth, (_, i) => Number(i > 9)),
      },
    ];
    const all = { predictions: predicted(first), truth, threshold: right.cut, frozen, subgroups };
    const found = evidenceOf(all, options);
    const [side, rare] = found.subgroups;
    expect(found.conformal[0]!.subgroups.map(({ rows }) => rows)).toEqual([80, 80, 10, 150]);
    for (const [k, { rows, events, statistics }] of side!.levels.entries()) {
      const { rows: count, events: some, ...values } = right.subgroups[k];
      expect([rows, events]).toEqual([count, some]);
      for (const [name, value] of Object.entries(values as Record<string, number>))
        expectNear(statistics[name]!.value, value, 6);
    }
    expect(rare!.levels[0]).toMatchObject({ label: "yes", rows: 10, few: true, statistics: {} });
    const auroc = side!.gaps.find(({ statistic }) => statistic === "auroc")!;
    const areas = right.subgroups.map(({ auroc }: { auroc: number }) => auroc);
    expectNear(auroc.difference, Math.abs(areas[0] - areas[1]));
    expect(auroc.low! < auroc.difference! && auroc.difference! < auroc.high!).toBe(true);
    expect(rare!.gaps).toEqual([]);
    const { levels, gaps } = side!;
    const of = (label: string, name: string) =>
      levels.find((level) => level.label === label)!.statistics[name]!.value!;
    expect(gaps.map(({ statistic }) => statistic)).toEqual(
      ["auroc", "sensitivity", "specificity", "ppv"], //
    );
    for (const { statistic, difference, highest, lowest } of gaps)
      expectNear(difference, of(highest, statistic) - of(lowest, statistic), 9);
    // the interval of a gap, of the same resamples of all rows
    const calls = predicted(first).values;
    const sensitivity = (place: number) => (weights: Float64Array) => {
      let [hits, events] = [0, 0];
      weights.forEach((weight, row) => {
        if (row % 2 !== place) return;
        events += weight * truth[row]!;
        hits += weight * truth[row]! * calls[row]!;
      });
      return events === 0 ? null : hits / events;
    };
    const gap = gaps.find(({ statistic }) => statistic === "sensitivity")!;
    const [high, low] = [gap.highest, gap.lowest].map((label) => sensitivity("ab".indexOf(label)));
    const { low: from, high: to } = bootstrapDifference({ ...options, rows: 160 }, high!, low!);
    expectEnds(gap, [from!, to!], 1e-12);
  });

  test("ten events and ten rows without are enough of a subgroup, nine of either are not", () => {
    const of = (label: number, count: number) =>
      labels.flatMap((y, row) => (y === label ? [row] : [])).slice(0, count);
    const few = ([events, others]: readonly [number, number]) => {
      const inside = new Set([...of(1, events), ...of(0, others)]);
      const place = Int32Array.from(labels, (_, row) => Number(!inside.has(row)));
      const subgroups = [{ column: "part", labels: ["inside", "outside"], of: place }];
      const all = { predictions: predicted(first), truth: Float64Array.from(labels) };
      return evidenceOf({ ...all, subgroups }, options).subgroups[0]!.levels[0]!.few;
    };
    expect(
      (
        [
          [10, 10],
          [9, 30],
          [30, 9],
        ] as const
      ).map(few),
    ).toEqual([false, true, true]);
  });

  test("at the threshold: exact intervals, likelihood ratios, another prevalence, McNemar", () => {
    const { exact, likelihoodRatios, atPrevalence, mcnemar } = binary.operating;
    expectEnds(exact.sensitivity, right.operating.sensitivity, 1e-9);
    expectEnds(exact.specificity, right.operating.specificity, 1e-9);
    expectNear(likelihoodRatios.positive.value, right.operating.positive);
    expectNear(likelihoodRatios.negative.value, right.operating.negative);
    expectNear(atPrevalence!.ppv.value, right.operating.ppv);
    expectNear(atPrevalence!.npv.value, right.operating.npv);
    expect(mcnemar!.method).toMatch("McNemar");
  });

  test("with groups every interval resamples groups, and none takes rows as independent", () => {
    const everywhere = { column: "all", labels: ["one"], of: new Int32Array(half) };
    const told = { ...source, subgroups: [everywhere] };
    const found = evidenceOf(told, { ...options, groups: groups.slice(half) });
    const methods = new Set(methodsIn(found));
    expect(methods.size).toBeGreaterThan(2);
    for (const method of methods) expect(method).toMatch(/over \d+ groups|pairs of groups/);
    // around the same numbers
    const { likelihoodRatios, atPrevalence } = (found as BinaryEvidence).operating;
    expectNear(likelihoodRatios.positive.value, right.operating.positive);
    expectNear(likelihoodRatios.negative.value, right.operating.negative);
    expectNear(atPrevalence!.ppv.value, right.operating.ppv);
    expectNear(atPrevalence!.npv.value, right.operating.npv);
    expect(JSON.stringify(found)).not.toMatch("Wilson");
  });

  test("a resample without a row of a class has no predictive value", () => {
    const given = { predictions: predicted([0.9, 0.8, 0.7, 0.1, 0.2, 0.9]), prevalence: 0.1 };
    const found = evidenceOf(
      { ...given, truth: Float64Array.of(1, 1, 1, 0, 0, 0), threshold: right.cut },
      { ...options, groups: [1, 1, 2, 3, 3, 3] },
    ) as BinaryEvidence;
    const { ppv } = found.operating.atPrevalence!;
    expectNear(ppv.value, 0.1 / (0.1 + 0.9 / 3));
    // (2/3)³ of the resamples draw none of group 3, (1/3)³ none of the others
    const [, lost] = /does not exist in (\d+) of 200 resamples/.exec(ppv.reason!)!;
    expect(Math.abs(Number(lost) / 200 - 1 / 3)).toBeLessThan(0.1);
  });

  test("it is plain JSON", () => {
    expect(JSON.parse(JSON.stringify(binary))).toEqual(binary);
  });
});

/** Every method told of an interval that exists. */
function methodsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const { method, low } = value as { method?: unknown; low?: unknown };
  const own = typeof method === "string" && typeof low === "number" ? [method] : [];
  return [...own, ...Object.values(value).flatMap(methodsIn)];
}

/** Guo's expected calibration error, by its definition: 15 bins, closed above, of the called class. */
function calledError(probabilities: Float64Array, truth: Float64Array): number {
  const calls = Array.from(truth, (y, row) => {
    const own = [...probabilities.subarray(4 * row, 4 * row + 4)];
    const sure = Math.max(...own);
    return { bin: Math.ceil(15 * sure), gap: sure - Number(own.indexOf(sure) === y) };
  });
  const gaps = new Map<number, number>();
  for (const { bin, gap } of calls) gaps.set(bin, (gaps.get(bin) ?? 0) + gap);
  return [...gaps.values()].reduce((sum, gap) => sum + Math.abs(gap), 0) / truth.length;
}

test("four classes: temperature, sets, each class against the rest", () => {
  const { labels: label, probabilities, classes } = goldens.classes;
  const names = ["a", "b", "c", "d"];
  const at = Math.floor(label.length / 2);
  const [validation, tested] = sides(probabilities, at * classes).map((each) =>
    called({
      task: "classes",
      labels: names,
      probabilities: Float64Array.from(each),
      threshold: null,
    }),
  );
  const [known, truth] = sides(label, at).map((each) => Float64Array.from(each));
  const decided = freeze({ predictions: validation!, truth: known!, groups: null, seed: 0 }, null);
  const found = evidenceOf(
    { predictions: tested!, truth: truth!, frozen: decided, baseline: tested! },
    options,
  ) as ClassEvidence;
  expectNear(found.recalibration[1]!.logLoss.value, right.classes.logLoss, 8);
  expectNear(found.recalibration[0]!.ece.value, calledError(tested!.probabilities!, truth!));
  // 0.65 and right, 0.69 and wrong: of fifteen bins two, of ten one, in which they cancel out
  const pairs = [0.65, 0.69, 0.65, 0.69].flatMap((sure) => [sure, 1 - sure, 0, 0]);
  const mixed = called({
    ...{ task: "classes", labels: names, threshold: null },
    probabilities: Float64Array.from(pairs),
  });
  const outcomes = Float64Array.of(0, 1, 0, 1);
  const sure = evidenceOf({ predictions: mixed, truth: outcomes, frozen: decided }, options);
  expectNear(sure.recalibration[0]!.ece.value, (0.35 + 0.69) / 2);
  expectNear(calledError(mixed.probabilities!, outcomes), (0.35 + 0.69) / 2);
  for (const [i, { coverage, meanSize, sizes }] of found.conformal.entries()) {
    expectNear(coverage.value, right.classes.conformal[i].coverage);
    expectNear(meanSize, right.classes.conformal[i].meanSize);
    expect(sizes).toEqual(right.classes.conformal[i].sizes);
  }
  for (const [k, { decision }] of found.classes.entries())
    for (const [i, cut] of [0.1, 0.2, 0.5].entries()) {
      const point = decision.points.find(({ threshold }) => threshold === cut)!;
      expectNear(point.netBenefit, right.classes.decision[k][i]);
      expect(point.baseline).toBe(point.netBenefit);
    }
  const told = { predictions: validation!, truth: known!, groups: null, seed: 0, coverage: 0.8 };
  const loose = evidenceOf(
    { predictions: tested!, truth: truth!, frozen: freeze(told, null) },
    options,
  );
  for (const [i, { alpha, coverage, sizes }] of loose.conformal.entries()) {
    expect(alpha).toBe(0.2);
    expectNear(coverage.value, right.classes.conformal80[i].coverage);
    expect(sizes).toEqual(right.classes.conformal80[i].sizes);
  }
  expect(found.classes.map(({ label: name }) => name)).toEqual(names);
  expect(found.classes.reduce((sum, { events }) => sum + events, 0)).toBe(truth!.length);
});

test("a number: the interval holds what it promises, subgroups by their errors", () => {
  const { targets, first: guessed } = goldens.regression;
  const at = Math.floor(targets!.length / 2);
  const of = (values: readonly number[]) => ({
    ...{ task: "regression" as const, labels: [], rows: values.length, probabilities: null },
    values: Float64Array.from(values),
  });
  const [known, truth] = sides(targets!, at).map((each) => Float64Array.from(each));
  const [validation, tested] = sides(guessed!, at);
  const decided = freeze(
    { predictions: of(validation!), truth: known!, groups: null, seed: 0 },
    null,
  );
  const gaps = validation!.map((x, i) => Math.abs(x - known![i]!)).sort((a, b) => a - b);
  const halfWidth = gaps[Math.ceil((gaps.length + 1) * 0.9) - 1]!;
  const found = evidenceOf(
    {
      ...{ predictions: of(tested!), truth: truth!, frozen: decided },
      subgroups: [{ column: "all", labels: ["one"], of: new Int32Array(truth!.length) }],
    },
    options,
  ) as RegressionEvidence;
  const [interval] = found.conformal;
  const held = tested!.filter((x, i) => Math.abs(x - truth![i]!) <= halfWidth).length;
  expectNear(interval!.meanSize, 2 * halfWidth);
  expectNear(interval!.coverage.value, held / truth!.length);
  expectNear(found.subgroups[0]!.levels[0]!.statistics.bias!.value, found.residuals.mean, 9);
  const errors = tested!.map((x, i) => x - truth![i]!);
  const mean = errors.reduce((sum, x) => sum + x, 0) / errors.length;
  const squares = errors.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  expectNear(found.residuals.deviation, Math.sqrt(squares / (errors.length - 1)));
});

describe("what validation rows decide", () => {
  test("threshold rules", () => {
    const scores = Float64Array.from([0.1, 0.2, 0.3, 0.6, 0.7, 0.9]);
    const truth = Float64Array.from([0, 0, 1, 0, 1, 1]);
    const value = (rule: string) => chooseBy(rule, scores, truth).value;
    expect(value("sensitivity=1")).toBeCloseTo(0.25);
    expect(value("specificity=1")).toBeCloseTo(0.65);
    expect(value("cost=1:4")).toBe(0.2);
    expect(value("probability=0.35")).toBe(0.35);
    expect(chooseBy("youden", scores, new Float64Array(6)).value).toBe(0.5);
    expect(chooseBy("probability=0.35", scores, new Float64Array(6)).reason).toBeUndefined();
    for (const wrong of ["best", "sensitivity", "sensitivity=2", "cost=1", "cost=0:1", "youden=1"])
      expect(() => checkRule(wrong), wrong).toThrow(/threshold/i);
  });

  test("what is frozen survives JSON; what is no such thing is refused", () => {
    expect(parseFrozen(JSON.parse(JSON.stringify(frozen)), "model.json")).toEqual(frozen);
    expect(parseFrozen(null, "model.json")).toBeNull();
    expect(() => parseFrozen({ rows: 3 }, "model.json")).toThrow("model.json");
  });

  test("one row of each group calibrates", () => {
    const truth = y!;
    const repeated = freeze(
      {
        ...{ predictions: predicted(p!), truth, seed: 0 },
        groups: Int32Array.from(truth, (_, row) => row >> 1),
      },
      choice,
    );
    expect(repeated.conformal.map(({ rows }) => rows)).toEqual([40, 40, 40]);
    // of each group any row, by the seed
    const bySeed = [0, 1, 2, 3, 4].map((seed) =>
      freeze(
        {
          predictions: predicted(p!),
          truth,
          seed,
          groups: Int32Array.from(truth, (_, i) => i >> 3),
        },
        choice,
      ).conformal.map(({ quantiles }) => quantiles),
    );
    expect(new Set(bySeed.map((each) => JSON.stringify(each))).size).toBeGreaterThan(2);
  });
});
