/** The checks that need no test runner: each a program that prints what it found and exits with 1. */
import { spawn } from "node:child_process";
import { root } from "./bootstrap.js";

/** @type {Readonly<Record<string, readonly string[]>>} */
export const checks = {
  types: ["typescript/bin/tsc", "-p", "tsconfig.json"],
  lint: ["@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."],
  "dead code": ["knip/bin/knip.js", "--no-progress"],
};

/** Layers and lint rules of our own are tests; `npm run check` runs these, `npm test` has them anyway. */
export const architecture = [
  "vitest/vitest.mjs",
  "run",
  "test/layers.test.ts",
  "test/lint.test.ts",
];

/**
 * Runs a program of node_modules and says how it went in one line, and what it printed if badly.
 * @param {string} name @param {readonly string[]} command
 */
export async function check(name, [program = "", ...rest]) {
  const start = Date.now();
  const { passed, printed } = await collect([`${root}/node_modules/${program}`, ...rest]);
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  console.log(`${passed ? "ok    " : "FAILED"}  ${name.padEnd(12)} ${seconds} s`);
  if (!passed) console.log(`${printed.trimEnd()}\n`);
  return passed;
}

/** @param {string[]} command @returns {Promise<{ passed: boolean, printed: string }>} */
function collect(command) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, command, { cwd: root });
    let printed = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (text) => {
        printed += text;
      });
    child.on("close", (code) => resolve({ passed: code === 0, printed }));
  });
}
