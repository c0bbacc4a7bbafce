/** Single files that a command writes. */
import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "./flags.ts";

/** Refuses, before any work, a file that cannot or should not be written. */
export function refuseExisting(
  path: string,
  { force }: { readonly force: true | undefined },
): void {
  if (existsSync(path)) {
    if (statSync(path).isDirectory())
      throw new UsageError(`${path} is a folder. Name a file with --out.`);
    if (!force)
      throw new UsageError(`${path} exists. Add --force to replace it, or choose another --out.`);
  } else if (!existsSync(dirname(path)))
    throw new UsageError(`there is no folder ${dirname(path)}. Make it, or choose another --out.`);
}
