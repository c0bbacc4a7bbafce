/** Our own lint rules find what they are for, and leave the rest alone. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The lines of `code` that the plugin marks. */
function marked(plugin: string, code: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "golgi-lint-"));
  try {
    writeFileSync(join(folder, "probe.ts"), code.join("\n"));
    const rules = { enabled: true, rules: { preset: "none" } };
    const configuration = { linter: rules, plugins: [join(root, "lint", plugin)] };
    writeFileSync(join(folder, "biome.json"), JSON.stringify(configuration));
    const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
    const { stdout } = spawnSync(
      process.execPath,
      [biome, "lint", "--reporter=json", "--max-diagnostics=none", "."],
      { cwd: folder, encoding: "utf8" },
    );
    const { diagnostics } = JSON.parse(stdout) as {
      diagnostics: { location: { start: { line: number } } }[];
    };
    return code.filter((_, index) => diagnostics.some((d) => d.location.start.line === index + 1));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("what differs between engines", () => {
  const bad = [
    ...["acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh"],
    ...["exp", "expm1", "hypot", "log", "log10", "log1p", "log2", "pow", "random"],
    ...["sin", "sinh", "tan", "tanh"],
  ].map((name, index) => `const a${index} = Math.${name};`);
  bad.push("const b = 2 ** 3;", "let c = 2; c **= 2;", "const { exp } = Math;", 'Math["exp"](1);');
  bad.push("globalThis.Math.exp(1);");
  const good = [
    ...["sqrt", "abs", "floor", "ceil", "round", "trunc", "sign", "fround", "imul", "clz32"],
    ...["min", "max", "PI", "LN2"],
  ].map((name, index) => `const d${index} = Math.${name};`);
  good.push(
    "const e = 2 * 3;",
    "let f = 2; f *= 2;",
    "const g = { exp: 1 }; g.exp;",
    "/** 2 ** 3 */",
  );
  expect(marked("same-bits.grit", [...bad, ...good])).toEqual(bad);
});

test("code from text", () => {
  const bad = ['new Function("x");', 'Function("x");', 'eval("x");', "await import(name);"];
  const good = ['await import("./x.ts");', "function evaluate() {}", "evaluate();"];
  expect(marked("no-code-from-text.grit", [...bad, ...good])).toEqual(bad);
});
