/** Numbers as a report prints them: as many figures as matter, alike where they stand together. */
import { expect, test } from "vitest";
import { likeSpread, methodOf, numbers, short, spelled } from "./format.ts";
import { el } from "./html.ts";

test("three figures that matter, whatever the size", () => {
  expect([0.000123, 0.00706, 0.0629, 0.105, 1.234, 12.34, 123.4, 1234].map(short)).toEqual([
    ...["0.000123", "0.00706", "0.0629", "0.105", "1.23", "12.3", "123", "1\u202f234"],
  ]);
  expect([0, -0.5, 2e6].map(short)).toEqual(["0", "−0.500", "2.00e+6"]);
});

test("mean, median and range have the decimals of their deviation", () => {
  const [fine, coarse, none] = [0.0141, 352, 0].map(likeSpread);
  expect([0.09636, 0.0141, 0.1634].map(fine!)).toEqual(["0.0964", "0.0141", "0.1634"]);
  expect([654.9, 352, 2501].map(coarse!)).toEqual(["655", "352", "2\u202f501"]);
  expect(none!(12)).toBe("12.0");
});

test("a value and the ends of its interval have the same decimals", () => {
  const ratio = { value: 36, low: 9.18, high: 141.2 };
  expect(spelled(ratio)).toBe("36.0 [9.2,\u00a0141.2]");
  const cells = numbers([ratio.value, ratio.low, ratio.high, null]);
  expect(cells.map((cell) => el("td", {}, cell).text.replace(/<[^>]*>/g, ""))).toEqual([
    ...["36.0", "9.2", "141.2", "—"],
  ]);
});

test("counts in a method are spelled as elsewhere; the reason goes first", () => {
  expect(methodOf({ method: "bootstrap of 1186 rows, 2000 resamples" })).toBe(
    "bootstrap of 1\u202f186 rows, 2\u202f000 resamples",
  );
  expect(methodOf({ method: "Wald", reason: "no event" })).toBe("no event");
  expect(methodOf(null)).toBe("");
});
