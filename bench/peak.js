/** The limits of one core, measured in C when the benchmark runs: `{ fused, plain }` in GFLOP/s. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".cache/", import.meta.url));
const source = fileURLToPath(new URL("peak.c", import.meta.url));

function compile(name, flags) {
  const program = `${folder}${name}`;
  execFileSync("cc", ["-O3", "-march=native", ...flags, source, "-o", program], { stdio: "pipe" });
  return program;
}

function speeds(program, ...options) {
  const [best, mean] = execFileSync(program, options, { encoding: "utf8" }).split(" ").map(Number);
  return { best, mean };
}

/** Milliseconds a run of peak.c takes, roughly. */
const run = 1.5;

/** The 128-bit limit as it is at the moment: the mean over so many milliseconds; after `measurePeak`. */
export const presentLimit = (milliseconds) =>
  speeds(`${folder}peak-plain`, String(Math.max(1, Math.round(milliseconds / run)))).mean;

/**
 * Compiles and runs peak.c.
 *
 * @returns `fused`: 256-bit fused multiply-add; `plain`: 128-bit multiply, then add. `null` (after
 * a line that says so) if there is no C compiler.
 */
export function measurePeak() {
  mkdirSync(folder, { recursive: true });
  try {
    const programs = {
      fused: compile("peak-fused", ["-DFUSED", "-ffp-contract=fast"]),
      plain: compile("peak-plain", ["-ffp-contract=off"]),
    };
    return { fused: speeds(programs.fused).best, plain: speeds(programs.plain).best };
  } catch (error) {
    console.log(`The core's peak is not measured: ${String(error.message).split("\n")[0]}`);
    return null;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(measurePeak());
