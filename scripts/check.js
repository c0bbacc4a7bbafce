/** `npm run check`: types, lint, dead code, layers; all at once. */
import { ensureInstalled, script } from "./bootstrap.js";
import { architecture, check, checks } from "./checks.js";

await script(async () => {
  await ensureInstalled();
  const all = Object.entries({ ...checks, layers: architecture });
  const passed = await Promise.all(all.map(([name, command]) => check(name, command)));
  process.exitCode = passed.every(Boolean) ? 0 : 1;
});
