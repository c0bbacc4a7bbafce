/** ZIP archives, checked before anything is unpacked; after PKWARE's APPNOTE 6.3, ZIP64 included. */
import { InputError } from "../../base/errors.ts";
import { mostUnpacked, type SourceFile } from "./cells.ts";

/** A file in an archive: where its data begin, and how many bytes they take and unpack to. */
interface Member {
  readonly name: string;
  readonly method: number;
  readonly begin: number;
  readonly size: number;
  readonly unpacked: number;
  readonly checksum: number;
}

const endOfDirectory = 0x06054b50;
const wideEnd = 0x06064b50;
const wideLocator = 0x07064b50;
const entry = 0x02014b50;
const local = 0x04034b50;
const wide = 0xffffffff;
/** Deflate makes at most 1032 bytes of one. */
const mostExpansion = 1040;

/** Text of a workbook unpacks to a tenfold, arrays that hold one value to a thousandfold. */
const usual = 100;

/**
 * The wanted files of an archive by name; beyond `roomy` bytes they may unpack to a hundredfold. An
 * Error where a part lies outside of the file or its checksum differs; an InputError where they unpack
 * to more.
 */
export async function unpack(
  { name, bytes }: SourceFile,
  wanted: (path: string) => boolean,
  roomy: number,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const { inflateSync } = await import("fflate");
  const members = membersOf(bytes).filter((member) => wanted(member.name));
  const packed = members.reduce((sum, { size }) => sum + size, 0);
  const total = members.reduce((sum, { unpacked }) => sum + unpacked, 0);
  if (packed > bytes.length) throw new Error("files in it share their bytes");
  if (total > mostUnpacked || total > Math.max(roomy, usual * packed))
    throw new InputError(
      `${name} unpacks to ${Math.ceil(total / 1e6)} MB, more than a table of its size does. ` +
        `Keep the columns and rows you need.`,
    );
  return new Map(
    members.map((member) => {
      const { begin, size, method, unpacked } = member;
      const stored = bytes.subarray(begin, begin + size);
      const content =
        method === 0 ? stored : inflateSync(stored, { out: new Uint8Array(unpacked) });
      if (content.length !== unpacked || checksumOf(content) !== member.checksum)
        throw new Error(`${member.name} in it is damaged`);
      return [member.name, content];
    }),
  );
}

function membersOf(bytes: Uint8Array): Member[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let { at, count } = directoryOf(view);
  const members: Member[] = [];
  for (; count > 0; count--) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== entry)
      throw new Error("the archive's directory is cut off");
    const [nameLength, extra, comment] = [28, 30, 32].map((o) => view.getUint16(at + o, true));
    members.push(memberAt(view, at, nameLength!, extra!));
    at += 46 + nameLength! + extra! + comment!;
  }
  return members;
}

/** Where the directory begins, and how many files it lists. */
function directoryOf(view: DataView): { at: number; count: number } {
  let end = view.byteLength - 22;
  while (end >= 0 && view.getUint32(end, true) !== endOfDirectory)
    if (view.byteLength - end-- > 65_557) end = -1;
  if (end < 0) throw new Error("the archive's directory is missing");
  const found = { at: view.getUint32(end + 16, true), count: view.getUint16(end + 10, true) };
  const locator = end - 20;
  if (locator < 0 || view.getUint32(locator, true) !== wideLocator) return found;
  const at = Number(view.getBigUint64(locator + 8, true));
  if (at + 56 > view.byteLength || view.getUint32(at, true) !== wideEnd) return found;
  return {
    at: Number(view.getBigUint64(at + 48, true)),
    count: Number(view.getBigUint64(at + 32, true)),
  };
}

function memberAt(view: DataView, at: number, nameLength: number, extra: number): Member {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
  let [size, unpacked] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
  let offset = view.getUint32(at + 42, true);
  let field = at + 46 + nameLength;
  for (const end = field + extra; field + 4 <= end; field += 4 + view.getUint16(field + 2, true)) {
    if (view.getUint16(field, true) !== 1) continue;
    let place = field + 4; // ZIP64: only what did not fit, in this order
    const next = () => {
      place += 8;
      return Number(view.getBigUint64(place - 8, true));
    };
    if (unpacked === wide) unpacked = next();
    if (size === wide) size = next();
    if (offset === wide) offset = next();
  }
  const method = view.getUint16(at + 10, true);
  if ((view.getUint16(at + 8, true) & 1) === 1) throw new Error(`${name} in it has a password`);
  if (method !== 0 && method !== 8)
    throw new Error(`${name} in it is packed by method ${method}, not by deflate`);
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== local)
    throw new Error(`${name} is missing in it`);
  const begin = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  const most = method === 0 ? size : size * mostExpansion;
  if (begin + size > bytes.length || unpacked > most)
    throw new Error(`${name} in it claims more than the archive holds`);
  return { name, method, begin, size, unpacked, checksum: view.getUint32(at + 16, true) };
}

const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  return rest;
});

/** CRC-32 of ISO 3309. */
function checksumOf(bytes: Uint8Array): number {
  let rest = -1;
  for (const byte of bytes) rest = remainders[(rest ^ byte) & 255]! ^ (rest >>> 8);
  return ~rest >>> 0;
}
