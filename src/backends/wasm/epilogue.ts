/** Elementwise work on pieces of a result: rows and columns of one of its planes. */
import { bytesPerElement } from "../../base/dtype.ts";
import { overPlanes, planesOf } from "../../compile/epilogues.ts";
import { type Buffer, readsOf, type WithResult, writesOf } from "../../compile/kernel.ts";
import { Body } from "./body.ts";
import type { Code, FunctionHandle, Local, ModuleBuilder } from "./encode.ts";
import { advance, locals } from "./gemm/vectors.ts";
import { type Setting, storing, vectorized } from "./loops.ts";
import { lineElements, type Range } from "./part.ts";

/** What follows on each piece of a result, as a function of the module. */
export interface Finish {
  readonly callee: FunctionHandle;
  /** What a call passes on beside the piece. */
  readonly given: readonly Local[];
}

/** Rows and columns of one plane. */
export interface Piece {
  readonly plane: number | Local;
  readonly rows: Range;
  readonly columns: Range;
}

/** Writes the call that finishes a piece. */
export function callFinish(
  code: Code,
  { callee, given }: Finish,
  { plane, rows, columns }: Piece,
): void {
  for (const place of [plane, rows.from, rows.to, columns.from, columns.to, ...given])
    code.value(place);
  code.call(callee);
}

/** Writes the calls that finish columns of a convolution, image by image. */
export function finishColumns(
  code: Code,
  finish: Finish,
  piece: { rows: Range; column: Local; columns: Local; positions: number },
): void {
  const { rows, column, columns, positions } = piece;
  const [image, from, to, left] = locals(code, "i32", 4) as [Local, Local, Local, Local];
  code.get(column).i32(positions).op("i32.div_u").set(image);
  code.get(column).i32(positions).op("i32.rem_u").set(from);
  code.get(columns).set(left);
  code.loop((again) => {
    code.get(from).get(left).op("i32.add").tee(to).i32(positions);
    code.get(to).i32(positions).op("i32.lt_u").op("select").set(to);
    callFinish(code, finish, { plane: image, rows, columns: { from, to } });
    advance(code, image, 1);
    code.get(left).get(from).op("i32.add").get(to).op("i32.sub").i32(0).set(from).tee(left);
    code.brIf(again);
  });
}

type Five = [Local, Local, Local, Local, Local];

/** Adds `epilogue(plane, row, rowsEnd, column, columnsEnd, ...strides)`; columns are cut at multiples of `unit`, at most a line. */
export function emitFinish(
  module: ModuleBuilder,
  kernel: WithResult,
  { addressOf, strides }: Setting,
  unit: number,
): Finish | undefined {
  const { epilogue } = kernel;
  if (!epilogue) return undefined;
  const planes = planesOf(kernel);
  const collapsed = overPlanes(epilogue, planes)!;
  const moving = [...new Set([...readsOf(epilogue), ...writesOf(epilogue)])].filter((buffer) =>
    strides?.has(buffer),
  );
  const parameters = new Array<"i32">(5 + moving.length).fill("i32");
  const callee = module.function(
    { name: "epilogue", parameters, results: [] },
    (code, ...given) => {
      const [plane, row, rowsEnd, column, columnsEnd] = given as Five;
      for (const place of [plane, row, rowsEnd, column, columnsEnd])
        code.get(place).i32(bytesPerElement).op("i32.mul").set(place);
      const counters = [plane, row, column];
      const nest = { lengths: planes, counters, vector: 2, inner: 2 };
      const moved = new Map(moving.map((buffer, i): [Buffer, Local] => [buffer, given[5 + i]!]));
      const body = new Body({ code, nest, addressOf, strides: moved, collapsed });
      const { before, each, together } = storing(code, epilogue, body);
      const start = code.local("i32");
      code.get(column).set(start);
      code.forRange({ local: row, from: row, to: rowsEnd, step: bytesPerElement }, () => {
        before();
        const range = { from: start, to: columnsEnd };
        // a length of which steps leave what they may leave of a piece
        vectorized(code, column, { length: 4 * lineElements - unit, range, together }, each);
      });
    },
  );
  return { callee, given: moving.map((buffer) => strides!.get(buffer)!) };
}
