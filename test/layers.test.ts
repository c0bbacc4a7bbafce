/** The layers, bottom first: a file imports its own layer or one below, and nothing in a circle. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

/** Folders on one line may use each other, one way. */
const layers = [
  ["src/base"],
  ["src/graph"],
  ["src/grad", "src/compile"],
  ["src/backends"],
  ["src/tensor"],
  ["src/nn", "src/loss", "src/optim", "src/metrics", "src/data", "src/io"],
  ["src/train"],
  ["src/evaluate"],
  ["src/explain"],
  ["src/report", "src/deploy"],
  ["src/index.ts", "src/node.ts"],
  ["cli"],
];
/** What the engine is made of stands on nothing but the language. */
const withoutPackages = layers
  .slice(0, 5)
  .flat()
  .concat("src/nn", "src/loss", "src/optim", "src/metrics");
/** Where Node's own modules may be used; the rest of the library runs in the browser. */
const nodeOnly = /^(?:cli\/|src\/node\.ts|src\/deploy\/|src\/base\/platform\/node)/;

const root = fileURLToPath(new URL("..", import.meta.url));
const roomOf = (file: string) =>
  file.startsWith("src/") ? file.split("/").slice(0, 2).join("/") : file.split("/")[0]!;
const layerOf = (file: string) => layers.findIndex((rooms) => rooms.includes(roomOf(file)));

type Imports = ReadonlyMap<string, readonly string[]>;

/** What stands after `from`, `import` and `import(` in a file, its comments left out. */
function specifiers(source: string): string[] {
  const code = withoutComments(source);
  const found = code.matchAll(/(?:\bfrom|^import|\bimport\()\s*"([^"]+)"/gm);
  return [...found].map(([, name]) => name!);
}

const withoutComments = (source: string) =>
  source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
/** What is there when the program runs: two files may well need each other's types. */
const withoutTypes = (source: string) =>
  withoutComments(source).replace(/^(?:import|export) type [^;]*;/gm, "");

/** A specifier as a path in this project, or as it is where it names a package. */
function resolve(file: string, name: string): string {
  if (name.startsWith(".")) return join(dirname(file), name).replaceAll("\\", "/");
  if (name === "#platform") return "src/base/platform/node.ts";
  if (name === "golgi") return "src/index.ts";
  return name === "golgi/node" ? "src/node.ts" : name;
}

const files = ["src", "cli"]
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
  .filter((file) => !file.endsWith(".test.ts"))
  .sort();
const importsBy = (read: (source: string) => string): Imports =>
  new Map(
    files.map((file) => {
      const names = specifiers(read(readFileSync(join(root, file), "utf8")));
      return [file, names.map((name) => resolve(file, name))];
    }),
  );
const imports = importsBy((source) => source);

const upward = (graph: Imports) =>
  [...graph].flatMap(([file, to]) =>
    to.filter((t) => layerOf(t) > layerOf(file)).map((t) => `${file} imports ${t}`),
  );

/** The circles that a depth-first walk meets, each as the way around. */
function circles(graph: Imports): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (at: string, way: readonly string[]): void => {
    if (way.includes(at)) found.push([...way.slice(way.indexOf(at)), at].join(" → "));
    if (done.has(at) || way.includes(at)) return;
    for (const next of graph.get(at) ?? []) visit(next, [...way, at]);
    done.add(at);
  };
  for (const start of graph.keys()) visit(start, []);
  return found;
}

/** The same graph between rooms: what the files of each import from others. */
function rooms(graph: Imports): Imports {
  const merged = new Map<string, string[]>();
  for (const [file, to] of graph) {
    const others = to.map(roomOf).filter((room) => room !== roomOf(file));
    merged.set(roomOf(file), [...(merged.get(roomOf(file)) ?? []), ...others]);
  }
  return merged;
}

const offending = (within: (file: string) => boolean, refuse: (to: string) => boolean) =>
  [...imports].flatMap(([file, to]) =>
    within(file) ? to.filter(refuse).map((t) => `${file} imports ${t}`) : [],
  );
const isPackage = (to: string) => !/^(?:src|cli|node:)/.test(to);

describe("the project", () => {
  test("every file stands in a layer", () =>
    expect(files.filter((file) => layerOf(file) < 0)).toEqual([]));

  test("imports point down", () => expect(upward(imports)).toEqual([]));

  test("no circle of files at run time", () =>
    expect(circles(importsBy(withoutTypes))).toEqual([]));

  test("no circle of folders", () => expect(circles(rooms(imports))).toEqual([]));

  test("every relative import names a file", () =>
    expect(
      offending(
        () => true,
        (to) => /^(?:src|cli)\//.test(to) && !imports.has(to),
      ),
    ).toEqual([]));

  test("the command line uses the public API alone", () =>
    expect(
      offending(
        (file) => roomOf(file) === "cli",
        (to) => to.startsWith("src/") && roomOf(to) !== to,
      ),
    ).toEqual([]));

  test("the engine uses no package; what the machine lends may, if it is optional", () =>
    expect(
      offending(
        (file) => withoutPackages.includes(roomOf(file)),
        (to) => isPackage(to) && to !== "koffi",
      ).concat(
        offending(
          (file) => !file.startsWith("src/base/platform/"),
          (to) => to === "koffi",
        ),
      ),
    ).toEqual([]));

  test("only what runs in Node alone uses Node's modules", () =>
    expect(
      offending(
        (file) => !nodeOnly.test(file),
        (to) => to.startsWith("node:"),
      ),
    ).toEqual([]));

  test("the root entry does not reach what is Node's alone", () => {
    const reached = new Set<string>();
    const walk = (file: string): void => {
      if (reached.has(file) || file === resolve("", "#platform")) return;
      reached.add(file);
      imports.get(file)?.forEach(walk);
    };
    walk("src/index.ts");
    expect([...reached].filter((file) => nodeOnly.test(file))).toEqual([]);
  });
});

describe("these rules can fail", () => {
  test("an import upward", () =>
    expect(upward(new Map([["src/base/a.ts", ["src/base/b.ts", "src/nn/c.ts"]]]))).toEqual([
      "src/base/a.ts imports src/nn/c.ts",
    ]));

  test("a circle, of files and of folders", () => {
    const graph = new Map([
      ["src/nn/a.ts", ["src/loss/b.ts"]],
      ["src/loss/b.ts", ["src/base/c.ts"]],
      ["src/loss/d.ts", ["src/nn/a.ts"]],
      ["src/base/c.ts", []],
    ]);
    expect(circles(graph)).toEqual([]);
    expect(circles(rooms(graph))).toEqual(["src/nn → src/loss → src/nn"]);
    graph.set("src/base/c.ts", ["src/base/c.ts"] as never[]);
    expect(circles(graph)).toEqual(["src/base/c.ts → src/base/c.ts"]);
  });

  test("types are no circle at run time", () =>
    expect(
      specifiers(withoutTypes('import type { A } from "a";\nimport { type B, b } from "b";')),
    ).toEqual(["b"]));

  test("every way to import is seen", () =>
    expect(
      specifiers(
        `
        import { a } from "./a.ts";
        import type {
          B,
        } from "b";
        export { c } from "../c.ts";
        const d = await import("d");
        // from "e"
        /* import "f" */
      `.concat('\nimport "g";'),
      ),
    ).toEqual(["./a.ts", "b", "../c.ts", "d", "g"]));
});
