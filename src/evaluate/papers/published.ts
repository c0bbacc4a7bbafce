/**
 * Figures of others on the data that come with Golgi and on some that do not, and how they were made.
 *
 * `scikitLearn`: measured with scikit-learn 1.2.1 on the same files. Medians and scales of each training
 * part; `linear` is logistic, softmax (C = 1) or linear regression, `network` one hidden layer of 16 ReLU,
 * Adam 5e-3, L2 1.0, 400 epochs; folds stratified, pooled within a repeat, repeats averaged.
 * `test/goldens/papers/papers.py` measures them again.
 */
import type { StudyOptions } from "../types.ts";

/** A statistic by its name, as it was printed. */
export type Figures = Readonly<Record<string, number>>;

export interface Published {
  readonly source: string;
  readonly says: string;
}

/** One data set, how it is split, and what others have reached on it. */
export interface Paper {
  readonly name: string;
  readonly title: string;
  /** In the folder of data; only those with `embedded` come with Golgi. */
  readonly file: string;
  readonly testFile?: string;
  readonly embedded: boolean;
  readonly study: Pick<StudyOptions, "target" | "positive" | "ignore" | "splitColumn" | "task">;
  /** Only rows of one value of a column. */
  readonly where?: { readonly column: string; readonly is: string };
  /** What intervals resample where rows are split, but patients repeat. */
  readonly patients?: string;
  /** Without them the study's own test rows judge. */
  readonly folds?: { readonly folds: number; readonly repeats: number };
  readonly scikitLearn: { readonly linear: Figures; readonly network: Figures };
  readonly published?: Published;
}

const thrice = { folds: 10, repeats: 3 } as const;
const heart = {
  file: "heart_uci_4sites.csv",
  embedded: false,
  study: { target: "disease", ignore: ["num", "site"] },
} as const;

/** Every data set that `reproduce` knows, those that come with Golgi first. */
export const papers: readonly Paper[] = [
  {
    ...{ name: "wdbc", title: "WDBC", file: "wdbc.csv", embedded: true },
    ...{ study: { target: "Diagnosis", positive: "M" }, folds: thrice },
    scikitLearn: {
      linear: { auroc: 0.9948, accuracy: 0.978, brier: 0.0199 },
      network: { auroc: 0.9949, accuracy: 0.978, brier: 0.0187 },
    },
    published: {
      source: "Agarap 2017, arXiv:1711.07831",
      says: "accuracy 0.990 of a perceptron with three layers, from one split of 70 to 30",
    },
  },
  {
    ...{ name: "biopsy", title: "WBC biopsy", file: "biopsy_repeated_ids.csv", embedded: true },
    ...{ study: { target: "class", positive: "malignant", ignore: ["ID"] }, folds: thrice },
    patients: "ID",
    scikitLearn: {
      linear: { auroc: 0.9942, accuracy: 0.965, brier: 0.0266 },
      network: { auroc: 0.9941, accuracy: 0.966, brier: 0.025 },
    },
  },
  {
    ...{ name: "alzheimer", title: "Alzheimer CSF", file: "alzheimer_ad_data.csv", embedded: true },
    ...{ study: { target: "Class", positive: "Impaired" }, folds: thrice },
    scikitLearn: {
      linear: { auroc: 0.8799, accuracy: 0.831, brier: 0.128 },
      network: { auroc: 0.8783, accuracy: 0.844, brier: 0.121 },
    },
  },
  {
    ...{ name: "cells", title: "Cells", file: "cells_segmentation.csv", embedded: true },
    study: { target: "class", positive: "WS", splitColumn: "case" },
    scikitLearn: {
      linear: { auroc: 0.8754, accuracy: 0.794, brier: 0.1381 },
      network: { auroc: 0.8911, accuracy: 0.81, brier: 0.1267 },
    },
  },
  {
    ...{ name: "splice", title: "DNA splice", file: "splice_sequences.csv", embedded: true },
    study: { target: "class", splitColumn: "statlog_split" },
    scikitLearn: { linear: { accuracy: 0.9393 }, network: { accuracy: 0.9562 } },
  },
  {
    ...{ name: "tissues", title: "Tissues", file: "tissue_gene_expression.csv", embedded: true },
    ...{ study: { target: "tissue" }, folds: { folds: 5, repeats: 1 } },
    scikitLearn: {
      linear: { auroc: 1, accuracy: 1 },
      network: { auroc: 1, accuracy: 1 },
    },
  },
  {
    ...{ name: "diabetes", title: "Diabetes", file: "diabetes_progression.csv", embedded: true },
    ...{ study: { target: "target", task: "regression" }, folds: thrice },
    scikitLearn: {
      linear: { r2: 0.492, rmse: 54.9 },
      network: { r2: 0.487, rmse: 55.2 },
    },
  },
  {
    ...{ name: "cleveland", title: "Heart, Cleveland", ...heart, folds: thrice },
    where: { column: "site", is: "cleveland" },
    scikitLearn: {
      linear: { auroc: 0.9067, accuracy: 0.841, brier: 0.1192 },
      network: { auroc: 0.8921, accuracy: 0.814, brier: 0.1332 },
    },
  },
  {
    ...{ name: "heart", title: "Heart, 4 sites", ...heart, folds: { folds: 10, repeats: 1 } },
    scikitLearn: {
      linear: { auroc: 0.8866, accuracy: 0.81, brier: 0.133 },
      network: { auroc: 0.8934, accuracy: 0.824, brier: 0.1268 },
    },
  },
  {
    ...{ name: "golub", title: "Golub leukemia", file: "golub_leukemia.csv", embedded: false },
    ...{ study: { target: "class", positive: "AML" }, folds: { folds: 5, repeats: 2 } },
    scikitLearn: {
      linear: { auroc: 1, accuracy: 1 },
      network: { auroc: 1, accuracy: 0.882 },
    },
  },
  {
    ...{ name: "khan", title: "Khan tumors", file: "khan_srbct_train.csv", embedded: false },
    ...{ testFile: "khan_srbct_test.csv", study: { target: "class" } },
    scikitLearn: { linear: { accuracy: 0.95 }, network: { accuracy: 1 } },
    published: {
      source: "Khan et al. 2001, Nature Medicine",
      says: "accuracy 1.000 on the 20 test samples, of 3750 networks that vote",
    },
  },
];
