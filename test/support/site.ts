/** The page of `test/same-bits/page` with the library as a bundler takes it from the package. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("../same-bits/page", import.meta.url));

/** Bundles it into a folder of its own; returns the folder and what removes it. */
export async function bundlePage(): Promise<{ folder: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "golgi-page-"));
  await build({
    root,
    configFile: false,
    logLevel: "error",
    build: { outDir: folder, emptyOutDir: true, modulePreload: { polyfill: false } },
    worker: { format: "es" },
  });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
