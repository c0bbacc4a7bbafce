/** All tiles of two panels, the columns of the result lying where a table says. */
import type { Code, FunctionHandle, Local, ModuleBuilder } from "../encode.ts";
import { type Cut, edgeBytes, minimum, skipSliver } from "./packed.ts";
import { advance, bytesPerFloat, locals } from "./vectors.ts";

type Nine = [Local, Local, Local, Local, Local, Local, Local, Local, Local];
type Ten = [...Nine, Local];
type Twelve = [...Ten, Local, Local];

/**
 * Adds `spread(left, right, c, cRow, places, rows, columns, depth, accumulate, edge)`: row r and
 * column j of the result lie at c + r · cRow + places[j]. As `panels` of packed.ts in all else.
 */
export function spreadFunction(
  module: ModuleBuilder,
  cut: Cut,
  library: { tile: Tiles } & Placing,
): FunctionHandle {
  const parameters = new Array<"i32">(10).fill("i32");
  return module.function({ name: "spread", parameters, results: [] }, (code, ...given) => {
    const [left, right, c, cRow, places, rows, columns, depth, accumulate, edge] = given as Ten;
    const [row, column, a, target, high, wide, near] = locals(code, "i32", 7) as Nine;
    const { first, further } = library.tile;
    const straight = () => {
      code.get(a).get(right).get(places).load("i32.load").get(target).op("i32.add");
      return code.get(cRow).get(depth);
    };
    code.forRange({ local: column, from: 0, to: columns, step: cut.columns }, () => {
      minimum(code, columns, column, cut.columns).set(wide);
      areSideBySide(code, places, wide).get(wide).i32(cut.columns).op("i32.eq").op("i32.and");
      code.set(near).get(left).set(a).get(c).set(target);
      code.forRange({ local: row, from: 0, to: rows, step: cut.rows }, () => {
        minimum(code, rows, row, cut.rows).tee(high).i32(cut.rows).op("i32.eq").get(near);
        code.op("i32.and").if(
          () =>
            code.get(accumulate).if(
              () => straight().get(edge).call(further),
              () => straight().call(first),
            ),
          () => {
            code
              .get(a)
              .get(right)
              .get(edge)
              .i32(bytesPerFloat * cut.columns)
              .get(depth)
              .call(first);
            placeTile(code, { edge, c: target, cRow, places, high, wide, accumulate }, library);
          },
        );
        skipSliver(code, a, depth, cut.leftPitch);
        code.get(cRow).i32(cut.rows).op("i32.mul").get(target).op("i32.add").set(target);
      });
      skipSliver(code, right, depth, cut.rightPitch);
      advance(code, places, bytesPerFloat * cut.columns);
    });
  });
}

/**
 * As `spread`, of panels of several short blocks: those between the words at `first` and `end`, which
 * say where each starts. A tile is complete before it goes to its places; the edge is two tiles long.
 */
export function spreadBlocksFunction(
  module: ModuleBuilder,
  cut: Cut,
  library: { tile: Tiles; collect: FunctionHandle } & Placing,
): FunctionHandle {
  const parameters = new Array<"i32">(12).fill("i32");
  const edgeRow = bytesPerFloat * cut.columns;
  return module.function({ name: "spreadBlocks", parameters, results: [] }, (code, ...given) => {
    const [left, right, c, cRow, places, rows, columns, depth, accumulate, edge, first, end] =
      given as Twelve;
    const [row, column, a, target, high, wide, none] = locals(code, "i32", 7) as Nine;
    code.forRange({ local: column, from: 0, to: columns, step: cut.columns }, () => {
      minimum(code, columns, column, cut.columns).set(wide);
      code.get(left).set(a).get(c).set(target);
      code.forRange({ local: row, from: 0, to: rows, step: cut.rows }, () => {
        minimum(code, rows, row, cut.rows).set(high);
        code.get(accumulate).if(() => {
          code.get(edge).get(target).get(cRow).get(places).get(high).get(wide);
          code.call(library.collect);
        });
        sumBlocks(
          code,
          { a, right, edge, first, end, accumulate },
          { cut, edgeRow, tile: library.tile },
        );
        placeTile(code, { edge, c: target, cRow, places, high, wide, accumulate: none }, library);
        skipSliver(code, a, depth, cut.leftPitch);
        code.get(cRow).i32(cut.rows).op("i32.mul").get(target).op("i32.add").set(target);
      });
      skipSliver(code, right, depth, cut.rightPitch);
      advance(code, places, bytesPerFloat * cut.columns);
    });
  });
}

interface Blocks {
  readonly a: Local;
  readonly right: Local;
  readonly edge: Local;
  readonly first: Local;
  readonly end: Local;
  /** Whether the edge holds the sum of blocks before these. */
  readonly accumulate: Local;
}
interface BlockLibrary {
  readonly cut: Cut;
  readonly edgeRow: number;
  readonly tile: Tiles;
}

/** One tile, block after block, into the edge. */
function sumBlocks(code: Code, at: Blocks, { cut, edgeRow, tile }: BlockLibrary): void {
  const [block, left, right, steps, adds] = locals(code, "i32", 5) as Nine;
  const spare = code.local("i32");
  code.get(at.a).set(left).get(at.right).set(right).get(at.accumulate).set(adds);
  code.get(at.edge).i32(edgeBytes(cut)).op("i32.add").set(spare);
  const into = () => code.get(left).get(right).get(at.edge).i32(edgeRow).get(steps);
  code.forRange({ local: block, from: at.first, to: at.end, step: bytesPerFloat }, () => {
    code.get(block).load("i32.load", { offset: bytesPerFloat }).get(block).load("i32.load");
    code.op("i32.sub").set(steps);
    code.get(adds).if(
      () => into().get(spare).call(tile.further),
      () => into().call(tile.first),
    );
    code.i32(1).set(adds);
    skipSliver(code, left, steps, cut.leftPitch);
    skipSliver(code, right, steps, cut.rightPitch);
  });
}

/** Adds `collect(edge, c, cRow, places, rows, columns)`: what lies at the places of a tile. */
export function collectFunction(module: ModuleBuilder, edgeRow: number): FunctionHandle {
  const parameters = new Array<"i32">(6).fill("i32");
  return module.function({ name: "collect", parameters, results: [] }, (code, ...given) => {
    const [edge, c, cRow, places, rows, columns] = given as Nine;
    const [row, column, to, place] = locals(code, "i32", 4) as Nine;
    code.forRange({ local: row, from: 0, to: rows, step: 1 }, () => {
      code.get(edge).set(to).get(places).set(place);
      code.forRange({ local: column, from: 0, to: columns, step: 1 }, () => {
        code.get(to).get(place).load("i32.load").get(c).op("i32.add").load("f32.load");
        code.store("f32.store");
        advance(code, to, bytesPerFloat);
        advance(code, place, bytesPerFloat);
      });
      advance(code, edge, edgeRow);
      advance(code, c, cRow);
    });
  });
}

/** Whether the columns of a tile lie side by side: places grow, so the first and the last tell. */
function areSideBySide(code: Code, places: Local, wide: Local): Code {
  const last = code.local("i32");
  code.get(wide).i32(1).op("i32.sub").i32(2).op("i32.shl").tee(last);
  code.get(places).op("i32.add").load("i32.load").get(places).load("i32.load").op("i32.sub");
  return code.get(last).op("i32.eq");
}

/** Functions that bring an edge tile to its places: side by side, or each where a table says. */
export interface Placing {
  readonly add: FunctionHandle;
  readonly scatter: FunctionHandle;
}
/** The tile of the first block of a sum, and of further ones. */
interface Tiles {
  readonly first: FunctionHandle;
  readonly further: FunctionHandle;
}

interface Placed {
  readonly edge: Local;
  readonly c: Local;
  readonly cRow: Local;
  readonly places: Local;
  readonly high: Local;
  readonly wide: Local;
  readonly accumulate: Local;
}

/** An edge tile goes to its places. */
export function placeTile(
  code: Code,
  { edge, c, cRow, places, high, wide, accumulate }: Placed,
  { add, scatter }: Placing,
): void {
  areSideBySide(code, places, wide).if(
    () => {
      code.get(edge).get(places).load("i32.load").get(c).op("i32.add");
      code.get(cRow).get(high).get(wide).get(accumulate).call(add);
    },
    () => {
      code.get(edge).get(c).get(cRow).get(places);
      code.get(high).get(wide).get(accumulate).call(scatter);
    },
  );
}

/** Adds `scatter(edge, c, cRow, places, rows, columns, accumulate)`: as `add`, column by column. */
export function scatterFunction(module: ModuleBuilder, edgeRow: number): FunctionHandle {
  const parameters = new Array<"i32">(7).fill("i32");
  return module.function({ name: "scatter", parameters, results: [] }, (code, ...given) => {
    const [edge, c, cRow, places, rows, columns, accumulate] = given as Nine;
    const [row, column, from, place, whole] = locals(code, "i32", 5) as Nine;
    code.get(columns).i32(-4).op("i32.and").set(whole);
    code.forRange({ local: row, from: 0, to: rows, step: 1 }, () => {
      code.get(edge).set(from).get(places).set(place);
      code.forRange({ local: column, from: 0, to: whole, step: 4 }, () => {
        code.get(accumulate).if(
          () => scatterFour(code, { c, from, place, adds: true }),
          () => scatterFour(code, { c, from, place, adds: false }),
        );
        advance(code, from, 16);
        advance(code, place, 16);
      });
      code.forRange({ local: column, from: whole, to: columns, step: 1 }, () => {
        const to = code.local("i32");
        code.get(c).get(place).load("i32.load").op("i32.add").tee(to);
        code.get(from).load("f32.load").get(to).load("f32.load").f32(0).get(accumulate);
        code.op("select").op("f32.add").store("f32.store");
        advance(code, from, bytesPerFloat);
        advance(code, place, bytesPerFloat);
      });
      advance(code, edge, edgeRow);
      advance(code, c, cRow);
    });
  });
}

/** Four columns of one row; a sum is never -0, so one that starts there needs no 0 before it. */
function scatterFour(
  code: Code,
  { c, from, place, adds }: { c: Local; from: Local; place: Local; adds: boolean },
): void {
  const to = locals(code, "i32", 4);
  const value = code.local("v128");
  to.forEach((at, lane) => {
    code
      .get(c)
      .get(place)
      .load("i32.load", { offset: bytesPerFloat * lane });
    code.op("i32.add").set(at);
  });
  code.get(from).load("v128.load").set(value);
  if (adds) {
    const before = code.local("v128");
    code.get(to[0]!).load("v128.load32_zero").set(before);
    for (const lane of [1, 2, 3])
      code.get(to[lane]!).get(before).laneAccess("v128.load32_lane", lane).set(before);
    code.get(value).get(before).op("f32x4.add").set(value);
  }
  to.forEach((at, lane) => {
    code.get(at).get(value).laneAccess("v128.store32_lane", lane);
  });
}
