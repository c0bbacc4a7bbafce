/** Rows that belong together, such as the visits of one patient, and must stay on one side. */
import { InputError } from "../base/errors.ts";
import { quoted } from "./findings.ts";
import { levelsOf, numbersOf, requireColumn, type Table } from "./table.ts";

export interface Groups {
  readonly column: string;
  /** What each group is called in the table. */
  readonly names: readonly string[];
  /** For each row of the table the place of its group in `names`. */
  readonly of: Int32Array;
}

/** Reads the group column; a row without a group is an InputError, since it could be anyone's. */
export function readGroups(table: Table, name: string, role = "group"): Groups {
  const column = requireColumn(table, name);
  const groupAt = levelsOf(table, column, numbersOf(table, column).strange === 0);
  const places = new Map<string, number>();
  const of = Int32Array.from({ length: table.rows }, (_, row) => {
    const group = groupAt(row);
    if (group === null)
      throw new InputError(
        `${table.name}, line ${table.lines[row]}: the ${role} column ${quoted(name)} is empty. ` +
          `Fill it in, or leave the line out.`,
      );
    const place = places.get(group) ?? places.size;
    places.set(group, place);
    return place;
  });
  return { column: name, names: [...places.keys()], of };
}
