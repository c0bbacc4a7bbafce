// `node node.js train FOLDER THREADS`: trains every network on so many threads, afresh, and then on
// from what FOLDER keeps of a training that was killed; prints the outcomes as JSON.
// `node node.js kill FOLDER THREADS`: trains them side by side, keeps what FOLDER needs of each when it
// is about half trained, and ends with `kill -9` in the midst of it.
import { join } from "node:path";
import { readFile, writeFileAtomic } from "golgi/node";
import { half, names, trainOn } from "./networks.js";

const [what, folder = "", count] = process.argv.slice(2);
const threads = Number(count);
const fileOf = (/** @type {string} */ name) => join(folder, `${name}-${threads}.checkpoint`);

async function trainAll() {
  const outcomes = [];
  for (const name of names) {
    outcomes.push({ name, way: "fresh", ...(await trainOn(name, { threads })) });
    const from = await readFile(fileOf(name));
    outcomes.push({ name, way: "resumed", ...(await trainOn(name, { threads, from })) });
  }
  console.log(JSON.stringify(outcomes));
}

async function killAll() {
  const running = new Set(names);
  const keep = (/** @type {string} */ name) => async (bytes, /** @type {number} */ step) => {
    if (step !== half) return;
    await writeFileAtomic(fileOf(name), bytes);
    running.delete(name);
    if (running.size === 0) process.kill(process.pid, "SIGKILL");
  };
  // one may not end before another is half trained: they take turns, a step each
  await Promise.all(names.map((name) => trainOn(name, { threads, write: keep(name) })));
}

await (what === "kill" ? killAll() : trainAll());
