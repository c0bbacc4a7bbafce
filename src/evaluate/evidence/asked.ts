/** What a study is asked to tell of its test rows, checked before anything is trained. */
import { InputError } from "../../base/errors.ts";
import { defaults } from "../settings.ts";
import type { Prepared } from "../types.ts";
import { checkDraws } from "./dropout.ts";
import { checkRule } from "./rule.ts";
import { type Subgrouping, subgroupingOf } from "./subgrouping.ts";

type Asked = Pick<Prepared, "table" | "target" | "test" | "split" | "options">;

/** The subgroups of the test rows; numbers are cut at quartiles of all rows that have the target. */
export const subgroupsOf = ({ table, target, test, split, options }: Asked): Subgrouping[] =>
  (options.subgroups ?? []).map((text) =>
    subgroupingOf(text, { table, rows: target.rows }, { table: test.table, rows: split.test }),
  );

/** Throws an `InputError` for what cannot be told. */
export function checkAsked(asked: Asked): void {
  const { options, target } = asked;
  const { threshold, prevalence, ensemble, optimism, mcDropout, coverage } = options;
  if (ensemble !== undefined && !(Number.isInteger(ensemble) && ensemble >= 2))
    throw new InputError(`The ensemble is of ${ensemble}. It takes 2 networks or more.`);
  // a search may choose dropout or not
  const { dropout = defaults.dropout, hidden = defaults.hidden, search } = options;
  if (mcDropout !== undefined)
    checkDraws(mcDropout, search !== undefined || (dropout > 0 && hidden.length > 0));
  if (optimism !== undefined) checkOptimism(optimism, asked);
  if (threshold !== undefined) checkRule(threshold);
  checkPrevalence(prevalence);
  if (coverage !== undefined && !(coverage > 0 && coverage < 1))
    throw new InputError(
      `The coverage is ${coverage}. It is a share between 0 and 1, such as 0.9.`,
    );
  const told = threshold ?? prevalence;
  if (told !== undefined && target.task !== "binary")
    throw new InputError(
      `A threshold rule and a prevalence are for a binary task; “${target.column}” is ${target.task}. Leave them out.`,
    );
  subgroupsOf(asked);
}

export function checkPrevalence(prevalence: number | undefined): void {
  if (prevalence === undefined || (prevalence > 0 && prevalence < 1)) return;
  throw new InputError(`The prevalence is ${prevalence}. It is a share between 0 and 1.`);
}

const fewestRefits = 10;

function checkOptimism(times: number, { table, target }: Asked): void {
  if (!(Number.isInteger(times) && times >= fewestRefits))
    throw new InputError(
      `Optimism by ${times} refits. It takes ${fewestRefits} or more, better 200.`,
    );
  if (target.task !== "binary")
    throw new InputError(
      `Optimism is for a binary task; “${target.column}” is ${target.task}. Leave it out.`,
    );
  if (table.stored)
    throw new InputError(
      `${table.name} stays on disk, and optimism draws its rows anew each time. Leave one out.`,
    );
}
