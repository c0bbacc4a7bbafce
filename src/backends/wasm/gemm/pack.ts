/**
 * Packing: any strided matrix becomes slivers that the tile kernel reads straight through.
 *
 * A matrix of `lanes` × `depth` numbers goes to `[ceil(lanes / width)][depth][pitch]`; lanes past
 * the end are zero, so that the kernel has no edges. What is transposed or broadcast costs the same.
 */
import type { Code, FunctionHandle, Local, ModuleBuilder } from "../encode.ts";
import { advance, bytesPerFloat, locals, transpose4 } from "./vectors.ts";

interface Sliver {
  readonly width: number;
  readonly pitch: number;
  readonly source: Local;
  readonly laneStride: Local; // bytes
  readonly depthStride: Local; // bytes
  readonly depth: Local;
  readonly target: Local; // left at the end of the sliver
  readonly step: Local; // free
  readonly from: Local; // free
}

/** Adds `pack(source, laneStride, depthStride, lanes, depth, target)`; strides in bytes. */
export function packFunction(module: ModuleBuilder, width: number, pitch: number): FunctionHandle {
  const parameters = ["i32", "i32", "i32", "i32", "i32", "i32"] as const;
  return module.function(
    { name: `pack${width}`, parameters, results: [] },
    (code, source, laneStride, depthStride, lanes, depth, target) => {
      const [first, left, step, from] = locals(code, "i32", 4) as [Local, Local, Local, Local];
      const sliver = { width, pitch, source, laneStride, depthStride, depth, target, step, from };
      code.forRange({ local: first, from: 0, to: lanes, step: width }, () => {
        code.get(lanes).get(first).op("i32.sub").tee(left).i32(width).op("i32.ge_u");
        code.if(
          () => packFull(code, sliver),
          () => packScalars(code, sliver, left, depth),
        );
        code.get(laneStride).i32(width).op("i32.mul").get(source).op("i32.add").set(source);
      });
    },
  );
}

/** All lanes exist: copy vectors, or transpose 4 × 4 squares, or go one by one. */
function packFull(code: Code, sliver: Sliver): void {
  const { width, laneStride, depthStride, depth } = sliver;
  code.get(laneStride).i32(bytesPerFloat).op("i32.eq");
  code.if(
    () => copyRows(code, sliver),
    () => {
      const squares = code.local("i32");
      const rest = code.local("i32");
      code.get(depth).i32(2).op("i32.shr_u").set(squares).get(depth).i32(3).op("i32.and").set(rest);
      code.get(depthStride).i32(bytesPerFloat).op("i32.eq");
      code.if(
        () => {
          transposeSquares(code, sliver, squares);
          packScalars(code, { ...sliver, source: sliver.from }, width, rest);
        },
        () => packScalars(code, sliver, width, depth),
      );
    },
  );
}

function copyRows(code: Code, sliver: Sliver): void {
  const { width, pitch, source, depthStride, depth, target, step, from } = sliver;
  code.get(source).set(from);
  code.forRange({ local: step, from: 0, to: depth, step: 1 }, () => {
    for (let lane = 0; lane < width; lane += lane + 4 <= width ? 4 : 1) {
      const offset = bytesPerFloat * lane;
      code.get(target).get(from);
      if (lane + 4 <= width) code.load("v128.load", { offset }).store("v128.store", { offset });
      else code.load("f32.load", { offset }).store("f32.store", { offset });
    }
    advance(code, from, depthStride);
    advance(code, target, bytesPerFloat * pitch);
  });
}

/** `squares` times four steps of depth; leaves `from` where the steps that are left start. */
function transposeSquares(code: Code, sliver: Sliver, squares: Local): void {
  const { width, pitch, source, laneStride, target, step, from } = sliver;
  const row = code.local("i32");
  const vectors = locals(code, "v128", 4);
  const spare = locals(code, "v128", 4);
  const place = (position: number, lane: number) => bytesPerFloat * (position * pitch + lane);
  code.get(source).set(from);
  code.forRange({ local: step, from: 0, to: squares, step: 1 }, () => {
    code.get(from).set(row);
    let lane = 0;
    for (; lane + 4 <= width; lane += 4) {
      for (const vector of vectors) {
        code.get(row).load("v128.load").set(vector);
        advance(code, row, laneStride);
      }
      transpose4(code, vectors, spare);
      vectors.forEach((vector, position) => {
        code
          .get(target)
          .get(vector)
          .store("v128.store", { offset: place(position, lane) });
      });
    }
    for (; lane < width; lane += 1) {
      const [vector] = vectors as [Local];
      code.get(row).load("v128.load").set(vector);
      for (let position = 0; position < 4; position += 1) {
        const offset = place(position, lane);
        code.get(target).get(vector).laneAccess("v128.store32_lane", position, { offset });
      }
      advance(code, row, laneStride);
    }
    advance(code, from, 16);
    advance(code, target, 4 * bytesPerFloat * pitch);
  });
}

/** One number at a time; lanes from `left` on are zero. */
function packScalars(code: Code, sliver: Sliver, left: Local | number, depth: Local): void {
  const { width, pitch, source, laneStride, depthStride, target, step } = sliver;
  const at = code.local("i32");
  const column = code.local("i32");
  code.get(source).set(column);
  code.forRange({ local: step, from: 0, to: depth, step: 1 }, () => {
    code.get(column).set(at);
    for (let lane = 0; lane < width; lane += 1) {
      const offset = bytesPerFloat * lane;
      const copy = () => {
        code.get(target).get(at).load("f32.load").store("f32.store", { offset });
        advance(code, at, laneStride);
      };
      if (typeof left === "number") copy();
      else
        code
          .get(left)
          .i32(lane)
          .op("i32.gt_u")
          .if(copy, () => code.get(target).f32(0).store("f32.store", { offset }));
    }
    advance(code, column, depthStride);
    advance(code, target, bytesPerFloat * pitch);
  });
}
