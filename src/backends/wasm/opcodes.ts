/**
 * The WebAssembly instructions the encoder knows, by mnemonic: numeric, control, bulk memory, plain
 * SIMD and a few atomics. Relaxed SIMD is left out on purpose: its results differ between machines.
 *
 * A code above 0xff is a prefix byte and a second number: 0xfd2a is prefix 0xfd, number 0x2a.
 * Source: WebAssembly Core Specification 2.0 § 5.4, and the threads proposal for the prefix 0xfe.
 */

/** Instructions numbered one after the other: the first code, then their names. */
type Run = readonly [first: number, names: readonly string[]];
type Names<Runs extends readonly Run[]> = Runs[number][1][number];

const codes = <const Runs extends readonly Run[]>(runs: Runs): ReadonlyMap<Names<Runs>, number> =>
  new Map(
    runs.flatMap(([first, names]) =>
      names.map((name, i): [Names<Runs>, number] => [name, first + i]),
    ),
  );

type Key<M> = M extends ReadonlyMap<infer K, number> ? K : never;

/** No immediate operand (those of bulk memory are the index of the one memory). */
export const plain = codes([
  [0x00, ["unreachable", "nop"]],
  [0x0f, ["return"]],
  [0x1a, ["drop", "select"]],
  [0x45, ["i32.eqz", "i32.eq", "i32.ne", "i32.lt_s", "i32.lt_u", "i32.gt_s", "i32.gt_u"]],
  [0x4c, ["i32.le_s", "i32.le_u", "i32.ge_s", "i32.ge_u"]],
  [0x50, ["i64.eqz", "i64.eq", "i64.ne", "i64.lt_s", "i64.lt_u", "i64.gt_s", "i64.gt_u"]],
  [0x57, ["i64.le_s", "i64.le_u", "i64.ge_s", "i64.ge_u"]],
  [0x5b, ["f32.eq", "f32.ne", "f32.lt", "f32.gt", "f32.le", "f32.ge"]],
  [0x67, ["i32.clz", "i32.ctz", "i32.popcnt", "i32.add", "i32.sub", "i32.mul"]],
  [0x6d, ["i32.div_s", "i32.div_u", "i32.rem_s", "i32.rem_u", "i32.and", "i32.or", "i32.xor"]],
  [0x74, ["i32.shl", "i32.shr_s", "i32.shr_u", "i32.rotl", "i32.rotr"]],
  [0x79, ["i64.clz", "i64.ctz", "i64.popcnt", "i64.add", "i64.sub", "i64.mul"]],
  [0x7f, ["i64.div_s", "i64.div_u", "i64.rem_s", "i64.rem_u", "i64.and", "i64.or", "i64.xor"]],
  [0x86, ["i64.shl", "i64.shr_s", "i64.shr_u", "i64.rotl", "i64.rotr"]],
  [0x8b, ["f32.abs", "f32.neg", "f32.ceil", "f32.floor", "f32.trunc", "f32.nearest", "f32.sqrt"]],
  [0x92, ["f32.add", "f32.sub", "f32.mul", "f32.div", "f32.min", "f32.max", "f32.copysign"]],
  [0xa7, ["i32.wrap_i64", "i32.trunc_f32_s", "i32.trunc_f32_u"]],
  [0xac, ["i64.extend_i32_s", "i64.extend_i32_u", "i64.trunc_f32_s", "i64.trunc_f32_u"]],
  [0xb2, ["f32.convert_i32_s", "f32.convert_i32_u", "f32.convert_i64_s", "f32.convert_i64_u"]],
  [0xbc, ["i32.reinterpret_f32"]],
  [0xbe, ["f32.reinterpret_i32"]],
  [0xc0, ["i32.extend8_s", "i32.extend16_s"]],
  [0xc2, ["i64.extend8_s", "i64.extend16_s", "i64.extend32_s"]],
  [0xfc00, ["i32.trunc_sat_f32_s", "i32.trunc_sat_f32_u"]],
  [0xfc04, ["i64.trunc_sat_f32_s", "i64.trunc_sat_f32_u"]],
  [0xfc0a, ["memory.copy", "memory.fill"]],
  [0xfd0e, ["i8x16.swizzle", "i8x16.splat", "i16x8.splat", "i32x4.splat", "i64x2.splat"]],
  [0xfd13, ["f32x4.splat"]],
  [0xfd23, ["i8x16.eq", "i8x16.ne", "i8x16.lt_s", "i8x16.lt_u", "i8x16.gt_s", "i8x16.gt_u"]],
  [0xfd29, ["i8x16.le_s", "i8x16.le_u", "i8x16.ge_s", "i8x16.ge_u"]],
  [0xfd2d, ["i16x8.eq", "i16x8.ne", "i16x8.lt_s", "i16x8.lt_u", "i16x8.gt_s", "i16x8.gt_u"]],
  [0xfd33, ["i16x8.le_s", "i16x8.le_u", "i16x8.ge_s", "i16x8.ge_u"]],
  [0xfd37, ["i32x4.eq", "i32x4.ne", "i32x4.lt_s", "i32x4.lt_u", "i32x4.gt_s", "i32x4.gt_u"]],
  [0xfd3d, ["i32x4.le_s", "i32x4.le_u", "i32x4.ge_s", "i32x4.ge_u"]],
  [0xfd41, ["f32x4.eq", "f32x4.ne", "f32x4.lt", "f32x4.gt", "f32x4.le", "f32x4.ge"]],
  [0xfd47, ["f64x2.eq", "f64x2.ne", "f64x2.lt", "f64x2.gt", "f64x2.le", "f64x2.ge"]],
  [0xfd4d, ["v128.not", "v128.and", "v128.andnot", "v128.or", "v128.xor", "v128.bitselect"]],
  [0xfd53, ["v128.any_true"]],
  [0xfd5e, ["f32x4.demote_f64x2_zero", "f64x2.promote_low_f32x4"]],
  [0xfd60, ["i8x16.abs", "i8x16.neg", "i8x16.popcnt", "i8x16.all_true", "i8x16.bitmask"]],
  [0xfd65, ["i8x16.narrow_i16x8_s", "i8x16.narrow_i16x8_u"]],
  [0xfd67, ["f32x4.ceil", "f32x4.floor", "f32x4.trunc", "f32x4.nearest"]],
  [0xfd6b, ["i8x16.shl", "i8x16.shr_s", "i8x16.shr_u"]],
  [0xfd6e, ["i8x16.add", "i8x16.add_sat_s", "i8x16.add_sat_u"]],
  [0xfd71, ["i8x16.sub", "i8x16.sub_sat_s", "i8x16.sub_sat_u"]],
  [0xfd74, ["f64x2.ceil", "f64x2.floor"]],
  [0xfd76, ["i8x16.min_s", "i8x16.min_u", "i8x16.max_s", "i8x16.max_u"]],
  [0xfd7a, ["f64x2.trunc", "i8x16.avgr_u"]],
  [0xfd7c, ["i16x8.extadd_pairwise_i8x16_s", "i16x8.extadd_pairwise_i8x16_u"]],
  [0xfd7e, ["i32x4.extadd_pairwise_i16x8_s", "i32x4.extadd_pairwise_i16x8_u"]],
  [0xfd80, ["i16x8.abs", "i16x8.neg", "i16x8.q15mulr_sat_s", "i16x8.all_true", "i16x8.bitmask"]],
  [0xfd85, ["i16x8.narrow_i32x4_s", "i16x8.narrow_i32x4_u"]],
  [0xfd87, ["i16x8.extend_low_i8x16_s", "i16x8.extend_high_i8x16_s"]],
  [0xfd89, ["i16x8.extend_low_i8x16_u", "i16x8.extend_high_i8x16_u"]],
  [0xfd8b, ["i16x8.shl", "i16x8.shr_s", "i16x8.shr_u"]],
  [0xfd8e, ["i16x8.add", "i16x8.add_sat_s", "i16x8.add_sat_u"]],
  [0xfd91, ["i16x8.sub", "i16x8.sub_sat_s", "i16x8.sub_sat_u", "f64x2.nearest", "i16x8.mul"]],
  [0xfd96, ["i16x8.min_s", "i16x8.min_u", "i16x8.max_s", "i16x8.max_u"]],
  [0xfd9b, ["i16x8.avgr_u", "i16x8.extmul_low_i8x16_s", "i16x8.extmul_high_i8x16_s"]],
  [0xfd9e, ["i16x8.extmul_low_i8x16_u", "i16x8.extmul_high_i8x16_u"]],
  [0xfda0, ["i32x4.abs", "i32x4.neg"]],
  [0xfda3, ["i32x4.all_true", "i32x4.bitmask"]],
  [0xfda7, ["i32x4.extend_low_i16x8_s", "i32x4.extend_high_i16x8_s"]],
  [0xfda9, ["i32x4.extend_low_i16x8_u", "i32x4.extend_high_i16x8_u"]],
  [0xfdab, ["i32x4.shl", "i32x4.shr_s", "i32x4.shr_u", "i32x4.add"]],
  [0xfdb1, ["i32x4.sub"]],
  [0xfdb5, ["i32x4.mul", "i32x4.min_s", "i32x4.min_u", "i32x4.max_s", "i32x4.max_u"]],
  [0xfdba, ["i32x4.dot_i16x8_s"]],
  [0xfdbc, ["i32x4.extmul_low_i16x8_s", "i32x4.extmul_high_i16x8_s"]],
  [0xfdbe, ["i32x4.extmul_low_i16x8_u", "i32x4.extmul_high_i16x8_u"]],
  [0xfdc0, ["i64x2.abs", "i64x2.neg"]],
  [0xfdc3, ["i64x2.all_true", "i64x2.bitmask"]],
  [0xfdc7, ["i64x2.extend_low_i32x4_s", "i64x2.extend_high_i32x4_s"]],
  [0xfdc9, ["i64x2.extend_low_i32x4_u", "i64x2.extend_high_i32x4_u"]],
  [0xfdcb, ["i64x2.shl", "i64x2.shr_s", "i64x2.shr_u", "i64x2.add"]],
  [0xfdd1, ["i64x2.sub"]],
  [0xfdd5, ["i64x2.mul", "i64x2.eq", "i64x2.ne", "i64x2.lt_s", "i64x2.gt_s"]],
  [0xfdda, ["i64x2.le_s", "i64x2.ge_s"]],
  [0xfddc, ["i64x2.extmul_low_i32x4_s", "i64x2.extmul_high_i32x4_s"]],
  [0xfdde, ["i64x2.extmul_low_i32x4_u", "i64x2.extmul_high_i32x4_u"]],
  [0xfde0, ["f32x4.abs", "f32x4.neg"]],
  [0xfde3, ["f32x4.sqrt", "f32x4.add", "f32x4.sub", "f32x4.mul", "f32x4.div"]],
  [0xfde8, ["f32x4.min", "f32x4.max", "f32x4.pmin", "f32x4.pmax"]],
  [0xfdec, ["f64x2.abs", "f64x2.neg"]],
  [0xfdef, ["f64x2.sqrt", "f64x2.add", "f64x2.sub", "f64x2.mul", "f64x2.div"]],
  [0xfdf4, ["f64x2.min", "f64x2.max", "f64x2.pmin", "f64x2.pmax"]],
  [0xfdf8, ["i32x4.trunc_sat_f32x4_s", "i32x4.trunc_sat_f32x4_u"]],
  [0xfdfa, ["f32x4.convert_i32x4_s", "f32x4.convert_i32x4_u"]],
  [0xfdfc, ["i32x4.trunc_sat_f64x2_s_zero", "i32x4.trunc_sat_f64x2_u_zero"]],
  [0xfdfe, ["f64x2.convert_low_i32x4_s", "f64x2.convert_low_i32x4_u"]],
]);
export type Mnemonic = Key<typeof plain>;

/** Reads of memory. */
export const loads = codes([
  [0x28, ["i32.load", "i64.load", "f32.load"]],
  [0x2c, ["i32.load8_s", "i32.load8_u", "i32.load16_s", "i32.load16_u"]],
  [0xfd00, ["v128.load", "v128.load8x8_s", "v128.load8x8_u", "v128.load16x4_s"]],
  [0xfd04, ["v128.load16x4_u", "v128.load32x2_s", "v128.load32x2_u"]],
  [0xfd07, ["v128.load8_splat", "v128.load16_splat", "v128.load32_splat", "v128.load64_splat"]],
  [0xfd5c, ["v128.load32_zero", "v128.load64_zero"]],
  [0xfe10, ["i32.atomic.load"]],
]);
export type LoadMnemonic = Key<typeof loads>;

/** Writes to memory; the atomic ones also read, wake or wait, and leave a result. */
export const stores = codes([
  [0x36, ["i32.store", "i64.store", "f32.store"]],
  [0x3a, ["i32.store8", "i32.store16"]],
  [0xfd0b, ["v128.store"]],
  [0xfe00, ["memory.atomic.notify", "memory.atomic.wait32"]],
  [0xfe17, ["i32.atomic.store"]],
  [0xfe1e, ["i32.atomic.rmw.add"]],
]);
export type StoreMnemonic = Key<typeof stores>;

/** Reads and writes of one lane in memory. */
export const laneAccesses = codes([
  [0xfd54, ["v128.load8_lane", "v128.load16_lane", "v128.load32_lane", "v128.load64_lane"]],
  [0xfd58, ["v128.store8_lane", "v128.store16_lane", "v128.store32_lane", "v128.store64_lane"]],
]);
export type LaneAccessMnemonic = Key<typeof laneAccesses>;

/** One lane between a vector and a scalar. */
export const lanes = codes([
  [0xfd15, ["i8x16.extract_lane_s", "i8x16.extract_lane_u", "i8x16.replace_lane"]],
  [0xfd18, ["i16x8.extract_lane_s", "i16x8.extract_lane_u", "i16x8.replace_lane"]],
  [0xfd1b, ["i32x4.extract_lane", "i32x4.replace_lane"]],
  [0xfd1d, ["i64x2.extract_lane", "i64x2.replace_lane"]],
  [0xfd1f, ["f32x4.extract_lane", "f32x4.replace_lane"]],
]);
export type LaneMnemonic = Key<typeof lanes>;

/** Bytes an access touches. */
function accessBytes(mnemonic: LoadMnemonic | StoreMnemonic | LaneAccessMnemonic): number {
  if (mnemonic === "v128.load" || mnemonic === "v128.store") return 16;
  if (mnemonic.startsWith("i64.") || /(8x8|16x4|32x2)_/.test(mnemonic)) return 8;
  const bits = /(?:load|store)(8|16|64)/.exec(mnemonic)?.[1];
  return bits === undefined ? 4 : Number(bits) / 8;
}

/** The alignment hint of each access: log₂ of the bytes it touches (exact for atomics, as they demand). */
export const alignments: ReadonlyMap<LoadMnemonic | StoreMnemonic | LaneAccessMnemonic, number> =
  new Map(
    [...loads.keys(), ...stores.keys(), ...laneAccesses.keys()].map((mnemonic) => [
      mnemonic,
      31 - Math.clz32(accessBytes(mnemonic)),
    ]),
  );

const structure = { block: 0x02, loop: 0x03, if: 0x04, else: 0x05, end: 0x0b } as const;

/** Instructions the encoder writes itself because of their immediates. */
export const special = {
  ...structure,
  ...{ br: 0x0c, brIf: 0x0d, call: 0x10, get: 0x20, set: 0x21, tee: 0x22 },
  ...{ i32: 0x41, i64: 0x42, f32: 0x43, v128: 0xfd0c, shuffle: 0xfd0d, fence: 0xfe03 },
} as const;
