/** A terminal for tests: what is written to it, as text. */
import { expect } from "vitest";
import { main } from "../../cli/main.ts";
import type { Sink, Terminal } from "../../cli/output/terminal.ts";

export interface CapturedSink extends Sink {
  text: string;
}

function capturedSink(shape: Partial<Sink>): CapturedSink {
  const sink: CapturedSink = {
    isTerminal: false,
    columns: 80,
    color: false,
    text: "",
    write: (more) => {
      sink.text += more;
    },
    drained: async () => {},
    ...shape,
  };
  return sink;
}

export interface Called {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Capture extends Terminal {
  readonly out: CapturedSink;
  readonly err: CapturedSink;
  /** Presses Ctrl-C. */
  readonly interrupt: () => void;
  readonly left: number[];
}

export function capture(shape: Partial<Sink> = {}): Capture {
  const out = capturedSink(shape);
  const err = capturedSink(shape);
  const handlers = new Set<() => void>();
  const left: number[] = [];
  return {
    out,
    err,
    onInterrupt: (handler) => {
      handlers.add(handler);
      return () => void handlers.delete(handler);
    },
    exit: (code) => void left.push(code),
    interrupt: () => {
      for (const handler of handlers) handler();
    },
    left,
  };
}

/** Calls the command line in this process. */
export async function golgi(args: readonly string[], terminal = capture()): Promise<Called> {
  const code = await main(args, terminal);
  return { code, out: terminal.out.text, err: terminal.err.text };
}

/** What a call says that is refused: the last line of its standard error. */
export async function refused(...args: string[]): Promise<string> {
  const { code, err } = await golgi(args);
  expect(code, err).toBe(2);
  return err.trim().split("\n").at(-1)!;
}
