import { expect, test } from "vitest";
import { sample } from "../../../test/studies/support.ts";
import { called } from "../interpret.ts";
import { prepare } from "../prepare.ts";
import { study } from "../study.ts";
import { entropyOf, meanOf } from "./ensemble.ts";

test("an ensemble: the study's network first, its mean no worse in log loss than its members' mean", async () => {
  const options = { target: "Diagnosis", epochs: 8, hidden: [8] };
  const table = await sample("wdbc.csv");
  const run = { resamples: 200 };
  const alone = await study(prepare(table, options), run);
  const done = await study(prepare(table, { ...options, ensemble: 3 }), run);
  const { seeds, each, mean, entropy } = done.ensemble!;
  expect(alone.ensemble).toBeNull();
  expect(done.test).toEqual(alone.test);
  expect(seeds).toHaveLength(3);
  expect(each[0]).toBe(alone.test.statistics.auroc!.value);
  expect(new Set(each).size).toBeGreaterThan(1);
  const { total, aleatoric, epistemic } = entropy!;
  expect(epistemic.value!).toBeGreaterThan(0);
  expect(total.value!).toBeCloseTo(aleatoric.value! + epistemic.value!, 12);
  // the other members, trained alone, by Jensen's inequality
  const losses = [alone.test.statistics.logLoss!.value!];
  for (const [i, seed] of seeds.slice(1).entries()) {
    const prepared = prepare(table, options);
    const other = await study({ ...prepared, settings: { ...prepared.settings, seed } }, run);
    losses.push(other.test.statistics.logLoss!.value!);
    expect(each[i + 1]).toBe(other.test.statistics.auroc!.value);
  }
  const average = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  expect(mean.statistics.logLoss!.value!).toBeLessThan(average);
  expect(() => prepare(table, { ...options, ensemble: 1 })).toThrow("2 networks");
});

test("the mean of the members, and the entropies of SciPy", () => {
  const said = [
    [0.9, 0.1, 0.2, 0.8],
    [0.5, 0.5, 0.3, 0.7],
    [0.6, 0.4, 0.1, 0.9],
  ].map((probabilities) =>
    called({
      ...{ task: "binary", labels: ["no", "yes"], threshold: 0.3 },
      probabilities: Float64Array.from(probabilities),
    }),
  );
  const { probabilities, values } = meanOf(said, 0.3);
  for (const [i, right] of [2 / 3, 1 / 3, 0.2, 0.8].entries())
    expect(probabilities![i]).toBeCloseTo(right, 12);
  expect([...values]).toEqual([1, 1]);
  const { total, aleatoric, epistemic } = entropyOf(said, { resamples: 100 })!;
  // scipy.stats.entropy of the mean, and the mean of each member's
  const [all, own] = [
    (0.6365141682948128 + 0.5004024235381879) / 2,
    (0.5637472736535499 + 0.47878323299484316) / 2,
  ];
  expect(total.value).toBeCloseTo(all, 12);
  expect(aleatoric.value).toBeCloseTo(own, 12);
  expect(epistemic.value).toBeCloseTo(all - own, 12);
});
