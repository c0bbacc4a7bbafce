/** Explanations of a fitted network: by gradients, by what is left out, by rows that are alike. */
export { type FeatureColumns, featureColumns } from "./columns.ts";
export { type Dependence, type DependencePoint, dependence } from "./dependence.ts";
export {
  type Attribution,
  byColumn,
  gradientInput,
  type IntegratedGradients,
  type IntegratedOptions,
  integratedGradients,
  saliency,
} from "./gradients.ts";
export { type Importance, type ImportanceOptions, permutationImportance } from "./importance.ts";
export { type Neighbor, nearestRows } from "./neighbors.ts";
export {
  type Gradients,
  type OutputFunction,
  type OutputOptions,
  outputFunction,
  type Scale,
} from "./outputs.ts";
export { randomizationTest, type SanityCheck } from "./sanity.ts";
export {
  exactShapley,
  type KernelOptions,
  kernelShapley,
  type Shapley,
  type ShapleyOptions,
} from "./shapley.ts";
export { type ExplainedTable, explainTable, type Method, type TableOptions } from "./table.ts";
