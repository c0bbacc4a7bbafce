/** Places as tables: what lies where, for matrices whose rows and columns no stride describes. */
import type { Code, FunctionHandle, Local, ModuleBuilder } from "../encode.ts";
import { advance, bytesPerFloat, locals } from "./vectors.ts";

/** The most columns of a panel, and the most steps of a block. */
export const longestList = 512;
/** The last entry is repeated so often: tiles read lists in eights or sixteens. */
const repeats = 16;
/** A table of a panel or block: three lists. */
export const listBytes = bytesPerFloat * (longestList + repeats);
export const tableBytes = 3 * listBytes;

type Nine = [Local, Local, Local, Local, Local, Local, Local, Local, Local];
const lists = [0, 1, 2] as const;

/**
 * Adds `expand(target, table, period, first, count, stride0, stride1)`: entries `first` … of the
 * endless table whose first two lists grow by a stride each `period` entries; the third repeats.
 * Copied four at a time, so up to three entries beyond each run are written before the next run is.
 */
export function expandFunction(module: ModuleBuilder): FunctionHandle {
  const parameters = new Array<"i32">(7).fill("i32");
  return module.function({ name: "expand", parameters, results: [] }, (code, ...given) => {
    const [target, table, period, first, count, stride0, stride1] = given as Nine;
    const [from, to, base0, base1, run, end, list] = locals(code, "i32", 7) as Nine;
    const bases = [base0, base1];
    const words = (local: Local) => code.get(local).i32(2).op("i32.shl");
    words(period).set(list);
    for (const [base, stride] of [
      [base0, stride0],
      [base1, stride1],
    ] as const)
      code.get(first).get(period).op("i32.div_u").get(stride).op("i32.mul").set(base);
    code.get(first).get(period).op("i32.rem_u").set(first);
    words(count).get(target).op("i32.add").set(end);
    code.loop((again) => {
      words(first).get(table).op("i32.add").set(from);
      code.get(period).get(first).op("i32.sub").i32(2).op("i32.shl").get(target).op("i32.add");
      code.tee(run).get(end).get(run).get(end).op("i32.lt_u").op("select").set(run);
      code.get(target).set(to);
      code.forRange({ local: to, from: target, to: run, step: 16 }, () => {
        copyFour(code, { from, to, list }, bases);
      });
      code.get(run).set(target).i32(0).set(first);
      advance(code, base0, stride0);
      advance(code, base1, stride1);
      code.get(target).get(end).op("i32.lt_u").brIf(again);
    });
    repeatLast(code, target, to);
  });
}

interface Copy {
  readonly from: Local;
  readonly to: Local;
  /** Bytes from list to list of the source. */
  readonly list: Local;
}

/** Four entries of each list, grown by the bases; moves `from` on. */
function copyFour(code: Code, { from, to, list }: Copy, bases: readonly Local[]): void {
  const at = code.local("i32");
  code.get(from).set(at);
  for (const each of lists) {
    code.get(to).get(at).load("v128.load");
    const base = bases[each];
    if (base) code.get(base).op("i32x4.splat").op("i32x4.add");
    code.store("v128.store", { offset: each * listBytes });
    advance(code, at, list);
  }
  advance(code, from, 16);
}

function repeatLast(code: Code, target: Local, i: Local): void {
  code.forRange({ local: i, from: 0, to: repeats, step: 1 }, () => {
    for (const each of lists) {
      const offset = each * listBytes;
      code.get(target).get(target).i32(bytesPerFloat).op("i32.sub").load("i32.load", { offset });
      code.store("i32.store", { offset });
    }
    advance(code, target, bytesPerFloat);
  });
}
