import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { optimism, type Refit } from "./optimism.ts";

const file = new URL("../../test/goldens/optimism/optimism.json", import.meta.url);
const golden = JSON.parse(readFileSync(file, "utf8"));
const refits: Refit[] = golden.refits.map(({ p, counts }: { p: number[]; counts: number[] }) => ({
  probabilities: p,
  counts,
}));
const found = optimism(golden.p, golden.y, refits);

test("equals pROC and glm on the same resamples, and rms::validate", () => {
  for (const [name, { apparent, optimism, corrected, refits }] of Object.entries(found)) {
    expect(apparent).toBeCloseTo(golden.apparent[name], 8);
    expect(optimism).toBeCloseTo(golden.optimism[name], 8);
    expect(corrected).toBeCloseTo(golden.corrected[name], 8);
    expect(refits).toBe(30);
  }
  const { auroc, brier, calibrationSlope } = found;
  const { rms } = golden;
  expect(brier.corrected).toBeCloseTo(rms.brier["index.corrected"], 7);
  expect(calibrationSlope.optimism).toBeCloseTo(rms.calibrationSlope.optimism, 7);
  expect(2 * auroc.corrected! - 1).toBeCloseTo(rms.dxy["index.corrected"], 7);
});

test("what too few refits have, or the rows themselves lack, is null with its reason", () => {
  const p = [0.1, 0.4, 0.6, 0.8];
  const y = [0, 1, 0, 1];
  const none = optimism(p, y, [{ probabilities: p, counts: [2, 0, 2, 0] }]);
  expect(none.auroc).toMatchObject({ apparent: 0.75, corrected: null, refits: 0 });
  expect(none.auroc.reason).toBe("the statistic does not exist in 1 of 1 refits");
  expect(none.brier.corrected).not.toBeNull();
  // 5 % may lack it: of 20 refits one, not two
  const whole = { probabilities: p, counts: [1, 1, 1, 1] };
  const of = (lacking: number) =>
    Array.from({ length: 20 }, (_, i) =>
      i < lacking ? { ...whole, counts: [2, 0, 2, 0] } : whole,
    );
  expect(optimism(p, y, of(1)).auroc).toMatchObject({ optimism: 0, corrected: 0.75, refits: 19 });
  expect(optimism(p, y, of(2)).auroc).toMatchObject({ corrected: null, refits: 18 });
  const apart = optimism([0.1, 0.2, 0.6, 0.8], [0, 0, 1, 1], [whole]);
  expect(apart.calibrationSlope.reason).toBe("the statistic does not exist on the learning rows");
  expect(() => optimism(p, y, [])).toThrow("optimism: no refits");
});
