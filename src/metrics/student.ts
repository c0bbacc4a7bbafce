/** Student's t distribution. */
import { betaLower, betaQuantile } from "../base/math.ts";

/** P(T ≤ t) of Student's t: half a regularized incomplete beta ratio in each tail. */
export function studentCdf(t: number, freedom: number): number {
  const tail = betaLower(freedom / 2, 0.5, freedom / (freedom + t * t)) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** How many standard errors reach each end of a two-sided t interval. */
export function studentReach(level: number, freedom: number): number {
  const share = betaQuantile(freedom / 2, 0.5, 1 - level);
  return Math.sqrt((freedom * (1 - share)) / share);
}
