/** REDCap's branching logic: whether a question was put to a record, `[sex] = '2' and [age] >= 15`. */
import { toNumber } from "../table.ts";

/** The code that a record has in a field, or in one of its checkboxes; "" where it is blank. */
export type Lookup = (
  field: string,
  checkbox: string | undefined,
) => ((row: number) => string) | null;

type Condition = (row: number) => boolean;
type Operand = (row: number) => string;

const tokens =
  /\s*(?:(\()|(\))|\b(and|or)\b|(<=|>=|<>|!=|=|<|>)|\[([\w-]+)(?:\((-?\w+)\))?\]|'([^']*)'|"([^"]*)"|(-?\d+(?:\.\d+)?))/iy;

interface Token {
  readonly kind: "open" | "close" | "word" | "sign" | "value";
  readonly text: string;
  readonly read?: Operand;
}

const deepest = 50;

/**
 * Comparisons of fields, texts and numbers with `and`, `or` and parentheses; `null` where the logic
 * has more than that (functions, arithmetic, other events), or a field that is not there.
 *
 *     parseBranching("[sex] = '2'", (field) => (row) => codes[field][row])(0); // true
 */
export function parseBranching(logic: string, lookup: Lookup): Condition | null {
  const found = tokensOf(logic, lookup);
  if (!found) return null;
  let at = 0;
  const next = (kind: Token["kind"], text?: string): Token | null => {
    const token = found[at];
    if (token?.kind !== kind || (text !== undefined && token.text !== text)) return null;
    at++;
    return token;
  };
  const comparison = (depth: number): Condition | null => {
    if (next("open")) {
      const inner = depth < deepest ? chain("or", depth + 1) : null;
      return inner && next("close") ? inner : null;
    }
    const [left, sign, right] = [next("value"), next("sign"), next("value")];
    if (!left?.read || !sign || !right?.read) return null;
    return compared(sign.text, left.read, right.read);
  };
  const chain = (word: "or" | "and", depth: number): Condition | null => {
    const parts: (Condition | null)[] = [];
    do parts.push(word === "or" ? chain("and", depth) : comparison(depth));
    while (next("word", word));
    if (!parts.every((part) => part !== null)) return null;
    return word === "or"
      ? (row) => parts.some((part) => part(row))
      : (row) => parts.every((part) => part(row));
  };
  const whole = chain("or", 0);
  return at === found.length ? whole : null;
}

function tokensOf(logic: string, lookup: Lookup): Token[] | null {
  const text = logic.trim();
  const found: Token[] = [];
  tokens.lastIndex = 0;
  while (tokens.lastIndex < text.length) {
    const match = tokens.exec(text);
    if (!match) return null;
    const [, open, close, word, sign, field, checkbox, single, double, number] = match;
    if (open) found.push({ kind: "open", text: open });
    else if (close) found.push({ kind: "close", text: close });
    else if (word) found.push({ kind: "word", text: word.toLowerCase() });
    else if (sign) found.push({ kind: "sign", text: sign });
    else {
      const constant = single ?? double ?? number ?? "";
      const read = field === undefined ? () => constant : lookup(field.toLowerCase(), checkbox);
      if (!read) return null;
      found.push({ kind: "value", text: constant, read });
    }
  }
  return found;
}

/** What each sign says of −1, 0 and 1: smaller, the same, larger; NaN: neither. */
const signs: Readonly<Record<string, (order: number) => boolean>> = {
  "=": (order) => order === 0,
  "<": (order) => order < 0,
  ">": (order) => order > 0,
  "<=": (order) => order <= 0,
  ">=": (order) => order >= 0,
  "<>": (order) => order !== 0,
  "!=": (order) => order !== 0,
};

const compared = (sign: string, left: Operand, right: Operand): Condition => {
  const holds = signs[sign]!;
  return (row) => holds(orderOf(left(row), right(row)));
};

const isDate = (text: string) => /^\d{4}-\d{2}-\d{2}/.test(text);

/** By size where both are numbers, by the calendar where both are dates; NaN where a ≠ b is all one can say. */
export function orderOf(a: string, b: string): number {
  if (a === b) return 0;
  if (isDate(a) && isDate(b)) return a < b ? -1 : 1;
  return Math.sign(toNumber(a, false) - toNumber(b, false));
}
