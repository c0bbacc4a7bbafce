/** The project as it is published: what runs outside this process needs files that are built. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const script = new URL("../../scripts/bootstrap.js", import.meta.url).href;

/** Builds what is missing or stale; waits where another does it. */
export function ensureBuilt(): void {
  const code = `import(${JSON.stringify(script)}).then(({ bootstrap }) => bootstrap())`;
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, ["-e", code], { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}
