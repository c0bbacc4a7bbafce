/**
 * Where the time of one case goes, kernel by kernel: `node bench/profile.js transformer`, with
 * `THREADS=2`; the Node that runs it decides how wide the vectors are.
 */
import { cases, learningRate } from "./cases.js";
import { open } from "./contestants/golgi.js";

const [part = "30-16-1", most = "20"] = process.argv.slice(2);
const chosen = cases.filter(({ id }) => id.includes(part));
if (chosen.length === 0) {
  console.error(`No case has ${part} in its name: node bench/run.js --list`);
  process.exit(2);
}
const contestant = await open({ threads: Number(process.env.THREADS ?? 1) });
for (const each of chosen) {
  const program = await contestant.prepare({ ...each, comparedSteps: 1, learningRate });
  await program.run(3);
  const kernels = program.profile();
  const total = kernels.reduce((sum, { microseconds }) => sum + microseconds, 0);
  console.log(`${each.id}: ${kernels.length} kernels, ${(total / 1e3).toFixed(3)} ms`);
  for (const { text, operations, bytes, microseconds } of kernels
    .toSorted((a, b) => b.microseconds - a.microseconds)
    .slice(0, Number(most)))
    console.log(
      `${((100 * microseconds) / total).toFixed(1).padStart(5)} % ${microseconds.toFixed(1).padStart(9)} µs ` +
        `${(operations / microseconds / 1e3).toFixed(1).padStart(6)} GFLOP/s ` +
        `${(bytes / microseconds / 1e3).toFixed(1).padStart(6)} GB/s  ${text.slice(0, 150)}`,
    );
}
process.exit();
