/** Kernels as text, one a line, for tests and the curious. */
import { spellShape } from "../base/shape.ts";
import { hasResult } from "./epilogues.ts";
import {
  type Binding,
  type Buffer,
  type Kernel,
  type LoopKernel,
  type Value,
  valuesOf,
  writesOf,
} from "./kernel.ts";

function spellBuffer({ place, id, shape }: Buffer): string {
  const name =
    place.kind === "input"
      ? place.name
      : place.kind === "output"
        ? `out${place.output}`
        : place.kind === "literal"
          ? `literal${place.literal.id}`
          : `${place.kind === "row" ? "row" : "t"}${id}`;
  return `${name}${spellShape(shape)}`;
}

const opsOf = (values: readonly Value[]): string =>
  valuesOf(values)
    .flatMap((v) =>
      v.kind === "compute" ? [v.op] : v.kind === "load" ? [spellBuffer(v.buffer)] : [],
    )
    .join(" ");

function describeKernel(kernel: Kernel): string {
  const map = hasResult(kernel) && kernel.epilogue;
  return describeOwn(kernel) + (map ? `, then ${describeOwn(map).slice("map ".length)}` : "");
}

function describeOwn(kernel: Kernel): string {
  switch (kernel.kind) {
    case "map": {
      const to = kernel.stores.map(({ buffer }) => spellBuffer(buffer)).join(" ");
      return `map ${to} = ${opsOf(kernel.stores.map(({ value }) => value))}`;
    }
    case "reduce":
      return `${kernel.op} ${spellBuffer(kernel.store.buffer)} = ${opsOf([kernel.value])}`;
    case "rowwise":
      return `rowwise ${kernel.rows.join(" × ")}\n${indented(kernel.body)}`;
    case "product":
      return `product ${spellBuffer(kernel.out)} = ${spellBuffer(kernel.a.buffer)} ${spellBuffer(kernel.b.buffer)}`;
    case "convolution":
    case "direct":
    case "correlation":
      return `convolution ${spellBuffer(kernel.out)} = ${spellBuffer(kernel.x.buffer)} ${spellBuffer(kernel.kernel.buffer)}`;
    case "windowArgmax":
      return `windowArgmax ${writesOf(kernel).map(spellBuffer).join(" ")} = ${spellBuffer(kernel.x)}`;
    case "windowFill":
      return `windowFill ${spellBuffer(kernel.out)} = ${spellBuffer(kernel.values)} ${spellBuffer(kernel.places)}`;
    case "random":
      return `random ${spellBuffer(kernel.out)} = ${spellBuffer(kernel.key)}`;
    case "loop":
      return describeLoop(kernel);
    default:
      return `${kernel.kind} ${spellBuffer(kernel.out)} = ${spellBuffer(kernel.table)} ${spellBuffer(kernel.rows)}`;
  }
}

const indented = (body: readonly Kernel[]) => describeKernels(body).replaceAll(/^/gm, "  ");

/** The kernels of a step, indented; `name[shape] <- name[shape]` says what stands for what. */
function describeLoop({ length, reverse, body, inputs, outputs }: LoopKernel): string {
  const spell = ({ buffer, sliced }: Binding) => `${sliced ? "each " : ""}${spellBuffer(buffer)}`;
  const given = [...inputs].map(([name, binding]) => `${name}: ${spell(binding)}`);
  const made = outputs.map((binding, i) => `out${i}: ${spell(binding)}`);
  return `loop ${length} steps${reverse ? " backward" : ""}, ${[...given, ...made].join(", ")}\n${indented(body)}`;
}

export const describeKernels = (kernels: readonly Kernel[]): string =>
  kernels.map(describeKernel).join("\n");
