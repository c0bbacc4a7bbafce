/**
 * `npm test`: the checks, each counted as a test, then all tests; the last line counts them.
 * `npm test -- src/io` runs only the tests that Vitest finds by these words, without the checks.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrap, ensureInstalled, root, script } from "./bootstrap.js";
import { check, checks } from "./checks.js";

/** @typedef {"passed" | "failed" | "skipped"} Outcome */

await script(async () => {
  const words = process.argv.slice(2);
  await ensureInstalled();
  const outcomes = words.length === 0 ? await runChecks() : [];
  await script(bootstrap);
  if (process.exitCode) outcomes.push("failed");
  else outcomes.push(...runTests(words));

  const count = (/** @type {Outcome} */ kind) => outcomes.filter((o) => o === kind).length;
  const skipped = count("skipped") > 0 ? `, ${count("skipped")} skipped` : "";
  console.log(`${count("passed")} passed, ${count("failed")} failed${skipped}`);
  process.exitCode = count("failed") > 0 ? 1 : 0;
});

/** @returns {Promise<Outcome[]>} */
async function runChecks() {
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const [name, command] of Object.entries(checks))
    outcomes.push((await check(name, command)) ? "passed" : "failed");
  return outcomes;
}

/** @param {string[]} words @returns {Outcome[]} */
function runTests(words) {
  const folder = mkdtempSync(join(tmpdir(), "golgi-test-"));
  const report = join(folder, "report.json");
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const options = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { status } = spawnSync(process.execPath, [vitest, ...options, ...words], {
    cwd: root,
    stdio: "inherit",
  });
  try {
    const outcomes = outcomesIn(JSON.parse(readFileSync(report, "utf8")));
    // A fault outside every test, after the last one say, still counts.
    return status === 0 || outcomes.includes("failed") ? outcomes : [...outcomes, "failed"];
  } catch {
    return ["failed"];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * What Vitest's report says of each test; a file that broke before its first test is one failure.
 * @param {{ testResults: { status: string, assertionResults: { status: string }[] }[] }} report
 * @returns {Outcome[]}
 */
function outcomesIn({ testResults }) {
  const spelled = testResults.flatMap(({ status, assertionResults: tests }) =>
    tests.length === 0 && status === "failed" ? [status] : tests.map((test) => test.status),
  );
  return spelled.map((s) => (s === "passed" || s === "failed" ? s : "skipped"));
}
