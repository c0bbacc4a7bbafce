/** Bytes to text: byte order marks, UTF-8, UTF-16, Windows-1252; what is no text is refused. */
import { InputError } from "../../base/errors.ts";

export interface Text {
  readonly text: string;
  readonly encoding: "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";
}

/** V8's longest string is 2²⁹ − 24 characters. */
const mostBytes = 500_000_000;

/** First bytes of files that people pass by mistake, with what to do about each. */
const signatures: readonly (readonly [bytes: readonly number[], what: string])[] = [
  [
    [0xd0, 0xcf, 0x11, 0xe0],
    "an old Excel workbook, or one with a password. Save it as .xlsx or CSV without",
  ],
  [[0x1f, 0x8b], "compressed with gzip. Unpack it first"],
  [[0x25, 0x50, 0x44, 0x46], "a PDF. Save the table as CSV"],
];

/** Decodes a file; without a byte order mark and not valid UTF-8 it is taken as Windows-1252. */
export function decodeText(name: string, bytes: Uint8Array): Text {
  if (bytes.length > mostBytes)
    throw new InputError(
      `${name} has ${Math.floor(bytes.length / 1e6)} MB; tables of up to 500 MB are read. Split it.`,
    );
  refuseOthers(name, bytes);
  const { text, encoding } = decode(bytes);
  refuseControls(name, text, 0);
  return { text, encoding };
}

/** An InputError where the text, which begins after so many characters, holds what no table has. */
export function refuseControls(name: string, text: string, before: number): void {
  const junk = firstControl(text);
  if (junk >= 0)
    throw new InputError(
      `${name} is not a text table: character ${before + junk + 1} has code ` +
        `${text.charCodeAt(junk)}. Save the table as CSV in UTF-8.`,
    );
}

/** An InputError for the beginnings of files that are no text. */
export function refuseOthers(name: string, bytes: Uint8Array): void {
  for (const [signature, what] of signatures)
    if (signature.every((byte, i) => bytes[i] === byte))
      throw new InputError(`${name} is ${what}.`);
}

/** UTF-16 where its byte order mark stands first. */
export function markedEncoding([first, second]: Uint8Array): "utf-16le" | "utf-16be" | null {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : null;
}

function decode(bytes: Uint8Array): Text {
  const marked = markedEncoding(bytes);
  if (marked) return decodeAs(marked, bytes);
  try {
    return decodeAs("utf-8", bytes, true);
  } catch {
    return decodeAs("windows-1252", bytes);
  }
}

/** The decoder drops the byte order mark of its own encoding. */
const decodeAs = (encoding: Text["encoding"], bytes: Uint8Array, fatal = false): Text => ({
  text: new TextDecoder(encoding, { fatal }).decode(bytes),
  encoding,
});

/** Control characters other than tab, line feed, vertical tab, form feed and carriage return. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u0008\u000e-\u001f]/;

/** Where the text holds what no text table holds; −1: nowhere. */
function firstControl(text: string): number {
  const end = text.endsWith("\u001a") ? text.length - 1 : text.length; // DOS's end of file
  const found = text.slice(0, end).search(control);
  return found;
}
