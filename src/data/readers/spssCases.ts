/** The cases of an SPSS file, one after the other, whatever their compression. */
import { InputError } from "../../base/errors.ts";
import { mostUnpacked, type SourceFile } from "./cells.ts";
import type { Dictionary } from "./spssDictionary.ts";

/** Each case as the bytes of its variables; the view is the same one each time. */
export async function readRows(
  file: SourceFile,
  dictionary: Dictionary,
): Promise<Iterable<DataView>> {
  const { compression, begin } = dictionary;
  const rest = file.bytes.subarray(begin);
  if (compression === 0) return plainRows(rest, dictionary);
  if (compression === 1) return bytecodeRows(rest, dictionary);
  if (compression === 2) return bytecodeRows(await inflated(file, dictionary), dictionary);
  throw new Error(`its compression is ${compression}`);
}

const asked = ({ cases }: Dictionary) => (cases < 0 ? Number.POSITIVE_INFINITY : cases);

function* plainRows(bytes: Uint8Array, dictionary: Dictionary): Generator<DataView> {
  const { caseLength } = dictionary;
  const count = Math.min(asked(dictionary), Math.floor(bytes.length / caseLength));
  for (let row = 0; row < count; row++)
    yield new DataView(bytes.buffer, bytes.byteOffset + row * caseLength, caseLength);
}

/** Codes of a byte: an instruction for eight bytes of a case. */
const code = { nothing: 0, end: 252, raw: 253, blank: 254, missing: 255 };

/**
 * Eight codes, then what they call for. 1 … 251 are small whole numbers, code − bias.
 */
function* bytecodeRows(bytes: Uint8Array, dictionary: Dictionary): Generator<DataView> {
  const { caseLength, little, bias, nothing } = dictionary;
  const row = new Uint8Array(caseLength);
  const view = new DataView(row.buffer);
  let left = asked(dictionary);
  let place = 0;
  for (let at = 0; at + 8 <= bytes.length && left > 0; ) {
    const codes = bytes.subarray(at, at + 8);
    at += 8;
    for (const each of codes) {
      if (each === code.nothing) continue;
      if (each === code.end) return;
      if (each === code.raw) {
        if (at + 8 > bytes.length) return;
        row.set(bytes.subarray(at, at + 8), place);
        at += 8;
      } else if (each === code.blank) row.fill(32, place, place + 8);
      else view.setFloat64(place, each === code.missing ? nothing : each - bias, little);
      place += 8;
      if (place < caseLength) continue;
      yield view;
      place = 0;
      if (--left === 0) return;
    }
  }
}

/** The blocks of a .zsav file, unpacked; their index stands at the end. */
async function inflated(
  { name, bytes }: SourceFile,
  { begin, little, cases, caseLength }: Dictionary,
): Promise<Uint8Array> {
  const { unzlibSync } = await import("fflate");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = (at: number) => Number(view.getBigInt64(at, little));
  const index = long(begin + 8);
  if (!(index >= 0 && index + 24 <= bytes.length)) throw new Error("its index lies outside of it");
  const count = view.getInt32(index + 20, little);
  if (!(count >= 0 && index + 24 + 24 * count <= bytes.length))
    throw new Error("its index is cut off");
  const blocks = Array.from({ length: count }, (_, i) => {
    const at = index + 24 + 24 * i;
    const size = view.getInt32(at + 20, little);
    const unpacked = view.getInt32(at + 16, little);
    const from = long(at + 8);
    if (!(from >= 0 && size >= 0 && from + size <= bytes.length && unpacked >= 0))
      throw new Error("a block lies outside of it");
    if (unpacked > 1040 * size) throw new Error("a block claims more than it holds");
    return { from, size, unpacked };
  });
  const packed = blocks.reduce((sum, { size }) => sum + size, 0);
  const total = blocks.reduce((sum, { unpacked }) => sum + unpacked, 0);
  if (packed > bytes.length) throw new Error("its blocks share their bytes");
  // a code for every eight bytes, and codes of nothing at the end
  if (cases >= 0 && total > cases * caseLength * 1.125 + 4096)
    throw new Error("its blocks hold more than its cases");
  if (total > mostUnpacked)
    throw new InputError(`${name} unpacks to more than 4 GiB. Keep the columns and rows you need.`);
  const whole = new Uint8Array(total);
  let place = 0;
  for (const { from, size, unpacked } of blocks) {
    const out = whole.subarray(place, place + unpacked);
    if (unzlibSync(bytes.subarray(from, from + size), { out }).length !== unpacked)
      throw new Error("a block is shorter than the index says");
    place += unpacked;
  }
  return whole;
}
