/** How often a bootstrap draws each unit: drawn once, and kept for the other statistics of the same rows. */
import { type Stream, stream } from "../base/random.ts";

/** Units are drawn within their stratum, as many as it has. */
export interface DrawPlan {
  readonly seed: number;
  readonly strata: readonly Int32Array[];
}

/** A plan's draws so far; the stream stands behind the last. */
interface Kept {
  readonly plan: DrawPlan;
  readonly units: number;
  readonly draws: Stream;
  readonly counts: Uint8Array[];
}

/** What is kept together: three plans of ten million draws. */
const usualBytes = 32 * 1024 * 1024;
/** The latest used comes last. */
const kept: Kept[] = [];

const sizeOf = ({ strata }: DrawPlan): number =>
  strata.reduce((sum, units) => sum + units.length, 0);

const begun = (plan: DrawPlan): Kept => ({
  plan,
  units: sizeOf(plan),
  draws: stream({ seed: plan.seed, purpose: "bootstrap" }),
  counts: [],
});

const same = (a: DrawPlan, b: DrawPlan): boolean =>
  a.seed === b.seed &&
  a.strata.length === b.strata.length &&
  a.strata.every((units, i) => {
    const other = b.strata[i]!;
    return units.length === other.length && units.every((unit, at) => unit === other[at]);
  });

/** One resample: how often each unit was drawn. A unit is never drawn 256 times: the chance is below 10⁻⁵⁰⁰. */
function drawn({ plan, units, draws }: Kept, counts = new Uint8Array(units)): Uint8Array {
  counts.fill(0);
  for (const members of plan.strata)
    for (let i = 0; i < members.length; i++) counts[members[draws.nextInteger(members.length)]!]!++;
  return counts;
}

/** The plan's kept draws, first among the last used; the longest unused make room. */
function keptOf(plan: DrawPlan): Kept {
  const place = kept.findIndex((each) => same(each.plan, plan));
  const found = place < 0 ? begun(plan) : kept.splice(place, 1)[0]!;
  kept.push(found);
  return found;
}

const bytes = () => kept.reduce((sum, { counts, units }) => sum + counts.length * units, 0);

/**
 * Calls `use` with the draws of each resample, numbers of times by unit; they belong to the callee
 * until it returns. The same plan gives the same draws, fewer resamples the first of more.
 */
export function eachDraw(
  plan: DrawPlan,
  resamples: number,
  use: (counts: Uint8Array) => void,
  mostBytes = usualBytes,
): void {
  const units = sizeOf(plan);
  if (units * resamples > mostBytes) {
    const passing = begun(plan);
    const counts = new Uint8Array(units);
    for (let resample = 0; resample < resamples; resample++) use(drawn(passing, counts));
    return;
  }
  const own = keptOf(plan);
  for (let resample = own.counts.length; resample < resamples; resample++)
    own.counts.push(drawn(own));
  while (bytes() > mostBytes) kept.shift();
  for (let resample = 0; resample < resamples; resample++) use(own.counts[resample]!);
}
