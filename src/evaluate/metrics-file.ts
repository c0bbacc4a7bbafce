/** `metrics.json`: every number of a study, and nothing that differs between two equal studies. */

import type { Json } from "../io/json.ts";
import type { Estimate } from "../metrics/estimate.ts";
import type { DropoutEvidence } from "./evidence/dropout.ts";
import type { EnsembleEvidence } from "./evidence/ensemble.ts";
import type { CrossValidation, Evaluation, SiteValidation, Study } from "./types.ts";

/** A study's numbers as plain JSON. */
export function metricsOf(study: Study): Json {
  const { prepared, test, baseline, constant, comparison, evidence, crossValidation } = study;
  const { target, split } = prepared;
  return {
    task: target.task,
    target: target.column,
    labels: target.labels,
    rows: {
      training: split.training.length,
      validation: split.validation.length,
      test: split.test.length,
    },
    ...(prepared.forward ? { time: { ...prepared.forward } } : {}),
    ...(study.search ? { search: study.search as unknown as Json } : {}),
    ...evaluationOf(test, "test"),
    baseline: {
      [baseline.name]: statistics(baseline.test),
      constant: statistics(constant),
    },
    comparison: { ...comparison },
    evidence: evidence as unknown as Json,
    ...(study.ensemble ? { ensemble: ensembleJson(study.ensemble) } : {}),
    ...(study.mcDropout ? { mcDropout: dropoutJson(study.mcDropout) } : {}),
    ...(crossValidation ? { cv: foldsOf(crossValidation, study) } : {}),
    ...(study.sites ? { sites: sitesOf(study.sites, study) } : {}),
  };
}

/** An evaluation as `metrics.json` holds it, its statistics under `name`. */
export function evaluationOf(evaluation: Evaluation, name: string): { [key: string]: Json } {
  const { threshold, confusion } = evaluation;
  return {
    [name]: statistics(evaluation),
    threshold,
    confusion: confusion && { labels: confusion.labels, counts: confusion.counts },
  };
}

const ensembleJson = ({ seeds, each, mean, entropy }: EnsembleEvidence): Json => ({
  ...{ seeds, each },
  ...evaluationOf(mean, "mean"),
  entropy: entropy && mapped(entropy),
});

/** Monte Carlo dropout as `metrics.json` holds it. */
export const dropoutJson = ({ draws, mean, entropy, deviation }: DropoutEvidence): Json => ({
  draws,
  ...evaluationOf(mean, "mean"),
  entropy: entropy && mapped(entropy),
  ...(deviation ? { deviation: { ...deviation } } : {}),
});

function statistics({ statistics, recalls }: Evaluation): Json {
  return {
    ...mapped(statistics),
    ...(recalls ? { recall: mapped(recalls) } : {}),
  };
}

const mapped = (estimates: Readonly<Record<string, Estimate>>): { [name: string]: Json } =>
  Object.fromEntries(Object.entries(estimates).map(([name, estimate]) => [name, { ...estimate }]));

const sitesOf = (found: SiteValidation, { baseline }: Study): Json => ({
  column: found.column,
  pooled: statistics(found.pooled),
  baseline: { [baseline.name]: statistics(found.baseline) },
  comparison: { ...found.comparison },
  sites: found.sites.map(({ site, rows, prevalence, evaluation, chosen }) => ({
    site,
    rows: { ...rows },
    prevalence,
    ...(chosen ? { chosen: { ...chosen } } : {}),
    ...(statistics(evaluation) as { [name: string]: Json }),
  })),
});

function foldsOf(found: CrossValidation, { baseline }: Study): Json {
  return {
    ...(statistics(found.pooled) as { [name: string]: Json }),
    baseline: { [baseline.name]: statistics(found.baseline) },
    comparison: { ...found.comparison },
    byFold: found.byFold as unknown as Json,
    mean: Object.fromEntries(Object.entries(found.mean).map(([name, mean]) => [name, { ...mean }])),
    folds: found.folds.map(({ values, repeat, fold, rows, chosen }) => ({
      repeat,
      fold,
      rows: { ...rows },
      ...(chosen ? { chosen: { ...chosen } } : {}),
      ...values,
    })),
  };
}
