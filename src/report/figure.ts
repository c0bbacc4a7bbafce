/** Figures and tables with all that a reader may want of them: caption, picture, data, the values as a table. */
import { type Child, el, type Markup } from "./html.ts";

/** A cell: text, or a number that is shown rounded and saved whole. */
export type Cell = Child;

export interface DataTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** How many columns at the start name the row (1 unless told). */
  readonly names?: number;
}

export interface FigureOptions {
  /** Unique in the page; also the name of what is saved. */
  readonly id: string;
  readonly title: string;
  readonly picture: Markup | readonly Markup[];
  /** n, what is drawn, and by which method. */
  readonly caption: Child;
  /** What is drawn, as numbers. */
  readonly data: DataTable;
  readonly wide?: boolean;
  /** Over the whole width, its caption beside the picture. */
  readonly alone?: boolean;
  /** Wide, with two pictures beside each other where there is room. */
  readonly pairs?: boolean;
}

/** A figure: heading, picture, caption, what can be saved, and its values in a table. */
export function figure(options: FigureOptions): Markup {
  const { id, title, picture, caption, data, wide, alone, pairs } = options;
  const layout = pairs ? "wide pairs" : wide ? "wide" : alone ? "alone" : null;
  return el(
    "figure",
    { id, class: layout, "aria-labelledby": `${id}-heading` },
    el("h3", { id: `${id}-heading` }, title),
    el("div", { class: "picture" }, picture),
    el("figcaption", {}, caption),
    el(
      "details",
      {},
      el("summary", {}, "The values as a table"),
      scroll(`Values of: ${title}`, plainTable(data, `Values of: ${title}`)),
    ),
    saving(title, ["SVG", "CSV"]),
  );
}

/** Of longer tables some rows are seen at a time, and wider ones are set smaller on paper. */
const [mostRows, mostColumns] = [60, 7];

/** A table that is shown, with a caption and its CSV. */
export function table(
  { id, title, note }: { readonly id: string; readonly title: string; readonly note?: Child },
  data: DataTable,
): Markup {
  const long = data.rows.length > mostRows ? " long" : "";
  const many = data.header.length > mostColumns ? " many" : "";
  return el(
    "figure",
    { id, class: `wide tabular${long}${many}`, "aria-labelledby": `${id}-heading` },
    el("h3", { id: `${id}-heading` }, title),
    scroll(title, plainTable(data)),
    note ? el("figcaption", {}, note) : null,
    saving(title, ["CSV"]),
  );
}

/** Buttons that the page's script brings to life; without it they stay hidden. */
const saving = (title: string, kinds: readonly ("SVG" | "CSV")[]): Markup =>
  el(
    "p",
    { class: "saving", hidden: true },
    kinds.map((kind) =>
      el(
        "button",
        { type: "button", "data-save": kind.toLowerCase() },
        `Save ${kind}`,
        el("span", { class: "unseen" }, ` of ${title}`),
      ),
    ),
  );

/** What is wider than the page moves under its own bar, by keyboard too. */
const scroll = (name: string, content: Markup): Markup =>
  el("div", { class: "scroll", role: "region", "aria-label": name, tabindex: 0 }, content);

function plainTable({ header, rows, names = 1 }: DataTable, caption?: string): Markup {
  return el(
    "table",
    {},
    caption ? el("caption", { class: "unseen" }, caption) : null,
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        header.map((name) => el("th", { scope: "col" }, name)),
      ),
    ),
    el(
      "tbody",
      {},
      rows.map((cells) =>
        el(
          "tr",
          {},
          cells.map((cell, i) =>
            i < names ? el("th", { scope: "row" }, cell) : el("td", {}, cell),
          ),
        ),
      ),
    ),
  );
}

/** A part of the report with its heading. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Child;
  /** It only says what it lacks. */
  readonly empty?: boolean;
}

/** Facts by name. */
export const facts = (entries: readonly (readonly [string, Child])[]): Markup =>
  el(
    "dl",
    { class: "facts" },
    entries.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
  );

/** A remark that stands out. */
export const note = (...children: Child[]): Markup => el("p", { class: "note" }, ...children);
