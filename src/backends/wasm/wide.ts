/** Whether V8 makes 256-bit vectors of pairs of 128-bit ones: switched on where the bits stay the same. */
import { vectorSwitch } from "#platform";
import { ModuleBuilder, type VectorBits } from "./encode.ts";
import { tileFunction } from "./gemm/tile.ts";

let decided: VectorBits | undefined;

/**
 * The vectors that code compiled from now on had best be laid out for. The first call switches V8's
 * pairing on, and off again if a product made with it differs in a bit from one without.
 */
export function bestVectorBits(): VectorBits {
  decided ??= vectorSwitch && pairs(vectorSwitch) ? 256 : 128;
  return decided;
}

/** Switches pairing on and compares; off again, and false, where the bits differ. */
export function pairs({ set, optimized }: NonNullable<typeof vectorSwitch>): boolean {
  const plain = checkBits(128);
  set(true);
  const same = optimized(() => checkBits(256)).every((word, i) => word === plain[i]);
  if (!same) set(false);
  return same;
}

const depth = 37;
const tile = { rows: 3, lanes: 16, rowStride: 1, rowStep: 3, laneStep: 16, laneStride: 1 };

/** The tile that products are made of; V8 shares the code of equal modules, so the names differ. */
function checkBits(bits: VectorBits): Int32Array {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const limits = { minimumPages: 1, maximumPages: 1, shared: false };
  const module = new ModuleBuilder({
    memory: { module: "golgi", name: "memory", ...limits },
    name: `golgi-check-${bits}`,
    bits,
  });
  const multiply = tileFunction(module, { ...tile, long: false });
  const [lanes, result] = [4096, 16_384];
  module.function({ name: "run", parameters: [], results: [], exported: true }, (code) =>
    code.i32(0).i32(lanes).i32(result).i32(64).i32(depth).call(multiply),
  );
  new Float32Array(memory.buffer, 0, result / 4).forEach((_, i, all) => {
    all[i] = ((i * 7919) % 1009) / 503 - 1;
  });
  const compiled = new WebAssembly.Module(module.bytes());
  const { exports } = new WebAssembly.Instance(compiled, { golgi: { memory } });
  (exports.run as () => void)();
  return new Int32Array(memory.buffer, result, tile.rows * tile.lanes);
}
