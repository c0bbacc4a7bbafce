/** A contestant's process: requests and answers are JSON, a line each. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

function spawned([program, ...parameters]) {
  const stdio = ["pipe", "pipe", process.env.DEBUG ? "inherit" : "ignore"];
  const child = spawn(program, parameters, { stdio });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise((resolve) => {
    child.on("error", (error) => resolve({ error: error.message, ended: true }));
    child.on("exit", (code, signal) =>
      resolve({ error: `ended with ${signal ?? `code ${code}`}`, ended: true }),
    );
  });
  child.stdin.on("error", () => {}); // told by `ended`
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
    return answer;
  };
  return { child, next };
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
    current.child.kill();
    return { missing: hello.missing ?? hello.error };
  }
  return {
    version: hello.version,
    async call(method, request = {}) {
      if (!current) {
        current = spawned(command);
        await current.next(60);
      }
      current.child.stdin.write(`${JSON.stringify({ method, ...request })}\n`);
      const answer = await current.next(patience);
      if (answer.late) current.child.kill("SIGKILL");
      if (answer.late || answer.ended) current = null;
      return answer;
    },
    close: () => current?.child.kill(),
  };
}
