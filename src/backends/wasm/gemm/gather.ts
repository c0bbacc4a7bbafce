/**
 * Packing by tables: lane l at depth k lies at source + lane[l] + depth[k]. Goes to the slivers that
 * the tile reads, as pack.ts; neighbors along the lanes or along the depth are moved four at a time.
 */
import type { Code, FunctionHandle, Local, ModuleBuilder } from "../encode.ts";
import { listBytes } from "./tables.ts";
import { advance, bytesPerFloat, locals, transpose4 } from "./vectors.ts";

export interface GatherShape {
  /** Lanes gathered together: 8, or fewer of a stride. */
  readonly width: number;
  /** How many such make a sliver. */
  readonly parts: number;
  /** Numbers from one step to the next in a sliver. */
  readonly pitch: number;
  /** Lanes lie a stride apart, else where a table says. */
  readonly strided: boolean;
  /** Where a lane and a depth share a bit there is a zero, and memory is not read. */
  readonly masked: boolean;
}

interface Sliver extends GatherShape {
  readonly source: Local;
  /** The table of this sliver's lanes, or their stride. */
  readonly lane: Local;
  readonly bases: readonly Local[];
  /** Moves along the table of the depth. */
  readonly depth: Local;
  readonly end: Local;
  readonly target: Local;
  /** Bits that some lane has. */
  readonly bits: Local;
}

/** Where the masks of a table start. */
export const masks = 2 * listBytes;

/** Adds `gather(source, lanes, count, depth, steps, target)`: `lanes` a table or a stride in bytes. */
export function gatherFunction(module: ModuleBuilder, shape: GatherShape): FunctionHandle {
  const { width, strided, masked } = shape;
  const parameters = new Array<"i32">(6).fill("i32");
  const name = `window${width}${strided ? "s" : ""}${masked ? "m" : ""}`;
  return module.function({ name, parameters, results: [] }, (code, ...given) => {
    const [source, lane, count, table, steps, target] = given as Six;
    const [first, depth, end, corner, part, bits] = locals(code, "i32", 6) as Six;
    const bases = locals(code, "i32", width);
    const sliver = { ...shape, source, lane, bases, depth, end, target, bits };
    code.get(target).set(corner);
    code.get(steps).i32(2).op("i32.shl").get(table).op("i32.add").set(end);
    code.forRange({ local: first, from: 0, to: count, step: width }, () => {
      setBases(code, sliver, first, count);
      code.get(table).set(depth).get(corner).set(target);
      if (masked) collectBits(code, sliver);
      nextCorner(code, shape, { corner, part, steps });
      if (strided) along(code, sliver);
      else {
        areNeighbors(code, lane);
        areNeighbors(code, lane, 16).op("i32.and");
        code.if(
          () => {
            isOneRun(code, sliver).if(
              () => runs(code, sliver),
              () => across(code, sliver),
            );
          },
          () => along(code, sliver),
        );
        advance(code, lane, bytesPerFloat * width);
      }
    });
  });
}
type Six = [Local, Local, Local, Local, Local, Local];

/** Where the next lanes go: beside these, or behind the sliver that they complete. */
function nextCorner(
  code: Code,
  { width, parts, pitch }: GatherShape,
  { corner, part, steps }: { corner: Local; part: Local; steps: Local },
): void {
  const whole = () =>
    code
      .get(steps)
      .i32(bytesPerFloat * pitch)
      .op("i32.mul");
  if (parts === 1) {
    whole().get(corner).op("i32.add").set(corner);
    return;
  }
  const beside = bytesPerFloat * width;
  advance(code, part, 1);
  code.get(part).i32(parts).op("i32.eq");
  code.if(
    () => {
      whole()
        .i32(beside * (parts - 1))
        .op("i32.sub")
        .get(corner)
        .op("i32.add")
        .set(corner);
      code.i32(0).set(part);
    },
    () => advance(code, corner, beside),
  );
}

/** Addresses of the lanes at depth 0; lanes past the end repeat the last, and nobody reads them. */
function setBases(code: Code, sliver: Sliver, first: Local, count: Local): void {
  const { strided, source, lane, bases } = sliver;
  bases.forEach((base, l) => {
    if (!strided)
      code
        .get(source)
        .get(lane)
        .load("i32.load", { offset: bytesPerFloat * l })
        .op("i32.add");
    else if (l === 0) code.get(first).get(lane).op("i32.mul").get(source).op("i32.add");
    else {
      code.get(lane).i32(0).get(first).i32(l).op("i32.add").get(count).op("i32.lt_u");
      code
        .op("select")
        .get(bases[l - 1]!)
        .op("i32.add");
    }
    code.set(base);
  });
}

/** Whether four places of a table are neighbors in memory. */
export const areNeighbors = (code: Code, list: Local, offset = 0): Code =>
  code
    .get(list)
    .load("v128.load", { offset })
    .get(list)
    .load("v128.load32_splat", { offset })
    .op("i32x4.sub")
    .v128(0, 4, 8, 12)
    .op("i32x4.eq")
    .op("i32x4.all_true");

/** Whether one of eight lanes may meet a depth that it shares a bit with. */
export const masksOf = (code: Code, lane: Local): Code =>
  code
    .get(lane)
    .load("v128.load", { offset: masks })
    .get(lane)
    .load("v128.load", { offset: masks + 16 })
    .op("v128.or")
    .op("v128.any_true");

function collectBits(code: Code, { width, lane, bits }: Sliver): void {
  for (let l = 0; l < width; l += 1) {
    code.get(lane).load("i32.load", { offset: masks + bytesPerFloat * l });
    if (l > 0) code.op("i32.or");
  }
  code.set(bits);
}

/** The next steps with masks where one of them shares a bit with one of the lanes, else without. */
function eitherWay(
  code: Code,
  { masked, depth, bits }: Sliver,
  steps: 1 | 4,
  body: (masked: boolean) => void,
): void {
  if (!masked) {
    body(false);
    return;
  }
  if (steps === 1) code.get(depth).load("i32.load", { offset: masks }).get(bits).op("i32.and");
  else {
    code.get(depth).load("v128.load", { offset: masks }).get(bits).op("i32x4.splat");
    code.op("v128.and").op("v128.any_true");
  }
  code.if(
    () => body(true),
    () => body(false),
  );
}

/** Steps over the depth while some are left. */
function whileLeft(code: Code, { depth, end }: Sliver, body: () => void): void {
  code
    .get(depth)
    .get(end)
    .op("i32.lt_u")
    .if(() =>
      code.loop((again) => {
        body();
        code.get(depth).get(end).op("i32.lt_u").brIf(again);
      }),
    );
}

/** Whether two runs of four lanes are one of eight, of which none is ever outside. */
function isOneRun(code: Code, { bases, masked, bits }: Sliver): Code {
  code.get(bases[4]!).get(bases[0]!).op("i32.sub").i32(16).op("i32.eq");
  return masked ? code.get(bits).op("i32.eqz").op("i32.and") : code;
}

/** Steps of a turn. */
const together = 4;

/** Eight neighbors that are all there, four steps a turn while so many are left. */
function runs(code: Code, sliver: Sliver): void {
  const { bases, depth, end, target, pitch } = sliver;
  const whole = code.local("i32");
  const from = locals(code, "i32", together);
  code
    .get(end)
    .get(depth)
    .op("i32.sub")
    .i32(-4 * together);
  code.op("i32.and").get(depth).op("i32.add").set(whole);
  whileLeft(code, { ...sliver, end: whole }, () => {
    from.forEach((at, step) => {
      code.get(depth).load("i32.load", { offset: bytesPerFloat * step });
      code.get(bases[0]!).op("i32.add").set(at);
    });
    from.forEach((at, step) => {
      // the higher address first, as V8 pairs stores
      const halves = [16, 0].map((offset) => ({ offset, value: code.local("v128") }));
      for (const { offset, value } of halves.toReversed())
        code.get(at).load("v128.load", { offset }).set(value);
      for (const { offset, value } of halves)
        code
          .get(target)
          .get(value)
          .store("v128.store", { offset: offset + bytesPerFloat * pitch * step });
    });
    advance(code, depth, bytesPerFloat * together);
    advance(code, target, bytesPerFloat * pitch * together);
  });
  across(code, { ...sliver, masked: false });
}

/** One step a turn, eight neighbors at once. */
function across(code: Code, sliver: Sliver): void {
  const { depth, target, pitch } = sliver;
  const offset = code.local("i32");
  whileLeft(code, sliver, () => {
    code.get(depth).load("i32.load").set(offset);
    eitherWay(code, sliver, 1, (masked) => {
      for (const vector of [0, 1]) fourLanes(code, { ...sliver, masked }, { offset, vector });
    });
    advance(code, depth, bytesPerFloat);
    advance(code, target, bytesPerFloat * pitch);
  });
}

/** Four neighbors at one depth. */
function fourLanes(
  code: Code,
  { lane, bases, depth, target, masked }: Sliver,
  { offset, vector }: { offset: Local; vector: number },
): void {
  const at = { offset: 16 * vector };
  const address = () =>
    code
      .get(bases[4 * vector]!)
      .get(offset)
      .op("i32.add");
  if (!masked) {
    code.get(target);
    address().load("v128.load").store("v128.store", at);
    return;
  }
  const mask = code.local("v128");
  code.get(depth).load("v128.load32_splat", { offset: masks });
  code.get(lane).load("v128.load", { offset: masks + 16 * vector });
  code.op("v128.and").i32(0).op("i32x4.splat").op("i32x4.eq").set(mask);
  storeMasked(code, { target, at, mask }, () => address().load("v128.load"));
}

/** What `fetch` leaves on the stack where the mask is set, else zeros; not run if it is set nowhere. */
function storeMasked(
  code: Code,
  { target, at, mask }: { target: Local; at: { offset: number }; mask: Local },
  fetch: () => Code,
): void {
  code.get(mask).op("v128.any_true");
  code.if(
    () => {
      code.get(target);
      fetch().get(mask).op("v128.and").store("v128.store", at);
    },
    () => code.get(target).f32x4(0).store("v128.store", at),
  );
}

/** Four steps at once where they are neighbors, else one lane after the other. */
function along(code: Code, sliver: Sliver): void {
  const { depth, end } = sliver;
  const offset = code.local("i32");
  whileLeft(code, sliver, () => {
    code.get(depth).load("i32.load").set(offset);
    code.get(depth).i32(16).op("i32.add").get(end).op("i32.le_u");
    areNeighbors(code, depth).op("i32.and");
    code.if(
      () => eitherWay(code, sliver, 4, (masked) => square(code, { ...sliver, masked }, offset)),
      () => eitherWay(code, sliver, 1, (masked) => single(code, { ...sliver, masked }, offset)),
    );
  });
}

function square(code: Code, sliver: Sliver, offset: Local): void {
  const { width, pitch, bases, depth, target } = sliver;
  const vectors = locals(code, "v128", 4);
  const spare = locals(code, "v128", 4);
  const place = (step: number, lane: number) => bytesPerFloat * (step * pitch + lane);
  let lane = 0;
  for (; lane + 4 <= width; lane += 4) {
    vectors.forEach((vector, l) => {
      fourSteps(code, sliver, { base: bases[lane + l]!, offset, lane: lane + l, vector });
    });
    transpose4(code, vectors, spare);
    vectors.forEach((vector, step) => {
      code
        .get(target)
        .get(vector)
        .store("v128.store", { offset: place(step, lane) });
    });
  }
  for (; lane < width; lane += 1) {
    const vector = vectors[0]!;
    fourSteps(code, sliver, { base: bases[lane]!, offset, lane, vector });
    for (let step = 0; step < 4; step += 1)
      code
        .get(target)
        .get(vector)
        .laneAccess("v128.store32_lane", step, { offset: place(step, lane) });
  }
  advance(code, depth, 16);
  advance(code, target, 4 * bytesPerFloat * pitch);
}

/** One lane at four neighboring depths. */
function fourSteps(
  code: Code,
  { lane: table, depth, masked }: Sliver,
  { base, offset, lane, vector }: { base: Local; offset: Local; lane: number; vector: Local },
): void {
  const fetch = () => code.get(base).get(offset).op("i32.add").load("v128.load");
  if (!masked) {
    fetch().set(vector);
    return;
  }
  code.get(depth).load("v128.load", { offset: masks });
  code.get(table).load("v128.load32_splat", { offset: masks + bytesPerFloat * lane });
  code.op("v128.and").i32(0).op("i32x4.splat").op("i32x4.eq").tee(vector).op("v128.any_true");
  code.if(() => fetch().get(vector).op("v128.and").set(vector));
}

function single(code: Code, sliver: Sliver, offset: Local): void {
  const { lane: table, pitch, bases, depth, target, masked } = sliver;
  const step = code.local("i32");
  if (masked) code.get(depth).load("i32.load", { offset: masks }).set(step);
  bases.forEach((base, lane) => {
    const to = { offset: bytesPerFloat * lane };
    const copy = () =>
      code.get(target).get(base).get(offset).op("i32.add").load("f32.load").store("f32.store", to);
    if (!masked) copy();
    else {
      code
        .get(step)
        .get(table)
        .load("i32.load", { offset: masks + bytesPerFloat * lane });
      code.op("i32.and").if(() => code.get(target).f32(0).store("f32.store", to), copy);
    }
  });
  advance(code, depth, bytesPerFloat);
  advance(code, target, bytesPerFloat * pitch);
}
