/** JSON that was written by someone: typed by checks, with the place and the need in the fault. */
import { InputError, InternalError } from "../base/errors.ts";

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Returns the value, typed, or throws an `InputError` that names `place`. */
export type Check<T> = (value: unknown, place: string) => T;

const kind =
  <T>(needs: string, holds: (value: unknown) => boolean): Check<T> =>
  (value, place) => {
    if (holds(value)) return value as T;
    throw new InputError(
      `${place} ${value === undefined ? "is missing" : "is something else"}; it must be ${needs}.`,
    );
  };

export const anyText = kind<string>("text", (value) => typeof value === "string");
export const anyNumber = kind<number>("a number", (value) => typeof value === "number");
export const anyJson = kind<Json>("a JSON value", (value) => value !== undefined);
const anyObject = kind<Record<string, unknown>>(
  "an object",
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
);
const anyList = kind<unknown[]>("a list", Array.isArray);

export const orNull =
  <T>(check: Check<T>): Check<T | null> =>
  (value, place) =>
    value === null ? null : check(value, place);

export const listOf =
  <T>(check: Check<T>): Check<readonly T[]> =>
  (value, place) =>
    anyList(value, place).map((item, index) => check(item, `${place}[${index}]`));

/** An object with these fields; others are dropped. */
export const fields =
  <T extends Readonly<Record<string, unknown>>>(
    checks: {
      readonly [K in keyof T]: Check<T[K]>;
    },
  ): Check<T> =>
  (value, place) => {
    const found = anyObject(value, place);
    const read = Object.entries(checks).map(([key, check]) => [
      key,
      (check as Check<unknown>)(
        Object.hasOwn(found, key) ? found[key] : undefined,
        `${place}: “${key}”`,
      ),
    ]);
    return Object.fromEntries(read) as T;
  };

/** Parses JSON bytes; the fault names `file`. */
export function decodeJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new InputError(`${file} is not JSON; it was damaged or edited.`, { cause: error });
  }
}

/** Indented JSON with a line feed at the end; refuses what JSON would silently turn into `null`. */
export function encodeJson(value: Json): string {
  return `${JSON.stringify(value, finite, 2)}\n`;
}

/** JSON on one line, for a line of `events.jsonl` or a hash. */
export function encodeJsonLine(value: Json): string {
  return `${JSON.stringify(value, finite)}\n`;
}

function finite(key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value))
    throw new InternalError(`“${key}” is ${value}, which JSON cannot hold. Write null.`);
  return value;
}
