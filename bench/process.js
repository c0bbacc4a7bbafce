/** A contestant's process: requests and answers are JSON, a line each. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const children = new Set();
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL"); // one that stands still hears nothing else
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

function spawned([program, ...parameters]) {
  const stdio = ["pipe", "pipe", process.env.DEBUG ? "inherit" : "ignore"];
  const child = spawn(program, parameters, { stdio });
  children.add(child);
  child.on("exit", () => children.delete(child));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise((resolve) => {
    child.on("error", (error) => resolve({ error: error.message, ended: true }));
    child.on("exit", (code, signal) =>
      resolve({ error: `ended with ${signal ?? `code ${code}`}`, ended: true }),
    );
  });
  child.stdin.on("error", () => {}); // told by `ended`
  /** Who has no turn stands still: threads that spin after their work would take a core from others. */
  const stand = (still) => {
    if (process.platform !== "win32") child.kill(still ? "SIGSTOP" : "SIGCONT");
  };
  /** The next answer; nobody is waited for longer than `patience` seconds. */
  const next = async (patience) => {
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, patience * 1e3, {
        error: `no answer in ${patience} s`,
        late: true,
      });
    });
    const line = lines.next().then(({ value }) => (value ? JSON.parse(value) : ended));
    const answer = await Promise.race([line, late, ended]);
    clearTimeout(timer);
    stand(true);
    return answer;
  };
  const ask = (request, patience) => {
    stand(false);
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return next(patience);
  };
  return { next, ask, kill: () => child.kill("SIGKILL") };
}

/**
 * Starts a contestant; one that ends, or gives no answer in time, is started again when next called.
 *
 * @returns `{ version, call, close }`, or `{ missing }` with the reason it is not there.
 */
export async function start({ command, missing }, { patience = 60 } = {}) {
  if (missing) return { missing };
  let current = spawned(command);
  const hello = await current.next(60);
  if (!hello.version) {
    current.kill();
    return { missing: hello.missing ?? hello.error };
  }
  return {
    version: hello.version,
    async call(method, request = {}) {
      if (!current) {
        current = spawned(command);
        await current.next(60);
      }
      const answer = await current.ask({ method, ...request }, patience);
      if (answer.late) current.kill();
      if (answer.late || answer.ended) current = null;
      return answer;
    },
    close: () => current?.kill(),
  };
}
