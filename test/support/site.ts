/** A page with the library as a bundler takes it from the package. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";

/** Bundles the page of a folder into another one; returns that one and what removes it. */
export async function bundlePage(root: string): Promise<{ folder: string; remove: () => void }> {
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
