import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError, ShapeError } from "../base/errors.ts";
import { sizeOf } from "../base/shape.ts";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "./safetensors.ts";

const goldens = new URL("../../test/goldens/safetensors/", import.meta.url);
const golden = new Uint8Array(readFileSync(new URL("small.safetensors", goldens)));

/** What make.py wrote, in another order. */
const tensors: Record<string, StoredTensor> = {
  scalar: { dtype: "i32", shape: [], data: Int32Array.of(7) },
  empty: { dtype: "f32", shape: [0, 4], data: new Float32Array(0) },
  counts: { dtype: "i32", shape: [1, 2], data: Int32Array.of(-2147483648, 2147483647) },
  "0.bias": { dtype: "f32", shape: [1], data: Float32Array.of(0.1) },
  "1.weight": {
    dtype: "f32",
    shape: [2, 3],
    data: Float32Array.of(1.5, -2.25, 3, Infinity, -0, 1e-45),
  },
};
const metadata = { maker: 'größe "1"' };

describe("against the reference implementation", () => {
  test("writes the same bytes", () =>
    expect(encodeSafetensors({ tensors, metadata })).toEqual(golden));
  test("reads its file", () => expect(decodeSafetensors(golden)).toEqual({ tensors, metadata }));
});

const names = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("0", "10", "__proto__", "}{"),
);
const anyTensor: fc.Arbitrary<StoredTensor> = fc
  .tuple(
    fc.array(fc.nat(4), { maxLength: 4 }),
    fc.constantFrom("f32", "i32"),
    fc.infiniteStream(fc.integer()),
  )
  .map(([shape, dtype, bits]) => {
    const data = Int32Array.from({ length: sizeOf(shape) }, () => bits.next().value as number);
    // Bit patterns, not numbers: NaN payloads must survive too.
    return { dtype, shape, data: dtype === "f32" ? new Float32Array(data.buffer) : data };
  });
const anyTensors = fc
  .uniqueArray(fc.tuple(names, anyTensor), { selector: ([name]) => name, maxLength: 5 })
  .map((entries) => Object.fromEntries(entries));

describe("round trip", () => {
  test("any tensors and metadata come back bit for bit", () => {
    fc.assert(
      fc.property(anyTensors, fc.dictionary(names, fc.string()), (some, notes) => {
        const bytes = encodeSafetensors({ tensors: some, metadata: notes });
        const back = decodeSafetensors(bytes);
        expect(Object.keys(back.tensors).sort()).toEqual(Object.keys(some).sort());
        expect(encodeSafetensors(back)).toEqual(bytes);
      }),
    );
  });

  test("from a Buffer, as copies", () => {
    const buffer = Buffer.from(golden);
    const read = decodeSafetensors(buffer);
    buffer.fill(0);
    expect(read).toEqual({ tensors, metadata });
  });

  test("from a view that is not aligned", () => {
    const shifted = new Uint8Array(golden.length + 1);
    shifted.set(golden, 1);
    expect(decodeSafetensors(shifted.subarray(1))).toEqual({ tensors, metadata });
  });
});

/** A file with this header, its data all zero. */
function file(header: string, dataBytes = 0, claimed?: bigint): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}
const one = (shape: string, offsets: string) =>
  `{"a":{"dtype":"F32","shape":${shape},"data_offsets":${offsets}}}`;
const two = (first: string, second: string) =>
  `{"a":{"dtype":"F32","shape":[1],"data_offsets":${first}},"b":{"dtype":"F32","shape":[1],"data_offsets":${second}}}`;

describe("hostile files are refused", () => {
  test.each<[string, Uint8Array, string]>([
    ["nothing", new Uint8Array(0), "0 bytes"],
    ["no header", new Uint8Array(8), "does not begin with {"],
    ["a huge header", file("{}", 0, 2n ** 63n), "over 100 MB"],
    ["a header past the end", file("{}", 0, 3n), "cut short"],
    ["another file", new TextEncoder().encode("PK\u0003\u0004 something else"), "over 100 MB"],
    ["an array", file("[]"), "does not begin with {"],
    ["a space first", file(" {}"), "does not begin with {"],
    ["broken JSON", file("{"), "not JSON"],
    ["broken UTF-8", file("{}").fill(0xff, 9), "not UTF-8"],
    ["trailing bytes", file("{}", 4), "take 0 bytes of data, the file has 4"],
    ["data cut short", file(one("[2]", "[0,8]"), 4), "take 8 bytes of data, the file has 4"],
    ["offsets backwards", file(one("[1]", "[4,0]"), 4), "takes -4 bytes"],
    [
      "size and shape apart",
      file(one("[2]", "[0,4]"), 4),
      "takes 4 bytes where dtype and shape need 8",
    ],
    ["a negative length", file(one("[-1,-1]", "[0,4]"), 4), "no proper shape"],
    ["a fraction", file(one("[0.5,2]", "[0,4]"), 4), "no proper shape"],
    ["lengths that overflow", file(one("[4294967296,4294967296]", "[0,0]")), "need"],
    ["one offset", file(one("[1]", "[0]"), 4), "no proper data_offsets"],
    ["an overlap", file(two("[0,4]", "[0,4]"), 4), "begins at byte 0, expected at 4"],
    ["a hole", file(two("[0,4]", "[8,12]"), 12), "begins at byte 8, expected at 4"],
    ["a late start", file(one("[1]", "[4,8]"), 8), "begins at byte 4, expected at 0"],
    ["a key twice", file('{"a":1,"\\u0061":2}'), "key “a” twice"],
    ["an inner key twice", file('{"a":{"dtype":"F32","dtype":"F32"}}'), "key “dtype” twice"],
    ["an entry that is null", file('{"a":null}'), "no dtype"],
    [
      "an unknown dtype",
      file('{"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}', 8),
      "F64; only",
    ],
    ["an inherited dtype", file('{"a":{"dtype":"toString"}}'), "toString; only"],
    ["metadata that is no text", file('{"__metadata__":{"a":1}}'), "map of text to text"],
    ["metadata that is a list", file('{"__metadata__":["a"]}'), "map of text to text"],
  ])("%s", (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes, "w.safetensors")).toThrow(InputError);
    expect(() => decodeSafetensors(bytes, "w.safetensors")).toThrow(message);
  });

  test("2000 mutations of a good file: read or refused, never anything else", () => {
    let refused = 0;
    const edit = fc.tuple(
      fc.nat(golden.length - 1),
      fc.nat(255),
      fc.constantFrom("set", "cut", "add"),
    );
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        let bytes = [...golden];
        for (const [at, value, kind] of edits) {
          if (kind === "set") bytes[at % bytes.length] = value;
          else if (kind === "add") bytes.splice(at, 0, value);
          else bytes = bytes.slice(0, Math.max(1, at));
        }
        try {
          decodeSafetensors(Uint8Array.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          refused++;
        }
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(1000);
  });

  test("a long header costs no stack", () => {
    const long = `{"__metadata__":{"a":"${"x".repeat(20_000_000)}"}}`;
    expect(decodeSafetensors(file(long)).metadata.a).toHaveLength(20_000_000);
    expect(() => decodeSafetensors(file(`{"a":${"[".repeat(1_000_000)}`))).toThrow(InputError);
  });
});

describe("writing refuses", () => {
  test.each<[string, StoredTensor, string]>([
    [
      "a",
      { dtype: "f32", shape: [2], data: Float32Array.of(1) },
      "has 1 values where shape [2] needs 2",
    ],
    ["a", { dtype: "f32", shape: [1], data: Int32Array.of(1) }, "Pass a Float32Array"],
    ["__metadata__", { dtype: "i32", shape: [1], data: Int32Array.of(1) }, "reserved"],
  ])("%s %o", (name, tensor, message) => {
    expect(() => encodeSafetensors({ tensors: { [name]: tensor } })).toThrow(ShapeError);
    expect(() => encodeSafetensors({ tensors: { [name]: tensor } })).toThrow(message);
  });
});
