/** One table of cases for every op: each runs on every backend, forward and backward. */
import type { Op } from "../../src/graph/ops.ts";
import { elementwiseCases } from "./elementwise.ts";
import type { Case } from "./frame.ts";
import { indexingCases } from "./indexing.ts";
import { loopsCases } from "./loops.ts";
import { movementCases } from "./movement.ts";
import { productsCases } from "./products.ts";
import { reductionsCases } from "./reductions.ts";
import { convolutionCases, reverseCases, windowArgmaxCases } from "./windows.ts";

/** Every op has its cases; leaving one out is a type error. */
export const cases: { readonly [K in Op]: readonly Case[] } = {
  ...elementwiseCases,
  ...reductionsCases,
  ...movementCases,
  ...productsCases,
  ...indexingCases,
  ...loopsCases,
  reverse: reverseCases,
  convolution: convolutionCases,
  windowArgmax: windowArgmaxCases,
};
