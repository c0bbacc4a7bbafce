/**
 * A checkpoint file: `"golgi-ck" | SHA-256 of all that follows | safetensors`, facts in its metadata.
 * The frame stays as it is in every release, so that a newer file is told from a damaged one.
 */
import { sha256 } from "#platform";
import { InputError } from "../base/errors.ts";
import { decodeJson, encodeJsonLine, type Json } from "./json.ts";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "./safetensors.ts";

/** What a checkpoint file holds: tensors by name, and facts about them. */
export interface Checkpoint {
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  readonly facts: Json;
}

/** The layout of this release; a release that changes it reads the older ones too. */
const format = 1;
const mark = new TextEncoder().encode("golgi-ck");
const bytesOfHash = 32;
const bytesOfFrame = mark.length + bytesOfHash;
const remedy = "Restore it, or remove it to begin this training anew";

/**
 * The bytes of a checkpoint file; equal checkpoints give equal bytes.
 * @example await writeFileAtomic("network.checkpoint", await encodeCheckpoint({ tensors, facts }));
 */
export async function encodeCheckpoint({ tensors, facts }: Checkpoint): Promise<Uint8Array> {
  const metadata = { format: String(format), facts: encodeJsonLine(facts).trimEnd() };
  const body = encodeSafetensors({ tensors, metadata });
  const file = new Uint8Array(bytesOfFrame + body.length);
  file.set(mark);
  file.set(fromHex(await sha256(body)), mark.length);
  file.set(body, bytesOfFrame);
  return file;
}

/**
 * Reads a checkpoint that nobody vouches for: any changed, missing or added bit is found.
 * Throws an `InputError` that begins with `name`.
 */
export async function decodeCheckpoint(
  bytes: Uint8Array,
  name = "checkpoint",
): Promise<Checkpoint> {
  const body = bytes.subarray(bytesOfFrame);
  if (bytes.length < bytesOfFrame || !mark.every((byte, i) => bytes[i] === byte))
    throw new InputError(`${name} is no checkpoint of Golgi, or its beginning is lost. ${remedy}.`);
  const told = fromHex(await sha256(body));
  if (!told.every((byte, i) => bytes[mark.length + i] === byte))
    throw new InputError(`${name} is damaged: its SHA-256 is not the one inside it. ${remedy}.`);
  const { tensors, metadata } = decodeSafetensors(body, name);
  const found = Number(metadata.format ?? Number.NaN);
  if (found > format)
    throw new InputError(
      `${name} was written by a newer Golgi (format ${found}; this release reads ${format}). Update Golgi.`,
    );
  if (found !== format)
    throw new InputError(`${name}: “format” is ${metadata.format}; it must be ${format}.`);
  return { tensors, facts: decodeJson(new TextEncoder().encode(metadata.facts), name) as Json };
}

const fromHex = (digits: string): Uint8Array =>
  Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
