/** A loopback server for pages of tests, with the headers that a careful site sends. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};
/** No code from text, nothing from elsewhere; WebAssembly may be compiled. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";
/** With these a page may share memory between threads. */
const isolation = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** Serves the files of a folder; `isolated` pages may share memory. */
export async function serve(folder: string, { isolated }: { isolated: boolean }) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, "http://localhost");
    const file = join(folder, pathname === "/" ? "index.html" : pathname);
    const body = await readFile(file).catch(() => null);
    response.writeHead(body ? 200 : 404, {
      "content-type": types[extname(file)] ?? "text/plain",
      "content-security-policy": contentSecurityPolicy,
      ...(isolated ? isolation : {}),
    });
    response.end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise((resolve) => server.close(resolve));
  return { origin: `http://127.0.0.1:${port}`, close };
}
