/** SHA-256 of the weights of each network of `networks.js`, on every machine that follows IEEE 754. */
import { readFileSync } from "node:fs";

const path = new URL("../goldens/same-bits/weights.json", import.meta.url);

export const golden: Readonly<Record<string, string>> = JSON.parse(readFileSync(path, "utf8"));
export const networks: readonly string[] = Object.keys(golden);
/** Numbers of threads, among them one that no power of two divides and more than most machines have. */
export const threadCounts = [1, 2, 3, 4, 8] as const;
