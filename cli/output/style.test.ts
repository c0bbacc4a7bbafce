import fc from "fast-check";
import { expect, test } from "vitest";
import { harmless, padEnd, padStart, styleFor, widthOf, wrap } from "./style.ts";
import { wantsColor } from "./terminal.ts";

const red = "\u001b[31m";

test("width: paint and marks take none, East Asian letters two", () => {
  const { strong } = styleFor({ color: true });
  expect([strong("abc"), "é", "e\u0301", "細胞", ""].map(widthOf)).toEqual([3, 1, 1, 4, 0]);
});

test("padding counts columns", () => {
  expect([padEnd("細胞", 6), padStart("7", 3), padEnd("long", 2)]).toEqual([
    "細胞  ",
    "  7",
    "long",
  ]);
});

test("what a stranger's file says cannot steer the terminal", () => {
  expect(harmless(`${red}x\u0007\r\u009b2J\u202ey`)).toBe("�[31mx���2J�y");
});

test("wrap breaks at spaces, keeps runs of spaces, and cuts what is longer than a line", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrap("a   b", 10)).toEqual(["a   b"]);
  expect(wrap("abcdefgh ij", 3)).toEqual(["abc", "def", "gh", "ij"]);
  expect(wrap("a b c d", 3, 1)).toEqual(["a", "b c", "d"]);
  expect(wrap("", 5)).toEqual([""]);
});

test("wrapped lines fit, and lose nothing but spaces", () => {
  const words = fc.array(fc.string({ maxLength: 12 }).map((word) => word.replaceAll(/\s/g, "_")));
  fc.assert(
    fc.property(words, fc.integer({ min: 2, max: 30 }), (parts, width) => {
      const text = parts.join(" ");
      const lines = wrap(text, width);
      expect(lines.every((line) => widthOf(line) <= width)).toBe(true);
      expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
    }),
  );
});

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: "1" }, false],
  [true, { NO_COLOR: "" }, true],
  [false, { FORCE_COLOR: "1" }, true],
  [true, { FORCE_COLOR: "0" }, false],
  [false, { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
  [true, { TERM: "dumb" }, false],
])("color on a terminal (%s) with %o: %s", (isTerminal, environment, expected) =>
  expect(wantsColor(isTerminal, environment)).toBe(expected),
);
