/** How many resamples an interval gets, so that a study of any size stays quick. */

const most = 2000;
const least = 200;

/** Resamples so that a bootstrap draws about so many rows: 2000 of few rows, 200 of very many. */
export const resamplesFor = (rows: number, draws: number): number =>
  Math.max(least, Math.min(most, Math.round(draws / rows)));

/** Of a statistic that is one pass over the rows. */
export const mostDraws = 1e7;
/** Calibration is fitted anew in each resample of groups. */
export const mostFits = 1e6;
/** A smooth curve passes over most rows at each of its places. */
export const mostCurves = 1e5;
