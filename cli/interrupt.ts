/** Ctrl-C: once to stop well, twice to leave. */
import type { Terminal } from "./output/terminal.ts";

interface Interruptible {
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Runs work that no Ctrl-C cuts in two: the writing of results. */
  readonly protect: <T>(work: () => Promise<T>) => Promise<T>;
}

/** What a shell expects of a program ended by Ctrl-C. */
const interrupted = 130;

/** Runs work that the first Ctrl-C asks to stop and the second one ends at once. */
export async function interruptible<T>(
  terminal: Terminal,
  work: (scope: Interruptible) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let mayLeave = true;
  const release = terminal.onInterrupt(() => {
    if (!controller.signal.aborted) return controller.abort();
    if (!mayLeave) return;
    const clean = terminal.err.isTerminal ? "\r\u001b[K" : "";
    terminal.err.write(`${clean}golgi: interrupted; --resume goes on from the last checkpoint\n`);
    terminal.exit(interrupted);
  });
  const protect = async <R>(writing: () => Promise<R>) => {
    mayLeave = false;
    try {
      return await writing();
    } finally {
      mayLeave = true;
    }
  };
  try {
    return await work({ signal: controller.signal, protect });
  } finally {
    release();
  }
}
