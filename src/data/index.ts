/** Data: from a file to columns of known kinds, a target, a split and features. */
export { columnFindings } from "./columns.ts";
export type { Finding } from "./findings.ts";
export { type Groups, readGroups } from "./groups.ts";
export { type ColumnFacts, describeColumn, describeColumns, type Kind } from "./kinds.ts";
export { namesParts, requireGroupsApart, splitByColumn } from "./official.ts";
export {
  featuresOf,
  fitScale,
  type ModelTarget,
  modelTarget,
  type Part,
  type PartSource,
  partOf,
  type Scale,
  type SplitTable,
  type SplitTableOptions,
  split,
} from "./parts.ts";
export {
  type ColumnProfile,
  type Correlation,
  type MissingPattern,
  type NumberSummary,
  type Profile,
  profile,
} from "./profile.ts";
export { read, readDictionary } from "./read.ts";
export { parseTable, type ReadOptions } from "./readers/parse.ts";
export { readAlike } from "./recipe/alike.ts";
export { applyRecipe, type Features } from "./recipe/apply.ts";
export { inputFeatures, recipeFeatures } from "./recipe/features.ts";
export { fitRecipe } from "./recipe/fit.ts";
export type { NumberStep } from "./recipe/numbers.ts";
export { parseRecipe } from "./recipe/parse.ts";
export { impute, type OrdinalPlan, type RecipePlan, type StepPlan, steps } from "./recipe/plan.ts";
export type { MatrixStep } from "./recipe/steps.ts";
export type { LeftOut, Recipe, RecipeInput } from "./recipe/types.ts";
export { imputerText, numberStepText, stepText } from "./recipe/words.ts";
export { parseDictionary } from "./redcap/dictionary.ts";
export type { DataDictionary, DictionaryField } from "./redcap/types.ts";
export { withDictionary } from "./redcap/withDictionary.ts";
export { type Fold, kFold, type Split, splitRows } from "./split.ts";
export { recipeFindings, residentBlock } from "./stored/features.ts";
export { allRows, type Column, requireColumn, type Table, takeRows } from "./table.ts";
export { type GroupSummary, type TableOne, type TableOneRow, tableOne } from "./tableOne.ts";
export {
  chooseTarget,
  countLabels,
  readTarget,
  rowsByLabel,
  type Target,
  type TargetRecipe,
  type Task,
} from "./target.ts";
