#!/usr/bin/env node
/** The `golgi` command; in a clone of the repository it first installs and builds what is missing. */
import { existsSync } from "node:fs";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `golgi: needs Node 20.19 or newer, this is ${process.version}. Update Node.\n`,
  );
  process.exit(2);
}

if (existsSync(new URL("../scripts/bootstrap.js", import.meta.url))) {
  const { bootstrap, script } = await import("../scripts/bootstrap.js");
  await script(bootstrap);
  if (process.exitCode) process.exit();
}
const { main } = await import("../dist/cli/main.js");
process.exitCode = await main(process.argv.slice(2));
