/** What a person should know about splits by time and by site. */
import { counted, listed } from "../../data/findings.ts";
import { countLabels, type Target } from "../../data/index.ts";
import type { ForwardFacts, StudyFinding, StudyOptions } from "../types.ts";
import type { SiteSplit } from "./sites.ts";

/** How the time was cut, and what of earlier groups is left out. */
export function aboutForward(
  forward: ForwardFacts | null,
  { group }: StudyOptions,
): StudyFinding[] {
  if (!forward) return [];
  const { column, from, leftOut } = forward;
  const who = group === undefined ? "test rows are" : `the test has each ${group} first seen`;
  const rest =
    leftOut > 0
      ? `; ${counted(leftOut, "row")} after it of each ${group} seen before ${leftOut === 1 ? "is" : "are"} left out`
      : "";
  return [
    {
      kind: "time split",
      level: leftOut > 0 ? "warning" : "note",
      message: `${who} from ${column} ${from} on${rest}`,
    },
  ];
}

/** Sites of one class, and rows of groups that are at several sites. */
export function aboutSites(
  splits: readonly SiteSplit[],
  target: Target,
  { site, group }: StudyOptions,
): StudyFinding[] {
  const told = (message: string): StudyFinding => ({
    kind: "site split",
    level: "warning",
    message,
  });
  const single = target.task === "binary" ? splits : [];
  const lacking = single.filter(({ split }) => countLabels(target, split.test).includes(0));
  const leftOut = splits.reduce((sum, each) => sum + each.leftOut, 0);
  return [
    ...(lacking.length > 0
      ? [
          told(
            `of ${site} ${listed(lacking.map((each) => each.site))} all rows have the same label: no AUROC there`,
          ),
        ]
      : []),
    ...(leftOut > 0
      ? [
          told(
            `groups of “${group}” have rows at several sites: while one is tested, what they have elsewhere is not learned from`,
          ),
        ]
      : []),
  ];
}
