/** NumPy's types of elements by their codes: `<f8`, `|S12`, `>U5`, `<M8[ns]`. */
import { cellText, dateText, float32Text } from "./cells.ts";

export interface Element {
  readonly size: number;
  readonly isText: boolean;
  /** What reads the text of the element that begins at a byte. */
  readonly reader: (view: DataView) => (at: number) => string;
}

/** Milliseconds in NumPy's units of time; years and months are counted in the calendar. */
const units: Readonly<Record<string, number>> = {
  W: 604_800_000,
  D: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  ns: 1e-6,
};
/** Not a time: the smallest int64. */
const noTime = BigInt.asIntN(64, 1n << 63n);

/** An Error for complex numbers, Python objects and other types that no table has. */
export function elementOf(code: string): Element {
  const [, order, kind, digits = "", unit] = /^([<>|=])([a-zA-Z])(\d*)(?:\[(\w+)\])?$/.exec(
    code,
  ) ?? [code, "", "", ""];
  const little = order !== ">";
  const size = Number(digits);
  if (size === 0 && kind !== "O") throw new Error("it holds elements without any bytes");
  if (kind === "O")
    throw new Error("it holds Python objects, which are not read. Save it with a fixed type");
  if (kind === "S") return { size, isText: true, reader: (view) => bytesReader(view, size) };
  if (kind === "U")
    return { size: 4 * size, isText: true, reader: (view) => unicodeReader(view, size, little) };
  const milliseconds = units[unit ?? ""];
  if (kind === "M" && size === 8 && milliseconds !== undefined)
    return {
      ...{ size, isText: false },
      reader: (view) => (at) => {
        const time = view.getBigInt64(at, little);
        return time === noTime ? "" : dateText(Math.floor(Number(time) * milliseconds));
      },
    };
  const reader = numberReaders[`${kind}${digits}`];
  if (!reader) throw new Error(`it holds elements of the type ${code.slice(0, 20)}`);
  return { size, isText: false, reader: (view) => reader(view, little) };
}

type Reader = (view: DataView, little: boolean) => (at: number) => string;

const numberReaders: Readonly<Record<string, Reader>> = {
  b1: (view) => (at) => String(view.getUint8(at) !== 0),
  i1: (view) => (at) => String(view.getInt8(at)),
  u1: (view) => (at) => String(view.getUint8(at)),
  i2: (view, little) => (at) => String(view.getInt16(at, little)),
  u2: (view, little) => (at) => String(view.getUint16(at, little)),
  i4: (view, little) => (at) => String(view.getInt32(at, little)),
  u4: (view, little) => (at) => String(view.getUint32(at, little)),
  i8: (view, little) => (at) => String(view.getBigInt64(at, little)),
  u8: (view, little) => (at) => String(view.getBigUint64(at, little)),
  f2: (view, little) => (at) => float16Text(view.getUint16(at, little)),
  f4: (view, little) => (at) => float32Text(view.getFloat32(at, little)),
  f8: (view, little) => (at) => cellText(view.getFloat64(at, little))!,
};

/** The shortest decimals that lie nearer to this float16 than to any other. */
function float16Text(bits: number): string {
  const sign = bits >> 15 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? "" : String(sign * Number.POSITIVE_INFINITY);
  const step = powerOfTwo(Math.max(exponent, 1) - 25);
  const value = sign * step * (exponent === 0 ? fraction : 1024 + fraction);
  for (let digits = 1; digits < 6; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.round(short / step) * step === value) return String(short);
  }
  return String(value);
}

function powerOfTwo(exponent: number): number {
  let power = 1;
  for (let i = 0; i < Math.abs(exponent); i++) power *= exponent < 0 ? 0.5 : 2;
  return power;
}

const decoder = new TextDecoder();

function bytesReader({ buffer, byteOffset }: DataView, size: number): (at: number) => string {
  return (at) => {
    const field = new Uint8Array(buffer, byteOffset + at, size);
    const end = field.indexOf(0);
    return decoder.decode(end < 0 ? field : field.subarray(0, end));
  };
}

function unicodeReader(view: DataView, size: number, little: boolean): (at: number) => string {
  return (at) => {
    let text = "";
    for (let i = 0; i < size; i++) {
      const code = view.getUint32(at + 4 * i, little);
      if (code === 0) break;
      if (code > 0x10ffff) throw new Error(`a text in it has the character code ${code}`);
      text += String.fromCodePoint(code);
    }
    return text;
  };
}
