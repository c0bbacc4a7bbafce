/** What folds tell: Nadeau and Bengio's sizes, and whose rows LeDell's interval takes together. */
import { expect, test } from "vitest";
import { goldens } from "../../test/support/statistics.ts";
import { auroc, compareFolds, crossValidatedAuroc } from "../metrics/index.ts";
import type { Judged } from "./cross-validate.ts";
import { foldEvidence } from "./fold-evidence.ts";
import { called } from "./interpret.ts";
import type { FoldResult, Prepared } from "./types.ts";

const { labels, first, second, groups } = goldens.binary;
const said = (p: readonly number[]) =>
  called({
    ...{ task: "binary", labels: ["no", "yes"], threshold: 0.5 },
    probabilities: Float64Array.from(p.flatMap((each) => [1 - each, each])),
  });
/** Two repeats of four folds: by patient, then by half of them. */
const folds = [0, 1].flatMap((repeat) =>
  [0, 1, 2, 3].map((fold) => {
    const rows = [...labels.keys()].filter((row) => (groups[row]! >> repeat) % 4 === fold);
    const pick = (values: readonly number[]) => rows.map((row) => values[row]!);
    const result: FoldResult = {
      ...{ repeat, fold, values: { auroc: auroc(pick(first), pick(labels)).value } },
      rows: { training: 90 - rows.length, validation: 70, held: rows.length },
    };
    const judged: Judged = {
      ...{ network: said(pick(first)), baseline: said(pick(second)), chosen: null },
      ...{ truth: Float64Array.from(pick(labels)), units: Int32Array.from(pick(groups)) },
    };
    return { result, judged, scores: pick(first), others: pick(second), labels: pick(labels) };
  }),
);
const of = (grouped: boolean) =>
  foldEvidence(
    { target: { task: "binary" }, groups: grouped ? {} : null } as Prepared,
    folds.map(({ judged }) => judged),
    folds.map(({ result }) => result),
  );

test("all that is not held learned, and held rows are as many as on average", () => {
  const held = labels.length / 4;
  const [ours, theirs] = [
    folds.map((fold) => auroc(fold.scores, fold.labels).value!),
    folds.map((fold) => auroc(fold.others, fold.labels).value!),
  ];
  const right = compareFolds(ours, theirs, { testRows: held, trainRows: labels.length - held });
  expect(of(false).comparison).toEqual({ statistic: "auroc", ...right });
});

test("each repeat has the same rows again; patients add up theirs", () => {
  const [plain, grouped] = [false, true].map((patients) =>
    crossValidatedAuroc(
      folds.map(({ judged, result, scores, labels: y }) => ({
        ...{ scores, labels: y, repeat: result.repeat },
        ...(patients ? { groups: judged.units } : {}),
      })),
    ),
  );
  expect(of(false).auroc).toEqual(plain);
  expect(of(true).auroc).toEqual(grouped);
  expect(grouped!.low).not.toBe(plain!.low);
});
