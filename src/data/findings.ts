/** What the data half has to tell people: typed, countable, one line each. */

interface Said {
  readonly level: "note" | "warning";
  readonly message: string;
}

/** Something met while reading, describing, splitting or applying that did not stop the work. */
export type Finding = Said &
  (
    | { readonly kind: "encoding"; readonly encoding: string }
    | { readonly kind: "ragged lines"; readonly count: number; readonly lines: readonly number[] }
    | { readonly kind: "empty rows"; readonly count: number }
    | { readonly kind: "mixed decimals"; readonly commas: number; readonly points: number }
    | { readonly kind: "stored" | "forms not filled" | "not asked" | "unread logic" }
    | {
        readonly kind: "long format";
        readonly column: string;
        readonly records: number;
        readonly rows: number;
      }
    | { readonly kind: "foreign code"; readonly column: string; readonly count: number }
    | {
        readonly kind: "beyond validation";
        readonly column: string;
        readonly count: number;
        readonly rows: readonly number[];
      }
    | { readonly kind: "left out"; readonly column: string; readonly because: string }
    | {
        readonly kind: "whole numbers as category";
        readonly column: string;
        readonly count: number;
      }
    | {
        readonly kind: "repeated identifier";
        readonly column: string;
        readonly distinct: number;
        readonly rows: number;
      }
    | { readonly kind: "missing target"; readonly column: string; readonly count: number }
    | { readonly kind: "foreign label"; readonly label: string; readonly count: number }
    | { readonly kind: "task found"; readonly column: string; readonly task: string }
    | { readonly kind: "imputed"; readonly column: string; readonly count: number }
    | {
        readonly kind: "unseen category";
        readonly column: string;
        readonly value: string;
        readonly count: number;
      }
    | {
        readonly kind: "out of range";
        readonly column: string;
        readonly count: number;
        readonly rows: readonly number[];
      }
  );

/** “text”, on one line and not longer than 40 characters, for a message. */
export function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would break the one line
  const line = text.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, " ");
  return `“${line.length > 40 ? `${line.slice(0, 37)}…` : line}”`;
}

/** `3 rows`, `1 row`. */
export const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? "" : "s"}`;

/** `a, b, c (26 more)`. */
export function listed(items: readonly string[], most = 8): string {
  const shown = items.slice(0, most).join(", ");
  return items.length > most ? `${shown} (${items.length - most} more)` : shown;
}

/** `a, b and c`; `a, b, c (26 more)`. */
export const conjoined = (items: readonly string[], most = 8): string =>
  items.length < 2 || items.length > most
    ? listed(items, most)
    : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
