/** The WebAssembly binary format: modules and function bodies as bytes, written like assembly. */
import { InternalError } from "../../base/errors.ts";
import { Bytes, pushSigned, pushSigned64, pushUnsigned } from "./bytes.ts";
import {
  alignments,
  type LaneAccessMnemonic,
  type LaneMnemonic,
  type LoadMnemonic,
  laneAccesses,
  lanes,
  loads,
  type Mnemonic,
  plain,
  type StoreMnemonic,
  special,
  stores,
} from "./opcodes.ts";

/** Vectors have 128 bits; code laid out for 256 keeps them in pairs that V8 can make one of. */
export type VectorBits = 128 | 256;

export type ValueType = "i32" | "i64" | "f32" | "v128";
const valueTypes = { i32: 0x7f, i64: 0x7e, f32: 0x7d, v128: 0x7b } as const;

/** A variable of one function. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

interface Signature {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** A function of the module under construction. */
export interface FunctionHandle extends Signature {
  readonly index: number;
}

/** The target of a branch: the end of a `block` or `if`, the start of a `loop`. */
export interface Label {
  readonly depth: number;
}

/** Where an access lies: the bytes added to the address on the stack. */
export interface Access {
  readonly offset?: number;
}

const scratch = new DataView(new ArrayBuffer(4));

/** The body of a function: every method appends instructions and returns the same `Code`. */
export class Code {
  /** What V8 will make of vectors that stand side by side: the layout of loops and tiles. */
  readonly bits: VectorBits;
  readonly #bytes: number[] = [];
  readonly #locals: ValueType[] = [];
  readonly #parameters: number;
  #depth = 0;

  constructor(parameters: number, bits: VectorBits = 128) {
    this.#parameters = parameters;
    this.bits = bits;
  }

  /** Declares a variable; it starts as zero. */
  local(type: ValueType): Local {
    this.#locals.push(type);
    return { index: this.#parameters + this.#locals.length - 1, type };
  }

  get(local: Local): this {
    return this.#opcode(special.get, local.index);
  }

  set(local: Local): this {
    return this.#opcode(special.set, local.index);
  }

  tee(local: Local): this {
    return this.#opcode(special.tee, local.index);
  }

  /** A constant; values from 2³¹ to 2³² − 1 (addresses) wrap to the same bits. */
  i32(value: number): this {
    if (!Number.isInteger(value) || value < -0x80000000 || value > 0xffffffff)
      throw new InternalError(`wasm encoder: ${value} is not a 32-bit integer.`);
    this.#opcode(special.i32);
    pushSigned(this.#bytes, value | 0);
    return this;
  }

  i64(value: bigint): this {
    this.#opcode(special.i64);
    pushSigned64(this.#bytes, BigInt.asIntN(64, value));
    return this;
  }

  /** A constant, rounded to float32; keeps −0, infinities and NaN. */
  f32(value: number): this {
    scratch.setFloat32(0, value, true);
    return this.#opcode(special.f32).#word(scratch.getUint32(0, true));
  }

  /** A constant of four 32-bit words, the lowest lane first. */
  v128(word0: number, word1: number, word2: number, word3: number): this {
    this.#opcode(special.v128);
    return this.#word(word0).#word(word1).#word(word2).#word(word3);
  }

  /** A constant with the same float32 in the four lanes. */
  f32x4(value: number): this {
    scratch.setFloat32(0, value, true);
    const word = scratch.getUint32(0, true);
    return this.v128(word, word, word, word);
  }

  /** An instruction without immediate operand. */
  op(mnemonic: Mnemonic): this {
    this.#opcode(plain.get(mnemonic)!);
    if (mnemonic === "memory.copy") this.#bytes.push(0, 0);
    if (mnemonic === "memory.fill") this.#bytes.push(0);
    return this;
  }

  load(mnemonic: LoadMnemonic, access: Access = {}): this {
    return this.#opcode(loads.get(mnemonic)!).#access(mnemonic, access);
  }

  store(mnemonic: StoreMnemonic, access: Access = {}): this {
    return this.#opcode(stores.get(mnemonic)!).#access(mnemonic, access);
  }

  /** Reads or writes one lane in memory. */
  laneAccess(mnemonic: LaneAccessMnemonic, lane: number, access: Access = {}): this {
    this.#opcode(laneAccesses.get(mnemonic)!).#access(mnemonic, access);
    this.#bytes.push(lane);
    return this;
  }

  /** Extracts or replaces one lane. */
  lane(mnemonic: LaneMnemonic, lane: number): this {
    this.#opcode(lanes.get(mnemonic)!);
    this.#bytes.push(lane);
    return this;
  }

  /** i32x4 shuffle of the eight 32-bit lanes of two vectors: 0 … 3 the first, 4 … 7 the second. */
  shuffle32(...chosen: readonly [number, number, number, number]): this {
    return this.shuffle(chosen.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)));
  }

  /** `i8x16.shuffle`: sixteen of the 32 bytes of two vectors. */
  shuffle(bytes: readonly number[]): this {
    if (bytes.length !== 16 || bytes.some((byte) => byte < 0 || byte > 31))
      throw new InternalError(`wasm encoder: a shuffle needs 16 of 0 … 31, got [${bytes}].`);
    this.#opcode(special.shuffle);
    this.#bytes.push(...bytes);
    return this;
  }

  /** Orders memory accesses between threads. */
  fence(): this {
    return this.#opcode(special.fence, 0);
  }

  block(body: (end: Label) => void): this {
    return this.#nest(special.block, body);
  }

  loop(body: (start: Label) => void): this {
    return this.#nest(special.loop, body);
  }

  /** Runs `body` if the i32 on the stack is not zero, else `otherwise`. */
  if(body: (end: Label) => void, otherwise?: (end: Label) => void): this {
    return this.#nest(special.if, (end) => {
      body(end);
      if (otherwise === undefined) return;
      this.#opcode(special.else);
      otherwise(end);
    });
  }

  br(target: Label): this {
    return this.#opcode(special.br, this.#depth - target.depth);
  }

  brIf(target: Label): this {
    return this.#opcode(special.brIf, this.#depth - target.depth);
  }

  call(callee: FunctionHandle): this {
    return this.#opcode(special.call, callee.index);
  }

  /**
   * `for (local = from; local < to; local += step) body()`, compared unsigned, `step` positive.
   * Tested at the bottom alone when both ends are numbers; nothing is written for an empty range.
   */
  forRange(
    options: { local: Local; from: number | Local; to: number | Local; step: number },
    body: () => void,
  ): this {
    const { local, from, to, step } = options;
    const known = typeof from === "number" && typeof to === "number";
    if (known && from >= to) return this;
    const repeat = () =>
      this.loop((start) => {
        body();
        this.get(local).i32(step).op("i32.add").tee(local);
        this.value(to).op("i32.lt_u").brIf(start);
      });
    this.value(from).set(local);
    return known ? repeat() : this.get(local).value(to).op("i32.lt_u").if(repeat);
  }

  /** A constant or the content of a variable. */
  value(value: number | Local): this {
    return typeof value === "number" ? this.i32(value) : this.get(value);
  }

  /** Locals and instructions, as the code section holds them. */
  finish(): Uint8Array {
    const groups: { type: ValueType; count: number }[] = [];
    for (const type of this.#locals) {
      const last = groups.at(-1);
      if (last?.type === type) last.count += 1;
      else groups.push({ type, count: 1 });
    }
    const bytes = new Bytes().unsigned(groups.length);
    for (const { type, count } of groups) bytes.unsigned(count).byte(valueTypes[type]);
    return bytes.append(this.#bytes).byte(special.end).view();
  }

  #nest(opcode: number, body: (label: Label) => void): this {
    const before = this.#depth;
    const empty = 0x40; // block type: no results
    this.#opcode(opcode, empty);
    this.#depth += 1;
    body({ depth: this.#depth });
    this.#depth = before;
    return this.#opcode(special.end);
  }

  #opcode(code: number, immediate?: number): this {
    if (code <= 0xff) this.#bytes.push(code);
    else if ((code & 0x80) === 0) this.#bytes.push(code >> 8, code & 0xff);
    else this.#bytes.push(code >> 8, code & 0xff, 1); // LEB128 of what is behind the prefix
    if (immediate !== undefined) pushUnsigned(this.#bytes, immediate);
    return this;
  }

  #access(mnemonic: LoadMnemonic | StoreMnemonic | LaneAccessMnemonic, access: Access): this {
    this.#bytes.push(alignments.get(mnemonic)!);
    pushUnsigned(this.#bytes, access.offset ?? 0);
    return this;
  }

  #word(value: number): this {
    this.#bytes.push(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
    return this;
  }
}

export interface MemoryImport {
  readonly module: string;
  readonly name: string;
  readonly minimumPages: number;
  readonly maximumPages: number;
  readonly shared: boolean;
}

interface Function extends FunctionHandle {
  readonly name: string;
  readonly exported: boolean;
  /** `null` for an imported one. */
  code: Uint8Array | null;
}

/**
 * A module over one imported memory; the functions call each other by handle.
 *
 * @example
 * const module = new ModuleBuilder({ memory });
 * module.function(
 *   { name: "add", parameters: ["i32", "i32"], results: ["i32"], exported: true },
 *   (code, a, b) => code.get(a).get(b).op("i32.add"),
 * );
 * new WebAssembly.Module(module.bytes());
 */
export class ModuleBuilder {
  readonly bits: VectorBits;
  readonly #memory: MemoryImport;
  readonly #name: string;
  readonly #functions: Function[] = [];

  constructor(options: { memory: MemoryImport; name?: string; bits?: VectorBits }) {
    this.bits = options.bits ?? 128;
    this.#memory = options.memory;
    this.#name = options.name ?? "golgi";
  }

  /** A function that the host gives under this name; before all others, as the format demands. */
  hostFunction(name: string, signature: Signature): FunctionHandle {
    const index = this.#functions.length;
    const made: Function = { index, name, ...signature, exported: false, code: null };
    this.#functions.push(made);
    return made;
  }

  /** Adds a function; `body` is run at once. Exported ones are exported under their name. */
  function(
    options: Signature & { name?: string; exported?: boolean },
    body: (code: Code, ...parameters: Local[]) => void,
  ): FunctionHandle {
    const { parameters, results, exported = false } = options;
    const index = this.#functions.length;
    const name = options.name ?? `function${index}`;
    const made: Function = { index, name, parameters, results, exported, code: new Uint8Array() };
    this.#functions.push(made);
    const code = new Code(parameters.length, this.bits);
    body(code, ...parameters.map((type, position) => ({ index: position, type })));
    made.code = code.finish();
    return made;
  }

  /** The finished module: types, import, functions, exports, code, names. */
  bytes(): Uint8Array<ArrayBuffer> {
    const types = new Map<string, number>();
    const typeOf = (f: Function) => {
      const key = `${f.parameters} -> ${f.results}`;
      if (!types.has(key)) types.set(key, types.size);
      return types.get(key)!;
    };
    const list = <T>(items: readonly T[], write: (bytes: Bytes, item: T) => void) => {
      const bytes = new Bytes().unsigned(items.length);
      for (const item of items) write(bytes, item);
      return bytes;
    };
    const own = this.#functions.filter((f) => f.code !== null);
    const imported = this.#functions.filter((f) => f.code === null);
    const imports = new Bytes().unsigned(1 + imported.length).append(this.#memoryImport().view());
    for (const f of imported)
      imports.text(this.#memory.module).text(f.name).byte(0).unsigned(typeOf(f));
    const functions = list(own, (bytes, f) => bytes.unsigned(typeOf(f)));
    const signatures = [...types.values()].map(
      (t) => this.#functions.find((f) => typeOf(f) === t)!,
    );
    const valueType = (bytes: Bytes, type: ValueType) => bytes.byte(valueTypes[type]);
    const exported = this.#functions.filter((f) => f.exported);
    const sections: [id: number, content: Bytes][] = [
      [
        1,
        list(signatures, (bytes, f) =>
          bytes
            .byte(0x60)
            .append(list(f.parameters, valueType).view())
            .append(list(f.results, valueType).view()),
        ),
      ],
      [2, imports],
      [3, functions],
      [7, list(exported, (bytes, f) => bytes.text(f.name).byte(0).unsigned(f.index))],
      [10, list(own, (bytes, f) => bytes.sized(f.code!))],
      [0, this.#names()],
    ];
    const module = new Bytes().append([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    for (const [id, content] of sections) module.byte(id).sized(content.view());
    return module.view().slice();
  }

  #memoryImport(): Bytes {
    const { module, name, minimumPages, maximumPages, shared } = this.#memory;
    const limits = shared ? 3 : 1; // both bounds given
    const bytes = new Bytes().text(module).text(name).byte(2).byte(limits);
    return bytes.unsigned(minimumPages).unsigned(maximumPages);
  }

  /** The "name" section, which profilers and stack traces read. */
  #names(): Bytes {
    const functions = new Bytes().unsigned(this.#functions.length);
    for (const f of this.#functions) functions.unsigned(f.index).text(f.name);
    const module = new Bytes().text(this.#name);
    const bytes = new Bytes().text("name").byte(0).sized(module.view());
    return bytes.byte(1).sized(functions.view());
  }
}
