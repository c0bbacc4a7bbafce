/** Optimizers: pure steps from parameters and gradients to new parameters. */
import { adagrad } from "./adagrad.ts";
import { adam, adamW } from "./adam.ts";
import { rmsProp } from "./rms-prop.ts";
import { momentum, nesterov, sgd } from "./sgd.ts";

/** Every optimizer by its name. */
export const optimizers = { sgd, momentum, nesterov, adagrad, rmsProp, adam, adamW } as const;
export type OptimizerName = keyof typeof optimizers;

export type { AdagradOptions } from "./adagrad.ts";
export type { AdamOptions } from "./adam.ts";
export type { CommonOptions, Optimizer, State, Stepped } from "./optimizer.ts";
export type { RmsPropOptions } from "./rms-prop.ts";
export type { SgdOptions } from "./sgd.ts";
export { adagrad, adam, adamW, momentum, nesterov, rmsProp, sgd };
