/** Another table, read as the one was that a recipe comes from. */
import type { Finding } from "../findings.ts";
import { withMissing } from "../missing.ts";
import { withDictionary } from "../redcap/withDictionary.ts";
import type { Table } from "../table.ts";
import type { Recipe } from "./types.ts";

/**
 * The table with the codes for missing values, and the REDCap dictionary, of another table or recipe;
 * beside it what that brought to light.
 *
 *     const { table, findings } = readAlike(await data.read("new-patients.csv"), model.recipe);
 */
export function readAlike(
  given: Table,
  { missing, dictionary }: Pick<Recipe, "missing" | "dictionary">,
): { readonly table: Table; readonly findings: readonly Finding[] } {
  const blanked = withMissing(given, missing);
  const table = dictionary && !given.dictionary ? withDictionary(blanked, dictionary) : blanked;
  return { table, findings: table.findings.slice(given.findings.length) };
}
