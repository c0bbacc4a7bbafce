/** The reference backend: interprets the graph, slowly, in float32 or in float64. */
import { type HostArray, hostArray } from "../../base/dtype.ts";
import { InternalError } from "../../base/errors.ts";
import { sizeOf } from "../../base/shape.ts";
import { toposort } from "../../graph/node.ts";
import { evaluate, type Machine } from "../../graph/reference.ts";
import { float32 } from "../../graph/reference32.ts";
import type { ProgramRequest, Session, Slot } from "../backend.ts";

/** A session that needs no WebAssembly; `machine` decides the arithmetic (default: float32). */
export function referenceSession({ machine = float32 }: { machine?: Machine } = {}): Session {
  const memory = new Map<Slot, Float64Array>();
  const valuesOf = (slot: Slot) => {
    const values = memory.get(slot);
    if (!values) throw new InternalError("This slot was freed, or belongs to another session.");
    return values;
  };
  const write = (slot: Slot, data: ArrayLike<number>, start = 0) => {
    const exact = slot.dtype === "f32" ? Float64Array.from(data, machine.round) : data;
    valuesOf(slot).set(exact, start);
  };
  return {
    name: "reference",
    allocate(shape, dtype, data) {
      const slot: Slot = { shape, dtype };
      memory.set(slot, new Float64Array(sizeOf(shape)));
      if (data) write(slot, typeof data === "function" ? data() : data);
      return slot;
    },
    free: (slot) => void memory.delete(slot),
    write,
    read(slot): HostArray {
      const out = hostArray(slot.dtype, sizeOf(slot.shape));
      out.set(valuesOf(slot));
      return out;
    },
    compile({ inputs, outputs }: ProgramRequest) {
      const roots = outputs.map(({ node }) => node);
      return {
        scratchBytes: 0,
        free: () => undefined,
        profile: () => [],
        describe: () =>
          toposort(roots)
            .map((n) => `${n.op} [${n.shape}]`)
            .join("\n"),
        run() {
          const given = Object.fromEntries(
            Object.entries(inputs).map(([name, slot]) => [name, valuesOf(slot)]),
          );
          const results = evaluate(roots, given, machine);
          outputs.forEach(({ to }, i) => void valuesOf(to).set(results[i]!));
        },
      };
    },
  };
}
