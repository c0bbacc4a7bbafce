/**
 * The safetensors format: `u64 n | n bytes of JSON | data`, little-endian, row-major.
 * Source: https://github.com/huggingface/safetensors, README, "Format".
 */
import { InputError, ShapeError } from "../base/errors.ts";
import { type Shape, sizeOf, spellShape } from "../base/shape.ts";

export interface StoredTensor {
  readonly dtype: "f32" | "i32";
  readonly shape: Shape;
  readonly data: Float32Array | Int32Array;
}

export interface Safetensors {
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  readonly metadata?: Readonly<Record<string, string>>;
}

interface Entry {
  readonly name: string;
  readonly dtype: StoredTensor["dtype"];
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

const arrays = { f32: Float32Array, i32: Int32Array } as const;
const dtypes: Readonly<Record<string, StoredTensor["dtype"]>> = { F32: "f32", I32: "i32" };
const bytesPerElement = 4;
const bytesOfLength = 8;
const largestHeader = 100_000_000;

/**
 * The bytes of a safetensors file; equal tensors give equal bytes, whatever their order.
 * Throws a `ShapeError` where data and shape or dtype disagree.
 * @example const bytes = encodeSafetensors({ tensors: { "0.bias": { dtype: "f32", shape: [1], data } } });
 */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const sorted = Object.entries(tensors).sort(inFileOrder);
  const parts = metadata ? [`"__metadata__":${spellMetadata(metadata)}`] : [];
  let end = 0;
  for (const [name, tensor] of sorted) {
    checkTensor(name, tensor);
    const begin = end;
    end += tensor.data.byteLength;
    parts.push(
      `${JSON.stringify(name)}:{"dtype":"${tensor.dtype.toUpperCase()}",` +
        `"shape":[${tensor.shape.join(",")}],"data_offsets":[${begin},${end}]}`,
    );
  }
  const json = new TextEncoder().encode(`{${parts.join(",")}}`);
  const padded = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(bytesOfLength + padded + end).fill(0x20, 0, bytesOfLength + padded);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.set(json, bytesOfLength);
  let offset = bytesOfLength + padded;
  for (const [, { data }] of sorted) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return file;
}

/** The reference writer's order: descending dtype (f32 before i32), then name. */
function inFileOrder([a, x]: [string, StoredTensor], [b, y]: [string, StoredTensor]): number {
  if (x.dtype !== y.dtype) return x.dtype === "f32" ? -1 : 1;
  return a < b ? -1 : 1;
}

/** Spelled by hand: an object would move keys like "0" to the front. */
function spellMetadata(metadata: Readonly<Record<string, string>>): string {
  const keys = Object.keys(metadata).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`).join(",")}}`;
}

function checkTensor(name: string, { dtype, shape, data }: StoredTensor): void {
  const fault = (what: string) => new ShapeError(`safetensors: tensor “${name}” ${what}.`);
  if (name === "__metadata__") throw fault("has a reserved name. Rename it");
  if (!(data instanceof arrays[dtype]))
    throw fault(`is ${dtype}, its data a ${data.constructor.name}. Pass a ${arrays[dtype].name}`);
  if (data.length !== sizeOf(shape))
    throw fault(
      `has ${data.length} values where shape ${spellShape(shape)} needs ${sizeOf(shape)}`,
    );
}

/**
 * Reads a safetensors file that nobody vouches for; the tensors are copies, free of the file's buffer.
 * Throws an `InputError` that begins with `name` where the bytes break the format.
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  name = "safetensors file",
): Required<Safetensors> {
  try {
    return decode(bytes);
  } catch (error) {
    throw error instanceof Fault ? new InputError(`${name}: ${error.message}.`) : error;
  }
}

/** What is wrong with the bytes, before the file's name stands in front of it. */
class Fault extends Error {}

function decode(bytes: Uint8Array): Required<Safetensors> {
  const text = headerText(bytes);
  const header = parseHeader(text);
  const data = bytes.subarray(bytesOfLength + headerLength(bytes));
  const entries = [...header].flatMap(([name, value]) =>
    name === "__metadata__" ? [] : [readEntry(name, value)],
  );
  checkTiling(entries, data.length);
  const tensors = entries.map(({ name, dtype, shape, begin, end }) => {
    const copy = new Uint8Array(data.subarray(begin, end)); // slice() of a Buffer would not copy
    return [name, { dtype, shape, data: new arrays[dtype](copy.buffer) }] as const;
  });
  return {
    tensors: Object.fromEntries(tensors),
    metadata: readMetadata(header.get("__metadata__") ?? {}),
  };
}

function headerLength(bytes: Uint8Array): number {
  if (bytes.length < bytesOfLength)
    throw new Fault(`${bytes.length} bytes are no safetensors file; it begins with 8 of length`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > largestHeader)
    throw new Fault("the header claims over 100 MB; not a safetensors file");
  if (length > bytes.length - bytesOfLength)
    throw new Fault(`the header claims ${length} bytes, the file ends before; it is cut short`);
  return length;
}

function headerText(bytes: Uint8Array): string {
  const header = bytes.subarray(bytesOfLength, bytesOfLength + headerLength(bytes));
  if (header[0] !== 0x7b)
    throw new Fault("the header does not begin with {; not a safetensors file");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(header);
  } catch {
    throw new Fault("the header is not UTF-8; the file is damaged");
  }
}

function parseHeader(text: string): Map<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw new Fault("the header is not JSON; the file is damaged");
  }
  refuseDuplicateKeys(text);
  return new Map(Object.entries(header as object));
}

/** JSON.parse keeps the last of equal keys and says nothing; `text` is known to be JSON. */
function refuseDuplicateKeys(text: string): void {
  const scopes: Set<string>[] = [];
  for (const match of text.matchAll(/[{}]|("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?/g)) {
    const [token, quoted, colon] = match;
    if (token === "{") scopes.push(new Set());
    else if (token === "}") scopes.pop();
    else if (quoted !== undefined && colon !== undefined) {
      const key: string = JSON.parse(quoted);
      const keys = scopes.at(-1)!;
      if (keys.has(key)) throw new Fault(`the header has the key “${key}” twice`);
      keys.add(key);
    }
  }
}

const isLength = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

function readEntry(name: string, value: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  const fault = (what: string) => new Fault(`tensor “${name}” ${what}`);
  if (typeof dtype !== "string") throw fault("has no dtype");
  const known = Object.hasOwn(dtypes, dtype) ? dtypes[dtype] : undefined;
  if (known === undefined) throw fault(`has dtype ${dtype}; only F32 and I32 are read`);
  if (!Array.isArray(shape) || !shape.every(isLength)) throw fault("has no proper shape");
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isLength))
    throw fault("has no proper data_offsets");
  const [begin, end] = offsets as [number, number];
  const size = sizeOf(shape) * bytesPerElement;
  if (!Number.isSafeInteger(size) || end - begin !== size)
    throw fault(`takes ${end - begin} bytes where dtype and shape need ${size}`);
  return { name, dtype: known, shape, begin, end };
}

/** Every byte of the data belongs to exactly one tensor. */
function checkTiling(entries: readonly Entry[], length: number): void {
  let covered = 0;
  for (const { name, begin, end } of [...entries].sort(
    (a, b) => a.begin - b.begin || a.end - b.end,
  )) {
    if (begin !== covered)
      throw new Fault(`tensor “${name}” begins at byte ${begin}, expected at ${covered}`);
    covered = end;
  }
  if (covered !== length)
    throw new Fault(`the tensors take ${covered} bytes of data, the file has ${length}`);
}

function readMetadata(value: unknown): Record<string, string> {
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isMap || !Object.values(value).every((text) => typeof text === "string"))
    throw new Fault("__metadata__ is not a map of text to text");
  return { ...value } as Record<string, string>;
}
