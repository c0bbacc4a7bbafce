/** Everything decided, and every complaint made, before anything is trained or written. */
import { InputError } from "../base/errors.ts";
import {
  type ColumnFacts,
  chooseTarget,
  columnFindings,
  countLabels,
  describeColumns,
  fitRecipe,
  fitScale,
  type Groups,
  namesParts,
  type Recipe,
  readAlike,
  readGroups,
  readTarget,
  recipeFeatures,
  recipeFindings,
  requireColumn,
  type Split,
  type Table,
  type Target,
} from "../data/index.ts";
import { checkAsked } from "./evidence/asked.ts";
import { networkFacts, networkOf } from "./network.ts";
import { theGroup, toldIdentifier } from "./predictions-table.ts";
import { aboutForward, aboutSites } from "./protocols/findings.ts";
import { innerSplits } from "./protocols/search.ts";
import { siteSplits } from "./protocols/sites.ts";
import { settled } from "./settings.ts";
import { chooseSplit, foldSplits } from "./sides.ts";
import type { Prepared, StudyFinding, StudyOptions } from "./types.ts";

/**
 * Reads the target, splits the rows, fits the recipe on the training rows and looks at everything
 * that could go wrong; only `study` trains. Throws an `InputError` for each kind of bad input.
 *
 *     const prepared = prepare(await data.read("data/wdbc.csv"), { target: "Diagnosis" });
 */
export function prepare(table: Table, options: StudyOptions): Prepared {
  const settings = settled(options);
  checkRoles(table, options);
  checkTime(options);
  const target = readStudyTarget(table, options);
  const groups = options.group === undefined ? null : readGroups(table, options.group);
  const given = options.testTable && readAlike(options.testTable, table).table;
  const test = given ? testSide(given, target, options) : null;
  const testRows = test?.target.rows ?? null;
  const { split, forward } = chooseSplit({ table, target, groups, testRows }, options);
  requireTrained(target, split.training);
  fitScale(target, split.training);
  foldSplits({ table, target, groups, split }, options);
  const recipe = recipeOf(target, { table, split }, options);
  const columns = describeColumns(table, {
    rows: target.rows,
    numbers: (options.numbers ?? []).filter((name) => name !== target.column),
  });
  const parts = { split, target, test: { table, target, groups, ...(test ?? {}) } };
  checkAsked({ table, options, ...parts });
  return {
    table,
    target,
    groups,
    ...{ split, forward, columns },
    test: parts.test,
    identifiers: identifiersOf(columns, options),
    recipe,
    ...{ settings, options },
    network: networkFacts(networkOf(recipeFeatures(recipe).length, target, settings)),
    findings: [
      ...table.findings,
      ...target.findings,
      ...forgottenSplits(table, options).map(aboutSplit),
      ...aboutColumns({ table, columns, recipe, target }, options),
      ...(test ? aboutTestTable(test, recipe, groups) : unseen(table, recipe, split)),
      ...aboutSides({ ...{ table, groups, forward, options }, ...parts }),
    ],
  };
}

/** What the split itself leaves to be known. */
const aboutSides = (
  sides: Pick<Prepared, "table" | "target" | "groups" | "split" | "forward" | "test" | "options">,
): StudyFinding[] => {
  const bySite = siteSplits(sides, sides.options);
  if (sides.options.search !== undefined)
    for (const { split } of [sides, ...foldSplits(sides, sides.options), ...bySite])
      innerSplits({ ...sides, split }, sides.options);
  return [
    ...oneClassParts(sides),
    ...aboutForward(sides.forward, sides.options),
    ...aboutSites(bySite, sides.target, sides.options),
  ];
};

/** The recipe that the training rows give. */
const recipeOf = (
  target: Target,
  { table, split }: Pick<Prepared, "table" | "split">,
  options: StudyOptions,
): Recipe =>
  fitRecipe(table, {
    rows: split.training,
    exclude: excluded(table, options),
    numbers: options.numbers ?? [],
    plan: options.recipe ?? {},
    target,
  });

/** No column has two roles, and every column named exists. */
function checkRoles(table: Table, options: StudyOptions): void {
  const { target, group, splitColumn, identifiers = [], ignore = [], numbers = [] } = options;
  const { time, site } = options;
  requireColumn(table, target);
  const roles: [string | undefined, string][] = [
    [group, "the group"],
    [splitColumn, "the split column"],
    [time, "the time"],
    [site, "the site"],
    ...identifiers.map((name): [string, string] => [name, "an identifier"]),
    ...ignore.map((name): [string, string] => [name, "ignored"]),
  ];
  for (const [name, role] of roles) {
    if (name !== undefined) requireColumn(table, name);
    if (name === target)
      throw new InputError(`“${name}” is the target and ${role}. Give it one role.`);
  }
  for (const name of numbers) requireColumn(table, name);
  if (options.testTable && (options.testFraction !== undefined || splitColumn !== undefined))
    throw new InputError(
      `${options.testTable.name} has the test rows, and ${splitColumn === undefined ? "a test fraction" : "a split column"} is told too. Leave one out.`,
    );
}

/** A split in time is one by itself. */
function checkTime({ time, testTable, splitColumn, repeats = 1 }: StudyOptions): void {
  if (time === undefined) return;
  const other = testTable ? `${testTable.name} has the test rows` : "the split column names them";
  if (testTable || splitColumn !== undefined)
    throw new InputError(`“${time}” is to tell the test rows, and ${other}. Leave one out.`);
  if (repeats > 1)
    throw new InputError(
      `Folds forward in time are the same each time. Leave the ${repeats} repeats out.`,
    );
}

function readStudyTarget(table: Table, { target, positive, task }: StudyOptions): Target {
  return chooseTarget(table, {
    column: target,
    ...(positive === undefined ? {} : { positive }),
    ...(task === undefined ? {} : { task }),
  });
}

interface TestSide {
  readonly table: Table;
  readonly target: Target;
  readonly groups: Groups | null;
}

/** The test table's labels by the training table's; groups where it has them. */
function testSide(table: Table, known: Target, { group }: StudyOptions): TestSide {
  const target = readTarget(known, table);
  if (target.rows.length === 0)
    throw new InputError(
      `${table.name}: no row of “${known.column}” has a value that was learned. Check the labels.`,
    );
  const grouped = group !== undefined && table.columns.some(({ name }) => name === group);
  return { table, target, groups: grouped ? readGroups(table, group) : null };
}

/** Every class has rows to learn from, which a told split may have forgotten. */
function requireTrained(target: Target, training: Int32Array): void {
  if (target.task === "regression") return;
  const lacking = target.labels[countLabels(target, training).indexOf(0)];
  if (lacking !== undefined)
    throw new InputError(
      `No training row has “${target.column}” = “${lacking}”. Mend the split column, or leave the class out.`,
    );
}

const namesSplit = "says which rows are for training and which for testing";

/** Columns that name training and test rows, of which nothing was told. */
function forgottenSplits({ columns }: Table, options: StudyOptions): string[] {
  const { target, splitColumn, identifiers = [], ignore = [] } = options;
  const told = [target, splitColumn, ...identifiers, ...ignore];
  return columns.filter((c) => !told.includes(c.name) && namesParts(c)).map(({ name }) => name);
}

/** Columns that are no features whatever they hold, each with the reason. */
export function excluded(table: Table, options: StudyOptions): Map<string, string> {
  const { target, group, splitColumn, identifiers = [], ignore = [] } = options;
  const reasons = new Map(forgottenSplits(table, options).map((name) => [name, namesSplit]));
  for (const name of ignore) reasons.set(name, "ignored");
  for (const name of identifiers) reasons.set(name, toldIdentifier);
  if (splitColumn !== undefined) reasons.set(splitColumn, "the split");
  if (options.time !== undefined) reasons.set(options.time, "the time");
  if (options.site !== undefined) reasons.set(options.site, "the site");
  if (group !== undefined) reasons.set(group, theGroup);
  return reasons.set(target, "the target");
}

/** Columns shown beside each prediction: those told, the group, and those found. */
function identifiersOf(columns: readonly ColumnFacts[], options: StudyOptions): string[] {
  const found = columns.filter(({ kind }) => kind === "identifier").map(({ name }) => name);
  const told = [...(options.identifiers ?? []), ...(options.group ? [options.group] : [])];
  return [...new Set([...told, ...found])].filter((name) => name !== options.target);
}

/** Notes on all rows, and on columns that only the training rows make useless. */
function aboutColumns(
  { table, columns, recipe, target }: Pick<Prepared, "table" | "columns" | "recipe" | "target">,
  options: StudyOptions,
): StudyFinding[] {
  const except = [...excluded(table, options).keys()];
  const group = options.group === undefined ? {} : { group: options.group };
  const general = columnFindings(columns, { rows: target.rows.length, except, ...group });
  const known = new Set(general.flatMap((f) => (f.kind === "left out" ? [f.column] : [])));
  const only = recipe.leftOut.filter(
    ({ name, kind }) => !["excluded", "not selected"].includes(kind) && !known.has(name),
  );
  return [
    ...general,
    ...only.map(
      ({ name, kind, reason }): StudyFinding => ({
        kind: "left out",
        level: "warning",
        column: name,
        because: kind,
        message: `${name} is left out: ${kind} in the training rows, ${reason}`,
      }),
    ),
  ];
}

const aboutSplit = (column: string): StudyFinding => ({
  kind: "left out",
  level: "warning",
  column,
  because: "split",
  message: `${column} is left out: it ${namesSplit}; --split-column ${column} to evaluate on that split`,
});

/** Categories that only rows outside the training part have. */
const unseen = (table: Table, recipe: Recipe, { validation, test }: Split): StudyFinding[] =>
  [validation, test]
    .flatMap((rows) => recipeFindings(recipe, table, rows))
    .filter(({ kind }) => kind === "unseen category");

/** What the test table brings that training never saw; a column that it lacks is an `InputError`. */
function aboutTestTable(test: TestSide, recipe: Recipe, groups: Groups | null): StudyFinding[] {
  const { table, target } = test;
  const about = recipeFindings(recipe, table, target.rows);
  const ours = new Set(groups?.names);
  const shared = test.groups?.names.filter((name) => ours.has(name)) ?? [];
  const found: StudyFinding[] = [...table.findings, ...target.findings, ...about].map(
    (finding) => ({
      ...finding,
      message: `${table.name}: ${finding.message}`,
    }),
  );
  if (shared.length > 0)
    found.push({
      kind: "shared groups",
      level: "warning",
      message: `${shared.length} groups of “${test.groups!.column}” are in ${table.name} and in the training table: if they are the same patients, the test is not independent`,
    });
  return found;
}

/** A part without both classes of a binary task gives no AUROC and no threshold. */
function oneClassParts({ split, target, test }: Pick<Prepared, "split" | "target" | "test">) {
  if (target.task !== "binary") return [];
  const parts = [
    ["validation", target, split.validation, "the threshold is 0.5"],
    ["test", test.target, split.test, "AUROC and others do not exist"],
  ] as const;
  return parts
    .filter(([, source, rows]) => countLabels(source, rows).includes(0))
    .map(
      ([part, , , consequence]): StudyFinding => ({
        kind: "one-class part",
        level: "warning",
        message: `all ${part} rows have the same label: ${consequence}`,
      }),
    );
}
