/** A file's text piece by piece, with `\n` line ends and without its byte order mark. */
import type { openFile } from "#platform";
import { InputError } from "../../base/errors.ts";
import { markedEncoding, refuseControls, refuseOthers, type Text } from "../readers/text.ts";

/** The first piece tells delimiter and kinds; later ones are small, so that their cells die young. */
const firstLength = 4_194_304;
const pieceLength = 262_144;

export interface Piece {
  readonly text: string;
  readonly last: boolean;
}

/** The encoding that a file's first bytes tell, UTF-8 where they tell none. */
export function toldEncoding(name: string, file: ReturnType<typeof openFile>): Text["encoding"] {
  const start = new Uint8Array(16);
  file.read(start, 0);
  refuseOthers(name, start);
  return markedEncoding(start) ?? "utf-8";
}

/** `null` in place of a piece that is not of the encoding. */
export function* textPieces(
  name: string,
  file: ReturnType<typeof openFile>,
  encoding: Text["encoding"],
): Generator<Piece | null> {
  const decoder = new TextDecoder(encoding, { fatal: encoding === "utf-8" });
  let bytes = new Uint8Array(firstLength);
  let [at, characters, held] = [0, 0, ""];
  for (let last = false; !last; ) {
    const count = file.read(bytes, at);
    at += count;
    last = count < bytes.length;
    let text: string;
    try {
      text = held + decoder.decode(bytes.subarray(0, count), { stream: !last });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      yield null;
      return;
    }
    held = !last && text.endsWith("\r") ? "\r" : "";
    const whole = held ? text.slice(0, -1) : text;
    refuseControls(name, whole, characters);
    characters += whole.length;
    yield { text: whole.includes("\r") ? whole.replace(/\r\n?/g, "\n") : whole, last };
    bytes = bytes.subarray(0, pieceLength);
  }
  if (characters === 0)
    throw new InputError(`${name} is empty. A table needs a header line and rows.`);
}
