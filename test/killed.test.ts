/** `kill -9`, also in the middle of a write, and --resume: 6 times here; `node scripts/killed.js` does it 30 times. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("../scripts/killed.js", import.meta.url));

test("runs killed at random moments end with the bits of an undisturbed one", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "6"], {
    encoding: "utf8",
  });
  expect(stdout + stderr).toContain("6 of 6 kills: the run ended with the bits");
  expect(status).toBe(0);
}, 240_000);
