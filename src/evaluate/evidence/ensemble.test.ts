import { expect, test } from "vitest";
import { sample } from "../../../test/studies/support.ts";
import { prepare } from "../prepare.ts";
import { study } from "../study.ts";

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
  for (const seed of seeds.slice(1)) {
    const prepared = prepare(table, options);
    const other = await study({ ...prepared, settings: { ...prepared.settings, seed } }, run);
    losses.push(other.test.statistics.logLoss!.value!);
  }
  const average = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  expect(mean.statistics.logLoss!.value!).toBeLessThan(average);
  expect(() => prepare(table, { ...options, ensemble: 1 })).toThrow("2 networks");
});
