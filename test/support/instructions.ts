/**
 * The instructions of a WebAssembly module, read from its bytes independently of what wrote them.
 * Source: WebAssembly Core Specification 2.0 § 5.4 and 5.5, the threads and relaxed-SIMD proposals.
 */

/** One instruction: its opcode, and where it stands in the module. */
export interface Instruction {
  /** Above 0xff a prefix byte times 0x1000 and a second number: 0xfd105 is prefix 0xfd, number 0x105. */
  readonly opcode: number;
  /** The first byte, and how many bytes the opcode has, without its immediates. */
  readonly at: number;
  readonly length: number;
}

/** Whether the results of an instruction may differ between machines: relaxed SIMD, 0x100 to 0x12f. */
export const isRelaxed = ({ opcode }: Instruction): boolean =>
  opcode >= 0xfd100 && opcode <= 0xfd12f;

class Reader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new Error(`The module ends at byte ${this.at - 1}.`);
    return byte;
  }

  skip(bytes: number): void {
    this.at += bytes;
  }

  /** A LEB128 number below 2³². */
  unsigned(): number {
    let value = 0;
    for (let place = 1; ; place *= 128) {
      const byte = this.byte();
      value += (byte & 127) * place;
      if (byte < 128) return value;
    }
  }

  /** Any LEB128 number, passed over. */
  number(): void {
    while (this.byte() >= 128);
  }

  /** So many of what one call reads, as a number before them says. */
  list(each: () => void): void {
    for (let left = this.unsigned(); left > 0; left--) each();
  }
}

type Immediates = (reader: Reader) => void;
const none: Immediates = () => {};
const number: Immediates = (reader) => reader.number();
const numbers: Immediates = (reader) => {
  reader.number();
  reader.number();
};
const bytes =
  (count: number): Immediates =>
  (reader) =>
    reader.skip(count);
/** Alignment and offset; bit 6 of the alignment says that a memory's index stands between them. */
const access: Immediates = (reader) => {
  if (reader.unsigned() & 64) reader.number();
  reader.number();
};

/** What follows the opcodes of a range, by its first and last. */
const ranges: readonly (readonly [first: number, last: number, immediates: Immediates])[] = [
  [0x00, 0x01, none],
  [0x02, 0x04, number], // block, loop, if: the type of the block
  [0x05, 0x05, none],
  [0x0b, 0x0b, none],
  [0x0c, 0x0d, number],
  [0x0e, 0x0e, (reader) => { reader.list(() => reader.number()); reader.number(); }], // biome-ignore format: br_table
  [0x0f, 0x0f, none],
  [0x10, 0x10, number],
  [0x11, 0x11, numbers],
  [0x1a, 0x1b, none],
  [0x1c, 0x1c, (reader) => reader.list(() => reader.number())],
  [0x20, 0x26, number],
  [0x28, 0x3e, access],
  [0x3f, 0x42, number],
  [0x43, 0x43, bytes(4)],
  [0x44, 0x44, bytes(8)],
  [0x45, 0xc4, none],
  [0xd0, 0xd0, number],
  [0xd1, 0xd1, none],
  [0xd2, 0xd2, number],
  [0xfc000, 0xfc007, none],
  [0xfc008, 0xfc008, numbers],
  [0xfc009, 0xfc009, number],
  [0xfc00a, 0xfc00a, numbers],
  [0xfc00b, 0xfc00b, number],
  [0xfc00c, 0xfc00c, numbers],
  [0xfc00d, 0xfc00d, number],
  [0xfc00e, 0xfc00e, numbers],
  [0xfc00f, 0xfc011, number],
  [0xfd000, 0xfd00b, access],
  [0xfd00c, 0xfd00d, bytes(16)], // a constant, a shuffle
  [0xfd00e, 0xfd014, none],
  [0xfd015, 0xfd022, bytes(1)], // a lane
  [0xfd023, 0xfd053, none],
  [0xfd054, 0xfd05b, (reader) => { access(reader); reader.skip(1); }], // biome-ignore format: one lane in memory
  [0xfd05c, 0xfd05d, access],
  [0xfd05e, 0xfd12f, none], // 0x100 and above is relaxed
  [0xfe000, 0xfe002, access],
  [0xfe003, 0xfe003, bytes(1)], // a fence
  [0xfe010, 0xfe04e, access],
];

const opens = (opcode: number) => opcode >= 0x02 && opcode <= 0x04;
const end = 0x0b;

function readInstruction(reader: Reader): Instruction {
  const { at } = reader;
  const first = reader.byte();
  const opcode = first >= 0xfc && first <= 0xfe ? first * 0x1000 + reader.unsigned() : first;
  const length = reader.at - at;
  const range = ranges.find(([from, to]) => opcode >= from && opcode <= to);
  if (!range) throw new Error(`Byte ${at}: there is no instruction 0x${opcode.toString(16)}.`);
  range[2](reader);
  return { opcode, at, length };
}

/** The instructions of a function's body, which must end where its last `end` stands. */
function readBody(reader: Reader): Instruction[] {
  const behind = reader.unsigned() + reader.at;
  reader.list(() => {
    reader.number();
    reader.number();
  });
  const found: Instruction[] = [];
  for (let depth = 1; depth > 0; ) {
    const instruction = readInstruction(reader);
    found.push(instruction);
    if (opens(instruction.opcode)) depth += 1;
    if (instruction.opcode === end) depth -= 1;
  }
  if (reader.at !== behind) throw new Error(`A body ends at byte ${reader.at}, not ${behind}.`);
  return found;
}

const codeSection = 10;

/** All instructions of all functions; throws where the bytes are no module it can read. */
export function instructionsOf(module: Uint8Array): Instruction[] {
  const reader = new Reader(module, 8);
  const magic = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  if (!magic.every((byte, i) => module[i] === byte)) throw new Error("This is no module.");
  const found: Instruction[] = [];
  while (reader.at < module.length) {
    const id = reader.byte();
    const behind = reader.unsigned() + reader.at;
    if (id === codeSection) reader.list(() => found.push(...readBody(reader)));
    else reader.at = behind;
    if (reader.at !== behind) throw new Error(`Section ${id} ends at ${reader.at}, not ${behind}.`);
  }
  return found;
}
