/** HTML and SVG as values: all text is escaped, and only what was built here counts as markup. */

class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type { Markup };

/** What stands inside an element; `null`, `undefined` and `false` leave no trace. */
export type Child = Markup | string | number | null | undefined | false | readonly Child[];
type Attribute = string | number | boolean | null | undefined;
export type Attributes = Readonly<Record<string, Attribute>>;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};
/** Signs that HTML forbids or that turn the direction of what follows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const harmful = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

const escaped = (text: string): string =>
  text.replace(harmful, "�").replace(/[&<>"]/g, (sign) => entities[sign]!);

const withoutEnd = new Set(["meta", "br", "hr", "input", "col"]);

/**
 * An element with its children escaped: `el("p", { class: "note" }, "n < ", 5)`.
 * An attribute that is `true` stands alone; `false`, `null` and `undefined` leave it out.
 */
export function el(tag: string, attributes: Attributes = {}, ...children: Child[]): Markup {
  const named = Object.entries(attributes)
    .filter(([, value]) => value !== false && value !== null && value !== undefined)
    .map(([name, value]) => (value === true ? ` ${name}` : ` ${name}="${escaped(String(value))}"`));
  const open = `<${tag}${named.join("")}>`;
  return new Markup(withoutEnd.has(tag) ? open : `${open}${inside(children)}</${tag}>`);
}

function inside(child: Child): string {
  if (child === null || child === undefined || child === false) return "";
  if (child instanceof Markup) return child.text;
  if (typeof child === "object") return child.map(inside).join("");
  return escaped(String(child));
}

/** Markup as it stands: for this program's own style and script, never for what was read. */
export const verbatim = (text: string): Markup => new Markup(text);

/** A link to a part of the page. */
export const link = (to: string, ...children: Child[]): Markup =>
  el("a", { href: `#${to}` }, ...children);
