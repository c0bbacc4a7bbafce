/**
 * The two compressions of rows in SAS7BDAT files: run lengths (COMPRESS=CHAR) and Ross's data
 * compression (COMPRESS=BINARY; Ross, "A simple data-compression technique", C Users Journal 10, 1992).
 */

/** Unpacks one row into `row`; an Error where the packed bytes make fewer or more. */
export type Unpack = (packed: Uint8Array, row: Uint8Array) => void;

const blank = 0x20;

function writerInto(row: Uint8Array) {
  let end = 0;
  const reserve = (length: number): number => {
    const from = end;
    end += length;
    if (end > row.length) throw new Error("a compressed row is longer than a row");
    return from;
  };
  return {
    fill(byte: number, length: number): void {
      const from = reserve(length);
      row.fill(byte, from, end);
    },
    copy(bytes: Uint8Array, at: number, length: number): void {
      if (at + length > bytes.length) throw new Error("a compressed row is cut off");
      row.set(bytes.subarray(at, at + length), reserve(length));
    },
    /** Bytes of the row itself, which may still be growing. */
    repeat(back: number, length: number): void {
      const from = reserve(length);
      if (back > from) throw new Error("a compressed row points before its beginning");
      for (let i = 0; i < length; i++) row[from + i] = row[from + i - back]!;
    },
    finish(): void {
      if (end !== row.length) throw new Error("a compressed row is shorter than a row");
    },
  };
}

/** What the upper half of a control byte asks for: how many bytes, which, and from where. */
interface Command {
  readonly add: number;
  /** The length goes on in the next byte. */
  readonly long?: true;
  /** The byte to repeat; `next` is the byte after; bytes are copied where it is left out. */
  readonly byte?: number | "next";
}

const commands: readonly (Command | null)[] = [
  { add: 64, long: true },
  { add: 4160, long: true },
  { add: 96 },
  null,
  { add: 18, long: true, byte: "next" },
  { add: 17, long: true, byte: 0x40 },
  { add: 17, long: true, byte: blank },
  { add: 17, long: true, byte: 0 },
  { add: 1 },
  { add: 17 },
  { add: 33 },
  { add: 49 },
  { add: 3, byte: "next" },
  { add: 2, byte: 0x40 },
  { add: 2, byte: blank },
  { add: 2, byte: 0 },
];

/** SASYZCRL: the lower half of each control byte is a length, or the length's upper part. */
export const unpackRunLengths: Unpack = (packed, row) => {
  const out = writerInto(row);
  for (let at = 0; at < packed.length; ) {
    const control = packed[at++]!;
    const command = commands[control >> 4];
    if (!command) throw new Error(`a compressed row has the command ${control >> 4}`);
    let length = control & 15;
    if (command.long) length = 256 * length + (packed[at++] ?? 0);
    length += command.add;
    if (command.byte === undefined) {
      out.copy(packed, at, length);
      at += length;
    } else out.fill(command.byte === "next" ? (packed[at++] ?? 0) : command.byte, length);
  }
  out.finish();
};

/** SASYZCR2: 16 bits say which of the next 16 things are bytes and which are commands. */
export const unpackRoss: Unpack = (packed, row) => {
  const out = writerInto(row);
  let [bits, mask] = [0, 0];
  let at = 0;
  const next = () => packed[at++] ?? 0;
  while (at < packed.length) {
    mask >>= 1;
    if (mask === 0) {
      bits = 256 * next() + next();
      mask = 0x8000;
      if (at >= packed.length) break;
    }
    if ((bits & mask) === 0) {
      out.copy(packed, at++, 1);
      continue;
    }
    const first = next();
    const [command, low] = [first >> 4, first & 15];
    if (command === 0) out.fill(next(), low + 3);
    else if (command === 1) {
      const length = low + 16 * next() + 19;
      out.fill(next(), length);
    } else {
      const back = low + 3 + 16 * next();
      out.repeat(back, command === 2 ? next() + 16 : command);
    }
  }
  out.finish();
};
