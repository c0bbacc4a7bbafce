/** Pages of text for a terminal of any width: facts with a hanging indent, aligned tables. */
import { harmless, padEnd, padStart, type Style, styleFor, widthOf, wrap } from "./style.ts";
import type { Sink } from "./terminal.ts";

/** Text runs at most so wide: longer lines tire the eye. */
const widest = 120;
const labelWidth = 11;

export interface Column {
  readonly align?: "left" | "right";
  /** At least so wide. */
  readonly least?: number;
}

/** Builds a page for one sink; nothing is written before `flush`. */
export class Page {
  readonly style: Style;
  readonly width: number;
  readonly #sink: Sink;
  readonly #lines: string[] = [];

  constructor(sink: Sink) {
    this.#sink = sink;
    this.style = styleFor(sink);
    this.width = Math.min(widest, sink.columns);
  }

  /** Narrow windows get shorter forms. */
  get narrow(): boolean {
    return this.width < 72;
  }

  /** An empty line between two parts of a page. */
  gap(): void {
    if (this.#lines.length > 0) this.#lines.push("");
  }

  /** A line, broken where the window ends; what follows starts at `hanging`. */
  line(text = "", indent = 0, hanging = indent): void {
    const [first = "", ...rest] = wrap(text, this.width - hanging, this.width - indent);
    this.#lines.push(" ".repeat(indent) + first, ...rest.map((more) => " ".repeat(hanging) + more));
  }

  /** “  target     Diagnosis …”: a faint label, then text with a hanging indent. */
  fact(name: string, text: string): void {
    const hanging = this.narrow ? 4 : 2 + labelWidth;
    if (name === "") this.line(text, hanging);
    else this.line(this.style.faint(padEnd(name, labelWidth)) + text, 2, hanging);
  }

  /** Columns as wide as their widest cell; the last one wraps. A text alone is a line between rows. */
  table(
    content: readonly (readonly string[] | string)[],
    columns: readonly Column[],
    indent = 2,
  ): void {
    const rows = content.filter((row) => typeof row !== "string");
    const gap = this.narrow ? 2 : 3;
    const count = Math.max(...rows.map((row) => row.length));
    const widths = Array.from({ length: count }, (_, i) =>
      Math.max(columns[i]?.least ?? 0, ...rows.map((row) => widthOf(row[i] ?? ""))),
    );
    for (const row of content) {
      if (typeof row === "string") {
        this.line(row, indent + 2);
        continue;
      }
      const cells = row.map((cell, i) => {
        if (columns[i]?.align === "right") return padStart(cell, widths[i]!);
        return i === row.length - 1 ? cell : padEnd(cell, widths[i]!);
      });
      const last = widths
        .slice(0, row.length - 1)
        .reduce((sum, width) => sum + width + gap, indent);
      this.line(cells.join(" ".repeat(gap)), indent, Math.min(last, this.width - 12));
    }
  }

  /** Everything so far; the ties that kept numbers whole are spaces now. */
  text(): string {
    return this.#lines.map((line) => `${line.replaceAll("\u00a0", " ").trimEnd()}\n`).join("");
  }

  flush(): void {
    this.#sink.write(this.text());
    this.#lines.length = 0;
  }
}

/** A warning on standard error: “! ID is left out …”. */
export function warn(sink: Sink, message: string): void {
  const { warn: paint } = styleFor(sink);
  const [first = "", ...rest] = wrap(harmless(message), Math.min(widest, sink.columns) - 2);
  sink.write([`${paint("!")} ${first}`, ...rest.map((line) => `  ${line}`), ""].join("\n"));
}
