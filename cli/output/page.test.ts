import { expect, test } from "vitest";
import { capture } from "../../test/cli/capture.ts";
import { Page, warn } from "./page.ts";

const page = (columns: number, color = false) => new Page(capture({ columns, color }).out);

test("a fact hangs behind its label", () => {
  const wide = page(80);
  wide.fact(
    "split",
    "train 364 · validation 91 · test 114, stratified, seed 0, and some more words",
  );
  wide.fact("", "below the text");
  expect(wide.text()).toMatchInlineSnapshot(`
    "  split      train 364 · validation 91 · test 114, stratified, seed 0, and some
                 more words
                 below the text
    "
  `);
});

test("in a narrow window there is no room for that", () => {
  const narrow = page(40);
  narrow.fact("split", "train 364 · validation 91 · test 114, stratified");
  narrow.fact("", "below the text");
  expect(narrow.text()).toMatchInlineSnapshot(`
    "  split      train 364 · validation 91 ·
        test 114, stratified
        below the text
    "
  `);
});

test("a table aligns by what is seen, and its last column wraps", () => {
  const { text, style, table } = bound(page(42, true));
  table(
    [
      ["AUROC", style.strong("0.994"), "0.984 – 0.999"],
      ["log loss", "−0.1", "words that go on and on and on"],
      "a line of its own",
    ],
    [{}, { align: "right" }, {}],
  );
  expect(text()).toMatchInlineSnapshot(`
    "  AUROC     [1m0.994[22m  0.984 – 0.999
      log loss   −0.1  words that go on and on
                       and on
        a line of its own
    "
  `);
});

const bound = (each: Page) => ({
  text: each.text.bind(each),
  table: each.table.bind(each),
  style: each.style,
});

test("warnings start with a mark, not with a color alone", () => {
  const { err } = capture({ columns: 40 });
  warn(err, "id repeats (312 values in 1945 rows):\u001b[2J rows of one patient");
  expect(err.text).toMatchInlineSnapshot(`
    "! id repeats (312 values in 1945
      rows):�[2J rows of one patient
    "
  `);
});
