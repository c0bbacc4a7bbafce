/** Places as tables: what lies where, for matrices whose rows and columns no stride describes. */
import type { Code, FunctionHandle, Local, ModuleBuilder } from "../encode.ts";
import { panelColumns, tileColumns } from "./packed.ts";
import { blockLength } from "./tile.ts";
import { advance, bytesPerFloat, locals } from "./vectors.ts";

/** A table of a panel or block: three lists, each followed by copies of its last entry. */
export const listBytes = bytesPerFloat * (Math.max(panelColumns, blockLength) + tileColumns);
export const tableBytes = 3 * listBytes;

type Eight = [Local, Local, Local, Local, Local, Local, Local, Local];
const lists = [0, 1, 2] as const;

/**
 * Adds `expand(target, table, period, first, count, stride0, stride1)`: entries `first` … of the
 * endless table whose first two lists grow by a stride each `period` entries; the third repeats.
 */
export function expandFunction(module: ModuleBuilder): FunctionHandle {
  const parameters = new Array<"i32">(7).fill("i32");
  return module.function({ name: "expand", parameters, results: [] }, (code, ...given) => {
    const [target, table, period, first, count, stride0, stride1] = given as Eight;
    const [i, inner, from, list, base0, base1] = locals(code, "i32", 6) as Eight;
    code.get(period).i32(2).op("i32.shl").set(list);
    const times = (stride: Local, base: Local) =>
      code.get(first).get(period).op("i32.div_u").get(stride).op("i32.mul").set(base);
    times(stride0, base0);
    times(stride1, base1);
    code.get(first).get(period).op("i32.rem_u").set(inner);
    code.forRange({ local: i, from: 0, to: count, step: 1 }, () => {
      code.get(inner).i32(2).op("i32.shl").get(table).op("i32.add").set(from);
      for (const each of lists) {
        code.get(target).get(from).load("i32.load");
        if (each < 2) code.get(each === 0 ? base0 : base1).op("i32.add");
        code.store("i32.store", { offset: each * listBytes });
        code.get(from).get(list).op("i32.add").set(from);
      }
      advance(code, target, bytesPerFloat);
      code.get(inner).i32(1).op("i32.add").tee(inner).get(period).op("i32.eq");
      code.if(() => {
        code.i32(0).set(inner);
        advance(code, base0, stride0);
        advance(code, base1, stride1);
      });
    });
    repeatLast(code, target, i);
  });
}

function repeatLast(code: Code, target: Local, i: Local): void {
  code.forRange({ local: i, from: 0, to: tileColumns, step: 1 }, () => {
    for (const each of lists) {
      const offset = each * listBytes;
      code.get(target).get(target).i32(bytesPerFloat).op("i32.sub").load("i32.load", { offset });
      code.store("i32.store", { offset });
    }
    advance(code, target, bytesPerFloat);
  });
}
