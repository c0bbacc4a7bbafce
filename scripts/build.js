/** `npm run build`: compiles src/ and cli/ into dist/, whether stale or not. */
import { build, ensureInstalled, script } from "./bootstrap.js";

await script(async () => {
  await ensureInstalled();
  await build();
});
