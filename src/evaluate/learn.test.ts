/** What is fitted is fitted on the training rows alone, in a study and in every fold of it. */
import { describe, expect, test } from "vitest";
import { wasmSession } from "../backends/wasm/session.ts";
import { stream } from "../base/random.ts";
import { parseTable, type RecipePlan } from "../data/index.ts";
import { positives } from "./interpret.ts";
import { learn, lessonOf, predictPart } from "./learn.ts";
import { prepare } from "./prepare.ts";
import { foldSplits } from "./sides.ts";
import { sourceOf } from "./study.ts";
import type { StudyOptions } from "./types.ts";

const rows = 90;
const names = ["a", "b", "c", "d", "e"];

/** Numbers with gaps; the rows of `other` have other numbers, other gaps and other outcomes. */
function tableOf(other: ReadonlySet<number>) {
  const lines = Array.from({ length: rows }, (_, row) => {
    const draws = stream({ seed: other.has(row) ? 2 : 1, purpose: "proof", index: row });
    const scale = other.has(row) ? 50 : 1;
    const cells = names.map(() => {
      const gap = draws.nextFloat() < 0.2;
      return gap ? "" : (scale * draws.nextNormal()).toFixed(3);
    });
    const y = other.has(row) ? 1000 * draws.nextFloat() : draws.nextFloat();
    return [...cells, y.toFixed(3), (row * 7) % 3 === 0 ? "yes" : "no"].join();
  });
  const text = [`${names.join()},number,label`, ...lines].join("\n");
  return parseTable({ name: "t.csv", bytes: new TextEncoder().encode(text) });
}

const plans: Readonly<Record<string, RecipePlan>> = {
  medians: {},
  "nearest rows": { impute: { kind: "knn", neighbors: 3 } },
  regressions: { impute: { kind: "iterative", rounds: 3 } },
  "cut and selected": {
    steps: [
      { kind: "winsorize", share: 0.05 },
      { kind: "select", count: 2 },
    ],
  },
  components: { steps: [{ kind: "pca", count: 2 }] },
};

describe.each(Object.entries(plans))("%s", (_, recipe) => {
  test.each(["label", "number"])(
    "rows that are held cannot change what is learned: %s",
    async (target) => {
      const options: StudyOptions = {
        ...{ target, recipe, folds: 3, ignore: [target === "label" ? "number" : "label"] },
        ...{ epochs: 2, hidden: [4] },
      };
      const known = prepare(await tableOf(new Set()), options);
      const splits = [known.split, ...foldSplits(known, options).map(({ split }) => split)];
      expect(splits).toHaveLength(4);
      for (const split of splits) {
        // what validates decides when to stop: it stays
        const changed = new Set(Array.from({ length: rows }, (_, row) => row));
        for (const row of [...split.training, ...split.validation]) changed.delete(row);
        expect(changed.size).toBeGreaterThan(0);
        const other = { ...prepare(await tableOf(changed), options), split };
        const [first, second] = [known, other].map((each) => lessonOf(sourceOf(each), split));
        expect(second!.recipe).toEqual(first!.recipe);
        expect(second!.scale).toEqual(first!.scale);
        expect(second!.held.inputs).not.toEqual(first!.held.inputs);
        const session = wasmSession();
        const settings = known.settings;
        const one = await learn(first!, { settings, session });
        const two = await learn(second!, { settings, session });
        expect(two.model.weights).toEqual(one.model.weights);
        expect(two.model.threshold).toBe(one.model.threshold);
      }
    },
  );
});

test("the threshold is Youden's on the validation rows", async () => {
  const prepared = prepare(await tableOf(new Set()), { target: "label", epochs: 2 });
  const lesson = lessonOf(sourceOf(prepared), prepared.split);
  const { model, choice } = await learn(lesson, {
    ...{ settings: prepared.settings, session: wasmSession() },
  });
  const { truth } = lesson.validation;
  const p = positives(predictPart(model, lesson.validation));
  /** Sensitivity + specificity − 1 at a cut. */
  const gain = (cut: number) =>
    [1, 0].reduce((sum, label) => {
      const own = p.filter((_, row) => truth[row] === label);
      return sum + own.filter((x) => x >= cut === (label === 1)).length / own.length;
    }, -1);
  expect(model.threshold).toBe(choice!.value);
  expect(gain(model.threshold!)).toBeCloseTo(Math.max(...Array.from(p, gain)), 12);
});
