/**
 * One SHA-256 of weights for any number of threads, on this Node and a newer one, in an undisturbed
 * training and in one that was killed and goes on. `browser.test.ts` does the same in a page.
 * `NODES=/path/to/node:/path/to/another npm test -- same-bits` tries more of them.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { referenceSession } from "../src/backends/reference/session.ts";
import { golden, networks, threadCounts } from "./same-bits/golden.ts";
import { trainOn } from "./same-bits/networks.js";
import { ensureBuilt } from "./support/built.ts";

const script = fileURLToPath(new URL("same-bits/node.js", import.meta.url));
const installer = fileURLToPath(new URL("../scripts/newer-node.js", import.meta.url));

/** Runs a program of Node; how it ended and what it printed. */
const run = (node: string, ...words: readonly string[]) =>
  new Promise<{ code: number | string | null; printed: string; said: string }>((resolve) => {
    execFile(node, words, (error, printed, said) =>
      resolve({ code: error ? (error.code ?? error.signal ?? null) : 0, printed, said }),
    );
  });

/** Milliseconds. It takes seconds on a free machine; more threads than cores wait long on a busy one. */
const slow = 240_000;
const folder = mkdtempSync(join(tmpdir(), "golgi-same-bits-"));
let newer: Awaited<ReturnType<typeof run>>;
beforeAll(async () => {
  ensureBuilt();
  newer = await run(process.execPath, installer, "path");
}, slow);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly name: string;
  readonly way: "fresh" | "resumed";
  readonly hash: string;
  readonly threads: number;
  readonly vectorBits: number;
  readonly resumedAt: number;
  readonly steps: number;
}

const others = (process.env.NODES ?? "").split(delimiter).filter((path) => path !== "");
const nodes: readonly (readonly [name: string, path: () => string])[] = [
  ["this Node", () => process.execPath],
  ["a newer Node", () => newer.printed.trim()],
  ...others.map((path) => [path, () => path] as const),
];

describe.each(nodes)("on %s", (name, path) => {
  test.for(threadCounts)(
    "the golden weights on %i threads, afresh and killed and resumed",
    { timeout: slow },
    async (threads, context) => {
      context.skip(name === "a newer Node" && newer.code === 2, newer.printed.trim());
      const node = path();
      const kept = mkdtempSync(join(folder, `${threads}-`));
      const killed = await run(node, script, "kill", kept, `${threads}`);
      expect(killed.code, killed.said).not.toBe(0);
      expect(killed.said).toBe("");
      const { printed, said } = await run(node, script, "train", kept, `${threads}`);
      expect(said).toBe("");
      const outcomes: readonly Outcome[] = JSON.parse(printed);
      expect(outcomes.map(({ name, way, hash }) => [name, way, hash])).toEqual(
        networks.flatMap((name) => ["fresh", "resumed"].map((way) => [name, way, golden[name]])),
      );
      for (const outcome of outcomes) {
        expect(outcome.threads).toBe(threads);
        if (outcome.way === "fresh") continue;
        expect(outcome.resumedAt).toBeGreaterThan(0);
        expect(outcome.resumedAt).toBeLessThan(outcome.steps);
      }
      if (threads === 1) console.info(`${name}: vectors of ${outcomes[0]!.vectorBits} bits`);
    },
  );
});

test.each(networks)(
  "the float32 reference comes to the golden weights: %s",
  async (name) => {
    const { hash } = await trainOn(name, { session: referenceSession() });
    expect(hash).toBe(golden[name]);
  },
  slow,
);
