/** The engine's tests again on a newer Node from npm, in 256-bit vectors; skipped without a registry. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("../scripts/newer-node.js", import.meta.url));

test("the same tests pass on a newer Node with 256-bit vectors", async (context) => {
  const child = spawn(process.execPath, [script]);
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text) => {
      printed += text;
    });
  const [status] = await once(child, "close");
  context.skip(status === 2, printed.trim());
  expect(status, printed).toBe(0);
  expect(Number(/(\d+) passed/.exec(printed)?.[1])).toBeGreaterThan(300);
}, 480_000);
