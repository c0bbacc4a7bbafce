/** Special functions in float64 from arithmetic and Math.sqrt alone: the same bits in every engine. */
export { betaLower, betaQuantile } from "./math/beta.ts";
export { erf, erfc, normalCdf, normalQuantile } from "./math/erf.ts";
export { exp, expm1, log, log1p, log2 } from "./math/exponential.ts";
export { chiSquareTail, gammaUpper, logGamma } from "./math/gamma.ts";
