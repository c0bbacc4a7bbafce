/**
 * Few colors, apart for color-blind eyes (blue and yellow, never red against green), and none of
 * them says anything that the text beside it does not.
 */

export interface Style {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly accent: (text: string) => string;
  readonly warn: (text: string) => string;
}

const start = "\u001b[";
const painted = (on: number, off: number) => (text: string) =>
  text === "" ? "" : `${start}${on}m${text}${start}${off}m`;
const plain = (text: string) => text;

const colors: Style = {
  strong: painted(1, 22),
  faint: painted(2, 22),
  accent: painted(36, 39),
  warn: painted(33, 39),
};
const none: Style = { strong: plain, faint: plain, accent: plain, warn: plain };

export const styleFor = ({ color }: { readonly color: boolean }): Style => (color ? colors : none);

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes of `painted`
const paint = /\u001b\[\d+m/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal would obey
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text of a stranger's file as a terminal may see it: no escapes, no reversed writing. */
export const harmless = (text: string): string => text.replace(control, "�");

/** Combining marks take no column, East Asian letters and pictures two (UAX #11, roughly). */
const marks = /\p{M}|\u200b|\u200d|\ufe0f/gu;
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60]/gu;

/** Columns that a text takes in a terminal. */
export function widthOf(text: string): number {
  const shown = text.replace(paint, "").replace(marks, "");
  let width = 0;
  for (const _ of shown) width++;
  return width + (shown.match(wide)?.length ?? 0);
}

export const padEnd = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - widthOf(text)));
export const padStart = (text: string, width: number): string =>
  " ".repeat(Math.max(0, width - widthOf(text))) + text;

/**
 * Text in lines of at most `width` columns (the first of at most `first`), broken at spaces; a
 * longer word is cut. Two or more spaces stay together, and are dropped where the line breaks.
 */
export function wrap(text: string, width: number, first = width): string[] {
  const lines: string[] = [];
  let line = "";
  const room = () => Math.max(1, lines.length === 0 ? first : width);
  for (const piece of text.split(/(?<= )(?! )/)) {
    if (widthOf(line + piece.trimEnd()) > room() && line.trim() !== "") {
      lines.push(line.trimEnd());
      line = "";
    }
    line += piece;
    while (widthOf(line.trimEnd()) > room()) {
      const cut = cutAt(line, room());
      lines.push(line.slice(0, cut));
      line = line.slice(cut);
    }
  }
  return line.trim() === "" && lines.length > 0 ? lines : [...lines, line.trimEnd()];
}

const letters = new RegExp(`${paint.source}|.`, "gsu");

/** Where to cut so that what stands before takes at most `width` columns; at least one letter. */
function cutAt(text: string, width: number): number {
  let end = 0;
  for (const letter of text.match(letters) ?? []) {
    if (end > 0 && widthOf(text.slice(0, end) + letter) > width) break;
    end += letter.length;
  }
  return end;
}
