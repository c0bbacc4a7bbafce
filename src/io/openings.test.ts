/** The log of opened test rows: what it tells, and that it stops nobody. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { openTestRows } from "./openings.ts";

const folder = mkdtempSync(join(tmpdir(), "golgi-openings-"));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});
const opening = {
  rows: "ab",
  opened: "2026-03-01T10:00:00Z",
  run: "a",
  statistic: "auroc",
  value: 0.9,
};

test("tells earlier openings of the same rows; damaged lines are passed over", async () => {
  vi.stubEnv("GOLGI_STATE", join(folder, "state"));
  expect(await openTestRows(opening)).toEqual({ before: [], lost: null });
  await openTestRows({ ...opening, rows: "cd" });
  const log = join(folder, "state/openings.jsonl");
  writeFileSync(log, `{"rows":\n\n${readFileSync(log, "utf8")}[]\n`);
  const { before } = await openTestRows({ ...opening, run: "b" });
  expect(before).toEqual([opening]);
  expect((await openTestRows(opening)).before.map(({ run }) => run)).toEqual(["a", "b"]);
});

test("a place that cannot be written is said; none at all is wanted with an empty GOLGI_STATE", async () => {
  vi.stubEnv("GOLGI_STATE", "/dev/null/state");
  const { before, lost } = await openTestRows(opening);
  expect(before).toEqual([]);
  expect(lost).toContain("openings.jsonl cannot be written");
  vi.stubEnv("GOLGI_STATE", "");
  expect(await openTestRows(opening)).toEqual({ before: [], lost: null });
});
