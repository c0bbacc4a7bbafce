/** How training goes: one line that is redrawn on a terminal, else a line an epoch. */
import { decimals, duration, figure, integer, tie } from "./numbers.ts";
import { type Style, styleFor, widthOf } from "./style.ts";
import type { Sink } from "./terminal.ts";

/** Where a training stands. */
export interface Standing {
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
  readonly validation: { readonly loss: number; readonly score: number | null } | null;
  /** The best epoch so far and its score. */
  readonly best: number;
  readonly bestScore: number | null;
  readonly stepsPerSecond: number;
  /** Seconds. */
  readonly remaining: number;
}

export interface Progress {
  readonly epoch: (standing: Standing) => void;
  /** Training is over; evaluation begins. */
  readonly stop: (at: { readonly epoch: number; readonly best: number }) => void;
  /** A step of something else: “fold 3 of 50”. */
  readonly stage: (what: string, done: number, of: number) => void;
  /** Takes the line away, so that something else can be written; the next event draws it again. */
  readonly clear: () => void;
}

/** Milliseconds between two drawings: 20 a second. */
const betweenDrawings = 50;

export interface ProgressOptions {
  readonly sink: Sink;
  /** What the validation score is: “AUROC”. */
  readonly score: string;
  /** Milliseconds on any clock. */
  readonly now?: () => number;
}

export const silent: Progress = {
  epoch: () => {},
  stop: () => {},
  stage: () => {},
  clear: () => {},
};

/** The progress that a stream can show. */
export const progressOn = (options: ProgressOptions): Progress =>
  options.sink.isTerminal ? redrawn(options) : lines(options);

function redrawn({ sink, score, now = () => performance.now() }: ProgressOptions): Progress {
  const style = styleFor(sink);
  let drawn = Number.NEGATIVE_INFINITY;
  let shown = false;
  const draw = (last: boolean, text: () => string) => {
    if (!last && now() - drawn < betweenDrawings) return;
    drawn = now();
    shown = true;
    // one write a drawing: back to the start, the line, away with what stood behind it
    sink.write(`\r${text()}\u001b[K`);
  };
  return {
    epoch: (at) =>
      draw(at.epoch === at.epochs, () => bar(at, { style, score, width: sink.columns - 1 })),
    stop: () => draw(true, () => style.faint("evaluating …")),
    stage: (what, done, of) =>
      draw(done === of, () => {
        const line = `${filled(done / of, sink.columns > roomy ? 25 : 10, style)}  ${what}`;
        return sink.columns > labeled ? style.faint("evaluating ") + line : line;
      }),
    clear: () => {
      if (shown) sink.write("\r\u001b[K");
      shown = false;
      drawn = Number.NEGATIVE_INFINITY;
    },
  };
}

function filled(part: number, size: number, style: Style): string {
  const full = Math.round(Math.min(1, Math.max(0, part)) * size);
  return style.accent("█".repeat(full)) + style.faint("░".repeat(size - full));
}

/** From so many columns on words are spelled out, and there is room for a label. */
const roomy = 110;
const labeled = 72;

/** The line in `width` columns: what matters least goes first where there is no room. */
export function bar(
  at: Standing,
  options: { readonly style: Style; readonly score: string; readonly width: number },
): string {
  const { style, score, width } = options;
  const size = width >= roomy ? 25 : 10;
  const name = width >= labeled ? "epoch " : "";
  const parts = [
    { text: filled(at.epoch / at.epochs, size, style), rank: 0 },
    { text: `${name}${integer(at.epoch)}/${integer(at.epochs)}`, rank: 0 },
    { text: `loss ${figure(at.loss)}`, rank: 1 },
    ...validationParts(at, width >= roomy ? `validation ${score}` : `val. ${score}`),
    { text: `${integer(at.stepsPerSecond)} steps/s`, rank: 5 },
    { text: `${duration(at.remaining)} left`, rank: 3 },
  ];
  const label = width >= labeled ? style.faint("training   ") : "";
  for (let worst = 5; ; worst--) {
    const kept = parts.filter(({ rank }) => rank <= worst).map(({ text }) => text);
    const line = (label + kept.join("  ")).replaceAll(tie, " ");
    if (worst === 0 || widthOf(line) <= width) return line;
  }
}

function validationParts({ validation, best, bestScore }: Standing, score: string) {
  if (!validation) return [];
  const value = validation.score;
  const text =
    value === null ? `val. loss ${figure(validation.loss)}` : `${score} ${scored(value)}`;
  const reached = bestScore === null ? "" : `${scored(bestScore)}, `;
  return [
    { text, rank: 2 },
    { text: `(best ${reached}epoch ${integer(best)})`, rank: 4 },
  ];
}

const scored = (value: number) => (Math.abs(value) < 10 ? decimals(value, 3) : figure(value, 4));

/** For a file or a program: a line an epoch, no control characters. */
function lines({ sink, score }: ProgressOptions): Progress {
  return {
    epoch: (at) => {
      const { epoch, epochs, loss, validation, stepsPerSecond } = at;
      const told = [
        `epoch ${epoch}/${epochs}`,
        `loss ${figure(loss)}`,
        ...(validation ? [`validation loss ${figure(validation.loss)}`] : []),
        ...(validation && validation.score !== null
          ? [`${score} ${scored(validation.score)}`]
          : []),
        ...(validation ? [`best epoch ${at.best}`] : []),
        `${integer(stepsPerSecond)} steps/s`,
        `${duration(at.remaining)} left`,
      ];
      sink.write(`${told.join("  ").replaceAll(tie, " ")}\n`);
    },
    stop: ({ epoch, best }) =>
      sink.write(`stopped at epoch ${epoch}; weights of epoch ${best} kept; evaluating\n`),
    stage: (what) => sink.write(`${what}\n`),
    clear: () => {},
  };
}
