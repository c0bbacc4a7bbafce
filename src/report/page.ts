/** The whole page: one file that asks the network for nothing and is forbidden to. */
import { sha256 } from "#platform";
import type { Section } from "./figure.ts";
import { type Child, el, link, verbatim } from "./html.ts";
import { script } from "./script.ts";
import { style } from "./style.ts";

export interface PageOptions {
  readonly title: string;
  /** Above the contents. */
  readonly header: Child;
  readonly sections: readonly Section[];
  readonly footer: Child;
}

/** What a content security policy calls a text: its SHA-256 in base 64. */
async function hashOf(text: string): Promise<string> {
  const digits = await sha256(new TextEncoder().encode(text));
  const bytes = digits.match(/../g)!.map((pair) => String.fromCharCode(Number.parseInt(pair, 16)));
  return `'sha256-${btoa(bytes.join(""))}'`;
}

/** The page as text; its policy lets only its own style and script in. */
export async function pageOf({ title, header, sections, footer }: PageOptions): Promise<string> {
  const policy = [
    "default-src 'none'",
    `style-src ${await hashOf(style)}`,
    `script-src ${await hashOf(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const head = el(
    "head",
    {},
    el("meta", { charset: "utf-8" }),
    el("meta", { "http-equiv": "Content-Security-Policy", content: policy }),
    el("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    el("meta", { name: "referrer", content: "no-referrer" }),
    el("title", {}, title),
    el("style", {}, verbatim(style)),
  );
  const body = el(
    "body",
    {},
    el("a", { class: "skip", href: "#main" }, "Skip to the results"),
    el(
      "div",
      { class: "page" },
      el("header", {}, header),
      contents(sections),
      el("main", { id: "main", tabindex: -1 }, sections.map(sectionOf)),
      el("footer", {}, footer),
    ),
    el("script", {}, verbatim(script)),
  );
  return `<!doctype html>\n${el("html", { lang: "en" }, head, body).text}\n`;
}

const contents = (sections: readonly Section[]): Child =>
  el(
    "nav",
    { "aria-labelledby": "contents" },
    el("h2", { id: "contents" }, "Contents"),
    el(
      "ol",
      {},
      sections.map(({ id, title }) => el("li", {}, link(id, title))),
    ),
  );

const sectionOf = ({ id, title, content }: Section): Child =>
  el(
    "section",
    { id, "aria-labelledby": `${id}-heading` },
    el("h2", { id: `${id}-heading` }, title),
    content,
  );
