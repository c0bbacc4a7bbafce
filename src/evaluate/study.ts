/** A study: the network, its baselines, and what they are worth on rows that they never saw. */
import type { Session } from "../backends/backend.ts";
import { wasmSession } from "../backends/wasm/session.ts";
import { countLabels } from "../data/index.ts";
import type { IntervalOptions } from "../metrics/index.ts";
import type { TrainingEvent } from "../train/index.ts";
import { checkpointOf } from "./checkpoints.ts";
import { crossValidate, type FoldOptions } from "./cross-validate.ts";
import { subgroupsOf } from "./evidence/asked.ts";
import { type DropoutEvidence, dropoutEvidence, hasDropout } from "./evidence/dropout.ts";
import { type EnsembleEvidence, ensembleEvidence } from "./evidence/ensemble.ts";
import { evidenceOf } from "./evidence/evidence.ts";
import { type Frozen, freeze } from "./evidence/frozen.ts";
import {
  constantPredictions,
  type Learned,
  type Lesson,
  learn,
  lessonOf,
  predictPart,
} from "./learn.ts";
import { networkFacts, networkOf, tasks } from "./network.ts";
import { excluded } from "./prepare.ts";
import { optimismEvidence } from "./protocols/optimism.ts";
import { chosenSettings, search } from "./protocols/search.ts";
import { leaveSitesOut } from "./protocols/sites.ts";
import { baselineSettings } from "./settings.ts";
import { compare, statisticsOf } from "./statistics.ts";
import type {
  FittedModel,
  Prepared,
  Searched,
  Study,
  StudyEvent,
  StudyRunOptions,
} from "./types.ts";

/**
 * Trains the network and its baselines on the same rows with the same recipe, and evaluates them on
 * the test rows; with `folds`, cross-validates on the others too, with `site` site by site. The same prepared study gives the
 * same bits.
 *
 *     const { test } = await study(prepare(table, { target: "Diagnosis" }));
 *     test.statistics.auroc; // { value: 0.994, low: 0.984, high: 0.999, method: "DeLong, logit scale" }
 */
export async function study(given: Prepared, options: StudyRunOptions = {}): Promise<Study> {
  const { session = wasmSession() } = options;
  const events: StudyEvent[] = [];
  const tell = (event: StudyEvent) => {
    events.push(event);
    options.onEvent?.(event);
  };
  const run: Running = { ...options, session, tell, interval: intervalOf(given, options) };
  const { seed } = given.settings;
  const source = sourceOf(given);
  const found = await search(given, given.split, { ...run, source, seed, training: "network" });
  const prepared = found ? withSettings(given, chosenSettings(found)) : given;
  const { evidence, ...own } = await learned(prepared, run, events);
  return {
    prepared,
    ...own,
    evidence: await withOptimism(evidence, { given, model: own.model }, { ...run, source }),
    // each part searches for itself: what was chosen here has seen its held rows
    ...(await inParts(given, run)),
    search: found,
    events,
  };
}

type Running = StudyRunOptions & Omit<FoldOptions, "source">;

function withSettings(prepared: Prepared, chosen: Searched): Prepared {
  const settings = { ...prepared.settings, ...chosen };
  const network = networkOf(prepared.network.features, prepared.target, settings);
  return { ...prepared, settings, network: networkFacts(network) };
}

/** Network and baseline, trained on the same rows and judged on the test rows. */
async function learned(prepared: Prepared, options: Running, events: StudyEvent[]) {
  const { settings, target } = prepared;
  const { session, signal, tell, interval } = options;
  const lesson = lessonOf(sourceOf(prepared), prepared.split);
  const stop = signal ? { signal } : {};
  const kept = await checkpointOf(options, "network");
  const onEvent = (event: TrainingEvent) => {
    tell(event);
    if (event.event === "start") events.push(...(kept.checkpoint?.from?.history ?? []));
  };
  const network = await learn(lesson, { settings, session, onEvent, ...stop, ...kept });
  const simple = await learn(lesson, {
    ...{ settings: baselineOf(prepared), session },
    ...(await checkpointOf(options, "baseline")),
  });
  const { baseline: name } = tasks[target.task];
  tell({ event: "baseline", name, epochs: simple.trained.history.length });
  const frozen = frozenOf(network, lesson, session, prepared);
  const models = [{ ...network.model, frozen }, simple.model] as const;
  const judged = judge({ prepared, lesson, models, session, interval });
  return {
    model: models[0],
    history: network.trained.history,
    best: network.trained.best,
    ...judged,
    ensemble: await ensembleOf(prepared, { lesson, judged }, options),
    mcDropout: dropoutOf(prepared, { lesson, model: models[0] }, options),
  };
}

/** The network with dropout left on, where that is asked for. */
function dropoutOf(
  { options: { mcDropout: draws }, settings: { seed } }: Prepared,
  { lesson: { held }, model }: { readonly lesson: Lesson; readonly model: FittedModel },
  { session, interval }: Running,
): DropoutEvidence | null {
  if (draws === undefined || !hasDropout(model.network)) return null;
  const grouped = held.groups ? { groups: held.groups } : {};
  return dropoutEvidence(model, held, {
    ...{ draws, seed, session, interval: { ...interval, ...grouped } },
  });
}

/** Other seeds beside the network's, where they are asked for. */
async function ensembleOf(
  { options: { ensemble: members }, settings }: Prepared,
  from: {
    readonly lesson: Lesson;
    readonly judged: Pick<Study, "predictions" | "test">;
  },
  { session, signal, checkpoints, interval }: Running,
): Promise<EnsembleEvidence | null> {
  if (members === undefined || signal?.aborted) return null;
  const { lesson, judged } = from;
  return ensembleEvidence(lesson, judged.predictions, {
    ...{ members, settings, session, interval, threshold: judged.test.threshold },
    ...(checkpoints ? { checkpoints } : {}),
  });
}

/** The evidence with the refits' optimism, where it is asked for. */
async function withOptimism(
  evidence: Study["evidence"],
  { given, model }: { readonly given: Prepared; readonly model: FittedModel },
  options: FoldOptions,
): Promise<Study["evidence"]> {
  const { optimism: times } = given.options;
  if (times === undefined || evidence.task !== "binary" || options.signal?.aborted) return evidence;
  const optimism = await optimismEvidence(given, model, { ...options, times });
  return optimism ? { ...evidence, optimism } : evidence;
}

/** Cross-validation and sites, where they are asked for and nobody asks to stop. */
async function inParts(
  prepared: Prepared,
  options: Running,
): Promise<Pick<Study, "crossValidation" | "sites">> {
  const { signal } = options;
  const { folds, site } = prepared.options;
  const beside: FoldOptions = { ...options, source: sourceOf(prepared) };
  const open = (asked: unknown) => asked !== undefined && !signal?.aborted;
  return {
    crossValidation: open(folds) ? await crossValidate(prepared, beside) : null,
    sites: open(site) ? await leaveSitesOut(prepared, beside) : null,
  };
}

/** Of a table on disk, of which an epoch is long, the baseline gets the network's epochs and batches. */
function baselineOf({ table, settings }: Prepared): Prepared["settings"] {
  const { batchSize, epochs, patience } = settings;
  const simple = baselineSettings(settings);
  return table.stored ? { ...simple, batchSize, epochs, patience } : simple;
}

const intervalOf = ({ settings }: Prepared, { resamples }: StudyRunOptions): IntervalOptions => ({
  seed: settings.seed,
  ...(resamples === undefined ? {} : { resamples }),
});

/** What a lesson of a study is made from. */
export const sourceOf = ({ table, target, groups, test, options }: Prepared) => ({
  ...{ table, target, groups, test },
  exclude: excluded(table, options),
  numbers: options.numbers ?? [],
  plan: options.recipe ?? {},
  rule: options.threshold,
});

/** What the validation rows decide, and the test rows only see. */
function frozenOf(
  { model, choice }: Learned,
  { validation }: Lesson,
  session: Session,
  { settings: { seed }, options: { coverage } }: Prepared,
): Frozen {
  const { truth, groups } = validation;
  const predictions = predictPart(model, validation, session);
  return freeze({ predictions, truth, groups, seed, coverage }, choice);
}

/** Network, baseline and constant on the held rows. */
function judge(from: {
  readonly prepared: Prepared;
  readonly lesson: Lesson;
  readonly models: readonly [network: FittedModel, baseline: FittedModel];
  readonly session: NonNullable<StudyRunOptions["session"]>;
  readonly interval: IntervalOptions;
}) {
  const { prepared, lesson, models, session } = from;
  const { target, split } = prepared;
  const { held } = lesson;
  const interval = { ...from.interval, ...(held.groups ? { groups: held.groups } : {}) };
  const [network, baseline] = models.map((model) => predictPart(model, held, session));
  const constant = constantPredictions(target, {
    counts: countLabels(target, split.training),
    scale: lesson.scale,
    rows: held.rows,
  });
  const { baseline: name } = tasks[target.task];
  const evaluated = (predictions: typeof constant, threshold: number | null) =>
    statisticsOf(predictions, held.truth, { ...interval, threshold });
  const test = evaluated(network!, models[0].threshold);
  return {
    predictions: network!,
    truth: held.truth,
    test,
    baseline: { name, test: evaluated(baseline!, models[1].threshold) },
    constant: evaluated(constant, null),
    comparison: compare(name, [network!, baseline!], held.truth, interval),
    evidence: evidenceOf(
      {
        ...{ predictions: network!, truth: held.truth, baseline: baseline! },
        statistics: test.statistics,
        ...{ threshold: models[0].threshold, frozen: models[0].frozen },
        ...{ prevalence: prepared.options.prevalence, subgroups: subgroupsOf(prepared) },
      },
      interval,
    ),
  };
}
