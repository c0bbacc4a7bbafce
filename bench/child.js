/** One contestant in a process of its own: reads requests, one JSON line each, answers with one line each. */
import { createInterface } from "node:readline";

const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
console.log = console.error; // standard output is for answers
console.info = console.error;

const [module, options] = process.argv.slice(2);
const oneLine = (error) =>
  String(error?.message ?? error)
    .split("\n")[0]
    .slice(0, 200);

async function timed(run, times) {
  const start = performance.now();
  await run(times);
  return (performance.now() - start) / 1e3;
}

/** The methods a parent calls; `contestant` is what the module's `open` gave. */
function methods(contestant) {
  let current = null;
  return {
    async prepare({ case: each }) {
      const reason = contestant.refuses(each);
      if (reason) return { refused: reason };
      const start = performance.now();
      current = await contestant.prepare(each);
      await current.run(1);
      const firstSeconds = (performance.now() - start) / 1e3;
      const { compileSeconds } = current;
      const scratchBytes = current.scratchBytes?.();
      const values = await current.values();
      return { firstSeconds, compileSeconds, scratchBytes, values };
    },
    async run({ lead, times }) {
      await current.run(lead);
      return { seconds: await timed(current.run, times) };
    },
    async release() {
      await current?.release?.();
      current = null;
      return {};
    },
  };
}

let served;
try {
  const contestant = await (await import(module)).open(JSON.parse(options));
  served = methods(contestant);
  answer({ version: contestant.version });
} catch (error) {
  answer({ missing: oneLine(error) });
  process.exit();
}
for await (const line of createInterface({ input: process.stdin })) {
  const { method, ...request } = JSON.parse(line);
  try {
    answer(await served[method](request));
  } catch (error) {
    if (process.env.DEBUG) console.error(error);
    answer({ error: oneLine(error) });
  }
}
process.exit();
