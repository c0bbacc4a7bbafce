/** What intervals promise, simulated: 62 patients of 6 rows each, alike within a patient. */
import { expect, test } from "vitest";
import { erf } from "../base/math.ts";
import { stream } from "../base/random.ts";
import { auroc } from "./auroc.ts";

const [patients, rows, correlation, separation] = [62, 6, 0.7, 1];
/** Φ(δ / √2) for two normal classes δ deviations apart. */
const truth = (1 + erf(separation / 2)) / 2;

/** Scores of unit variance of which the patient decides a share of 0.7; half of the patients are ill. */
function simulated(index: number) {
  const draws = stream({ seed: 1, purpose: "initialization", index });
  const [scores, labels, groups]: [number[], number[], number[]] = [[], [], []];
  for (let patient = 0; patient < patients; patient++) {
    const own = Math.sqrt(correlation) * draws.nextNormal();
    for (let row = 0; row < rows; row++) {
      labels.push(patient % 2);
      groups.push(patient);
      scores.push(
        separation * (patient % 2) + own + Math.sqrt(1 - correlation) * draws.nextNormal(),
      );
    }
  }
  return { scores, labels, groups };
}

test("95 % intervals that resample patients hold the truth in 93 to 97 %, rows taken as independent far less often", () => {
  const simulations = 500;
  let [byPatient, byRow] = [0, 0];
  for (let i = 0; i < simulations; i++) {
    const { scores, labels, groups } = simulated(i);
    const holds = ({ low, high }: { low: number | null; high: number | null }) =>
      Number(low! <= truth && truth <= high!);
    byPatient += holds(auroc(scores, labels, { groups, resamples: 400, seed: i }));
    byRow += holds(auroc(scores, labels));
  }
  expect(byPatient / simulations).toBeGreaterThan(0.93);
  expect(byPatient / simulations).toBeLessThan(0.97);
  expect(byRow / simulations).toBeLessThan(0.7);
}, 60_000);
