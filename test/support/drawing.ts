/** What a picture of a report draws, read back from its SVG through its own axis marks. */
import { expect } from "vitest";

export interface Drawing {
  /** The points of each path or line of a class (`s0`: lines of the first series), as values. */
  readonly lines: (name: string) => (readonly (readonly [x: number, y: number])[])[];
  /** Where the marks of a class stand (`f0`: marks of the first series). */
  readonly marks: (name: string) => (readonly [x: number, y: number])[];
}

const attribute = (element: string, name: string): string =>
  new RegExp(` ${name}="([^"]*)"`).exec(element)?.[1] ?? "";

/** The picture of an id: `roc`, `calibration-0`, `decision-0`. */
export function drawingOf(html: string, id: string): Drawing {
  const svg = html.split("<svg ").find((each) => each.includes(`"${id}-title ${id}-desc"`));
  expect(svg, `a picture ${id}`).toBeDefined();
  const picture = svg!.slice(0, svg!.indexOf("</svg>"));
  const [x, y] = [axisOf(picture, "middle", "x"), axisOf(picture, "end", "y")];
  const elements = (kind: string, name: string) =>
    [...picture.matchAll(new RegExp(`<${kind} [^>]*>`, "g"))]
      .map(([each]) => each)
      .filter((each) => attribute(each, "class") === name);
  const inside = picture.slice(picture.lastIndexOf("<g clip-path"));
  const paths = (name: string) =>
    elements("path", name)
      .filter((each) => inside.includes(each))
      .map((each) => attribute(each, "d"));
  const placed = (text: string) => {
    const [across, down] = text.split(" ").map(Number);
    return [x(across!), y(down!)] as const;
  };
  return {
    lines: (name) => paths(name).map((d) => d.replace(/^M|Z$/g, "").split("L").map(placed)),
    // a circle begins at its left end: “M 96 20 a 4 4 …” stands at (100, 20)
    marks: (name) =>
      paths(name).map((d) => {
        const [, left, down, radius] = /^M([\d.]+) ([\d.]+)a([\d.]+)/.exec(d)!.map(Number);
        return [x(left! + radius!), y(down!)] as const;
      }),
  };
}

/** From a place of the picture to the value there, by the first and the last mark of the axis. */
function axisOf(picture: string, anchor: string, along: "x" | "y"): (place: number) => number {
  // marks of the y axis are written this much below their lines
  const below = along === "y" ? 4.5 : 0;
  const found = [...picture.matchAll(/<text [^>]*class="soft"[^>]*>([^<]*)<\/text>/g)].filter(
    ([each]) => attribute(each, "text-anchor") === anchor,
  );
  const [first, last] = [found[0]!, found.at(-1)!].map(([element, word]) => ({
    place: Number(attribute(element, along)) - below,
    value: Number(word!.replace("−", "-").replace(/\s?%/, "")),
  }));
  const scale = (last!.value - first!.value) / (last!.place - first!.place);
  return (place) => first!.value + (place - first!.place) * scale;
}

/** A place on a line drawn through points. */
export function heightAt(line: readonly (readonly [number, number])[], x: number): number {
  const next = line.findIndex(([at]) => at >= x);
  const [from, to] = [line[Math.max(0, next - 1)]!, line[next]!];
  return to[0] === from[0]
    ? to[1]
    : from[1] + ((x - from[0]) / (to[0] - from[0])) * (to[1] - from[1]);
}
