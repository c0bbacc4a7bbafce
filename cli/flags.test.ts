import { describe, expect, test } from "vitest";
import * as flags from "./flags.ts";

const { above0, below1, name, names, nearest, oneOf, share, UsageError, whole, widths } = flags;

const epochs = whole(1, 1000, 200)("epochs");
const hidden = widths("hidden");

describe("accepted", () => {
  test.each([
    [epochs("200"), 200],
    [epochs("2e2"), 200],
    [above0("1e-3")("learning-rate")("1e-3"), 0.001],
    [below1("0.1")("dropout")("0"), 0],
    [share("0.2")("test-fraction")(".25"), 0.25],
    [oneOf("relu", "leakyRelu")("activation")("LeakyReLU"), "leakyRelu"],
  ])("%j is %j", (found, expected) => expect(found).toBe(expected));

  test("lists", () => {
    expect(hidden("32, 16")).toEqual([32, 16]);
    expect(hidden("none")).toEqual([]);
    expect(names("ignore", "A,B")("B,C", ["A"])).toEqual(["A", "B", "C"]);
  });
});

describe("refused, in one line with flag, value and what is allowed", () => {
  test.each<[() => unknown, string]>([
    [
      () => epochs("ten"),
      "--epochs is “ten”; it must be a whole number from 1 to 1000, such as 200.",
    ],
    [() => epochs("0"), "--epochs is “0”; it must be a whole number from 1 to 1000, such as 200."],
    [
      () => epochs("1.5"),
      "--epochs is “1.5”; it must be a whole number from 1 to 1000, such as 200.",
    ],
    [
      () => epochs("0x10"),
      "--epochs is “0x10”; it must be a whole number from 1 to 1000, such as 200.",
    ],
    [() => epochs(""), "--epochs is “”; it must be a whole number from 1 to 1000, such as 200."],
    [
      () => above0("1e-3")("learning-rate")("0"),
      "--learning-rate is “0”; it must be a number above 0, such as 1e-3.",
    ],
    [
      () => above0("1e-3")("learning-rate")("Infinity"),
      "--learning-rate is “Infinity”; it must be a number above 0, such as 1e-3.",
    ],
    [
      () => below1("0.1")("dropout")("1"),
      "--dropout is “1”; it must be a number from 0 to below 1, such as 0.1.",
    ],
    [
      () => share("0.2")("test-fraction")("0"),
      "--test-fraction is “0”; it must be a share between 0 and 1, such as 0.2.",
    ],
    [() => oneOf("a", "b")("task")("c"), "--task is “c”; it must be one of a, b."],
    [
      () => hidden("32,,16"),
      "--hidden is “32,,16”; it must be widths of hidden layers such as 32,16, or none.",
    ],
    [
      () => hidden("1e9"),
      "--hidden is “1e9”; it must be widths of hidden layers such as 32,16, or none.",
    ],
    [
      () => hidden("70000"),
      "--hidden is “70000”; it must be widths of hidden layers such as 32,16, or none.",
    ],
    [
      () => names("ignore", "A,B")("A,"),
      "--ignore is “A,”; it must be a list with commas between, such as A,B.",
    ],
    [() => name("out")(" "), "--out is empty. Give it a value."],
  ])("%#: %s", (parse, message) => expect(parse).toThrow(new UsageError(message)));
});

test("the nearest word, if one is near", () => {
  const commands = ["train", "evaluate", "predict", "inspect"];
  expect(["trian", "eval", "predcit", "serve", "x"].map((word) => nearest(word, commands))).toEqual(
    ["train", "evaluate", "predict", undefined, undefined],
  );
});
