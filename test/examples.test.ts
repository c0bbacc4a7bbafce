import { expect, test, vi } from "vitest";

test("examples/lecture-graph.ts prints the lecture's numbers", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await import("../examples/lecture-graph.ts");
  const printed = log.mock.calls.flat().join("\n");
  log.mockRestore();
  // CS231n, "Backpropagation, Intuitions": w = [2, −3, −3], x = [−1, −2].
  for (const line of [/^w0 +2\.00 +-0\.20$/m, /^x0 +-1\.00 +0\.39$/m, /^w1 +-3\.00 +-0\.39$/m])
    expect(printed).toMatch(line);
  expect(printed).toMatch(/^x1 +-2\.00 +-0\.59$/m);
  expect(printed).toMatch(/^b +-3\.00 +0\.20$/m);
  expect(printed).toMatch(/^z +v3 \+ b +1\.00 +-0\.27$/m);
  expect(printed).toMatch(/^L +-v7 +0\.31 +1\.00$/m);
});
