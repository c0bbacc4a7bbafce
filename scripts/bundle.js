/**
 * Writes what was compiled for the command line as a few files: Node takes about a millisecond a module
 * to find and read it, and a training needs 400. `node scripts/bundle.js FOLDER`, FOLDER as tsc left it.
 */
import { renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "vite";

const folder = resolve(process.argv[2] ?? "dist");
const from = join(folder, "cli");
const to = join(folder, "bundle");
// the module of a thread is found beside the file that starts it
const worker = join(folder, "src", "backends", "wasm", "threads", "worker.js");

await build({
  root: folder,
  configFile: false,
  publicDir: false,
  logLevel: "error",
  resolve: { alias: { "#platform": join(folder, "src", "base", "platform", "node.js") } },
  build: {
    ssr: true,
    target: "node20",
    minify: false,
    outDir: to,
    rolldownOptions: {
      experimental: { attachDebugInfo: "none" },
      input: { main: join(from, "main.js"), worker },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name].js",
        // a command is read when it is called, the library once
        codeSplitting: {
          groups: [
            { name: "golgi", test: (id) => id.startsWith(join(folder, "src")) && id !== worker },
          ],
        },
      },
    },
  },
});
rmSync(from, { recursive: true });
renameSync(to, from);
