/** One network learned from the rows of one split: in a study, and in each of its folds. */
import type { Session } from "../backends/backend.ts";
import {
  fitRecipe,
  fitScale,
  type Groups,
  type Part,
  partOf,
  type Recipe,
  type RecipePlan,
  type Scale,
  type Split,
  type Table,
  type Target,
} from "../data/index.ts";
import { type Optimizer, type OptimizerName, optimizers } from "../optim/index.ts";
import {
  type Checkpointing,
  fit,
  predict,
  type Trained,
  type TrainingEvent,
} from "../train/index.ts";
import { chooseBy, type ThresholdChoice, usualRule } from "./evidence/rule.ts";
import { called, evenThreshold, interpret, positives } from "./interpret.ts";
import { networkOf, tasks } from "./network.ts";
import { validationScore } from "./score.ts";
import type { FittedModel, NetworkSettings, Predictions } from "./types.ts";

/** A split as samples, with what was fitted on its training rows. */
export interface Lesson {
  readonly recipe: Recipe;
  readonly scale: Scale | null;
  readonly training: Part;
  readonly validation: Part;
  /** The rows that the model is judged by. */
  readonly held: Part;
  /** How the threshold is chosen on the validation rows. */
  readonly rule: string;
}

export interface LessonSource {
  readonly table: Table;
  readonly target: Target;
  readonly groups: Groups | null;
  readonly exclude: ReadonlyMap<string, string>;
  readonly numbers: readonly string[];
  readonly plan: RecipePlan;
  /** Youden's unless told. */
  readonly rule?: string | undefined;
  /** Where the held rows are, if in another table. */
  readonly test?: {
    readonly table: Table;
    readonly target: Target;
    readonly groups: Groups | null;
  };
}

/** Fits recipe and scale on the training rows and applies them to all parts. */
export function lessonOf(source: LessonSource, split: Split): Lesson {
  const { table, target, groups, exclude, numbers, plan, test = source } = source;
  const { rule = usualRule } = source;
  const recipe = fitRecipe(table, { rows: split.training, exclude, numbers, plan, target });
  const scale = fitScale(target, split.training);
  const own = { table, target, groups, recipe, scale };
  return {
    recipe,
    scale,
    training: partOf(own, split.training),
    validation: partOf(own, split.validation),
    held: partOf({ ...own, ...test }, split.test),
    rule,
  };
}

export interface LearnOptions {
  readonly settings: NetworkSettings;
  readonly session: Session;
  readonly onEvent?: (event: TrainingEvent) => void;
  readonly signal?: AbortSignal;
  readonly checkpoint?: Checkpointing;
  /** Instead of what the settings say. */
  readonly optimizer?: Optimizer;
}

export interface Learned {
  readonly model: FittedModel;
  readonly trained: Trained;
  /** `null` unless binary. */
  readonly choice: ThresholdChoice | null;
}

/**
 * Trains on the training rows, stops by the validation rows, and sets the threshold on them. Without
 * validation rows all epochs are run, and only a rule that needs no rows can be followed.
 */
export async function learn(lesson: Lesson, options: LearnOptions): Promise<Learned> {
  const { training, validation, recipe } = lesson;
  const { target } = training;
  const { settings, session, onEvent, signal, checkpoint } = options;
  const { optimizer = optimizerOf(settings) } = options;
  const { epochs, patience, batchSize, seed } = settings;
  const weights = settings.balanced ? classWeights(training) : undefined;
  const trained = await fit(
    ({ features }) => networkOf(features, target, settings),
    weights ? { ...training, weights } : training,
    {
      ...{ epochs, patience, batchSize, seed, session },
      loss: tasks[target.task].loss,
      optimizer,
      ...(validation.rows > 0 ? { validation, score: validationScore(validation) } : {}),
      ...(onEvent ? { onEvent } : {}),
      ...(signal ? { signal } : {}),
      ...(checkpoint ? { checkpoint } : {}),
    },
  );
  const { model: network, weights: learned } = trained;
  const draft: FittedModel = {
    recipe,
    target,
    network,
    weights: learned,
    threshold: null,
    frozen: null,
  };
  const seen = () =>
    validation.rows > 0 ? positives(predictPart(draft, validation, session)) : new Float64Array();
  const choice = target.task === "binary" ? chooseBy(lesson.rule, seen(), validation.truth) : null;
  return { model: { ...draft, threshold: choice?.value ?? null }, trained, choice };
}

const optimizerOf = ({ optimizer, learningRate, weightDecay }: NetworkSettings) =>
  optimizers[optimizer as OptimizerName]({ learningRate, weightDecay });

/** n / (classes · rows of the class): each class weighs the same, the mean weight is 1. */
function classWeights({ targets, target }: Part): Float32Array | undefined {
  if (target.task === "regression") return undefined;
  const counts = target.labels.map(() => 0);
  for (const y of targets) counts[y]!++;
  return targets.map((y) => targets.length / (counts.length * counts[y]!));
}

/** What a model says of samples. */
export const predictPart = (
  { network, weights, target, threshold }: FittedModel,
  samples: Pick<Part, "rows" | "inputs">,
  session?: Session,
): Predictions =>
  interpret(
    predict({ model: network, weights }, samples, session ? { session } : {}),
    target,
    threshold,
  );

/** What one says who knows the training targets alone: the class shares, or the mean. */
export function constantPredictions(
  { task, labels }: Target,
  known: {
    readonly counts: readonly number[];
    readonly scale: Scale | null;
    readonly rows: number;
  },
): Predictions {
  const { counts, scale, rows } = known;
  if (task === "regression") {
    const values = new Float64Array(rows).fill(scale!.mean);
    return { task, labels, rows, probabilities: null, values };
  }
  const all = counts.reduce((sum, count) => sum + count, 0);
  const probabilities = Float64Array.from(
    { length: rows * labels.length },
    (_, i) => counts[i % labels.length]! / all,
  );
  return called({ task, labels, probabilities, threshold: evenThreshold });
}
