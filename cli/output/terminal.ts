/** The two streams the command line speaks to, and what each of them can show. */

export interface Sink {
  readonly write: (text: string) => void;
  /** Waits until a slow reader has taken what was written. */
  readonly drained: () => Promise<void>;
  /** A person looks at it: it can redraw a line. */
  readonly isTerminal: boolean;
  /** Read anew each time: windows are resized. */
  readonly columns: number;
  readonly color: boolean;
}

export interface Terminal {
  /** Results, and nothing else. */
  readonly out: Sink;
  /** Progress, warnings, errors. */
  readonly err: Sink;
  /** Calls `handler` at each Ctrl-C until the function it returns is called. */
  readonly onInterrupt: (handler: () => void) => () => void;
  /** Leaves at once. */
  readonly exit: (code: number) => void;
}

type Environment = Readonly<
  Partial<Record<"FORCE_COLOR" | "NO_COLOR" | "TERM" | "COLUMNS", string>>
>;

/** Whether a stream gets colors: FORCE_COLOR, then NO_COLOR (no-color.org), then what it is. */
export function wantsColor(isTerminal: boolean, { FORCE_COLOR, NO_COLOR, TERM }: Environment) {
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "")
    return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return isTerminal && !NO_COLOR && TERM !== "dumb";
}

/** Widths told by COLUMNS or the terminal; the limits keep a page readable. */
const unknownWidth = 80;
const leastWidth = 30;

const widthOf = (stream: NodeJS.WriteStream, { COLUMNS }: Environment) => {
  const told = stream.isTTY ? stream.columns : Number(COLUMNS);
  return told > 0 ? Math.max(leastWidth, Math.floor(told)) : unknownWidth;
};

function sink(stream: NodeJS.WriteStream, environment: Environment): Sink {
  // whoever reads our output may stop early (`golgi train … | head`): the work goes on
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  return {
    write: (text) => void stream.write(text),
    drained: () => drained(stream),
    isTerminal: Boolean(stream.isTTY) && environment.TERM !== "dumb",
    get columns() {
      return widthOf(stream, environment);
    },
    color: wantsColor(Boolean(stream.isTTY), environment),
  };
}

/** Who stopped reading takes nothing more, and is not waited for. */
const drained = (stream: NodeJS.WriteStream) =>
  new Promise<void>((resolve) => {
    if (!stream.writableNeedDrain || stream.destroyed) return resolve();
    for (const event of ["drain", "close"]) stream.once(event, resolve);
  });

/** The terminal of this process. */
export const processTerminal = (): Terminal => ({
  out: sink(process.stdout, process.env),
  err: sink(process.stderr, process.env),
  onInterrupt: (handler) => {
    const signals = ["SIGINT", "SIGTERM"] as const; // the second comes from schedulers
    for (const signal of signals) process.on(signal, handler);
    return () => {
      for (const signal of signals) process.off(signal, handler);
    };
  },
  exit: (code) => process.exit(code),
});
