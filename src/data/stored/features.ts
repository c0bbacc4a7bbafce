/** Features of rows of a table on disk: made block by block, kept in a file of this process alone. */
import { scratchFile } from "#platform";
import { InternalError } from "../../base/errors.ts";
import type { Finding } from "../findings.ts";
import { applyRecipe } from "../recipe/apply.ts";
import { recipeFeatures } from "../recipe/features.ts";
import type { Recipe } from "../recipe/types.ts";
import type { Table } from "../table.ts";
import { eachPart } from "./blocks.ts";

/** Rows of features on disk, in pages of a few rows each. */
export interface Pages {
  /** Equal features have the same. */
  readonly identity: string;
  readonly rows: number;
  /** Rows of a page; the last one may hold fewer. */
  readonly pageRows: number;
  /** The rows of a page into an array, row after row, from `at` on. */
  readonly read: (page: number, values: Float32Array, at: number) => void;
}

/** Features of rows: an array, or where they are instead, of a table that is larger than memory. */
export interface Block {
  readonly shape: readonly [number];
  readonly data: Float32Array;
  readonly pages?: Pages;
}

/** About 64 KiB a page: small enough to shuffle by, large enough to read. */
const pageNumbers = 16_384;

/** The features of some rows of a table on disk; its findings are unseen categories alone. */
export function storedFeatures(
  recipe: Recipe,
  table: Table,
  rows: Int32Array,
): { readonly pages: Pages; readonly width: number; readonly findings: readonly Finding[] } {
  const { folder, identity } = table.stored!;
  const width = recipeFeatures(recipe).length;
  const file = scratchFile(folder);
  const findings = eachBlock(recipe, table, rows, (values) =>
    file.write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  );
  const pageRows = Math.max(1, Math.floor(pageNumbers / width));
  const pages: Pages = {
    identity: JSON.stringify([identity, recipe, rows.length, sumOf(rows)]),
    rows: rows.length,
    pageRows,
    read(page, values, at) {
      const count = Math.min(pageRows, rows.length - page * pageRows) * width;
      const bytes = new Uint8Array(values.buffer, values.byteOffset + 4 * at, 4 * count);
      if (file.read(bytes, 4 * page * pageRows * width) < bytes.length)
        throw new InternalError("a page of features is missing");
    },
  };
  return { pages, width, findings };
}

/** The same features in memory. */
export function residentBlock({ shape, data, pages }: Block): Block {
  if (!pages) return { shape, data };
  const { rows, pageRows, read } = pages;
  const values = new Float32Array(rows * shape[0]);
  for (let row = 0; row < rows; row += pageRows) read(row / pageRows, values, row * shape[0]);
  return { shape, data: values };
}

/** What the recipe has to tell of rows; of a table on disk the categories it never saw. */
export const recipeFindings = (
  recipe: Recipe,
  table: Table,
  rows: Int32Array,
): readonly Finding[] =>
  table.stored
    ? eachBlock(recipe, table, rows, () => {})
    : applyRecipe(recipe, table, rows).findings;

/** FNV-1a of the rows' numbers. */
const sumOf = (rows: Int32Array): number =>
  rows.reduce((sum, row) => Math.imul(sum ^ row, 0x01000193), 0x811c9dc5) >>> 0;

function eachBlock(
  recipe: Recipe,
  table: Table,
  rows: Int32Array,
  take: (values: Float32Array) => void,
): Finding[] {
  const unseen = new Map<string, Extract<Finding, { kind: "unseen category" }>>();
  eachPart(table, rows, (part, inPart) => {
    const { values, findings } = applyRecipe(recipe, part, inPart);
    take(values);
    for (const finding of findings) {
      if (finding.kind !== "unseen category") continue;
      const key = `${finding.column}=${finding.value}`;
      const count = finding.count + (unseen.get(key)?.count ?? 0);
      const times = count === 1 ? "1 time" : `${count} times`;
      const message = finding.message.replace(/ \d+ times?, never in/, ` ${times}, never in`);
      unseen.set(key, { ...finding, count, message });
    }
  });
  return [...unseen.values()];
}
