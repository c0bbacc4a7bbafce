/** The dictionary of an SPSS file: variables, labels, missing values, encoding. */

export interface Variable {
  readonly name: string;
  /** 0: a number; else the bytes of a text. */
  readonly width: number;
  /** Where it begins in a case, in bytes. */
  readonly offset: number;
  /** Stretches of 256 bytes that a text of over 255 is stored in; else 1. */
  readonly pieces: number;
  /** SPSS's number of the print format's type. */
  readonly format: number;
  readonly missing: Missing;
  /** By value, as it is written. */
  readonly labels: ReadonlyMap<string, string>;
}

interface Missing {
  readonly values: readonly number[];
  readonly range: readonly [number, number] | null;
  readonly texts: readonly string[];
}

export interface Dictionary {
  readonly variables: readonly Variable[];
  readonly little: boolean;
  /** 0: none, 1: by bytecode, 2: bytecode in zlib blocks. */
  readonly compression: number;
  /** −1 where the file does not say. */
  readonly cases: number;
  readonly bias: number;
  /** What stands for a missing number. */
  readonly nothing: number;
  readonly decoder: TextDecoder;
  /** Bytes of a case, and where the first begins. */
  readonly caseLength: number;
  readonly begin: number;
}

/** A variable as its record says, before long names and long texts are known. */
interface Draft {
  readonly short: string;
  readonly width: number;
  readonly offset: number;
  readonly format: number;
  readonly missing: readonly number[];
  /** As the bytes of eight. */
  readonly missingTexts: readonly Uint8Array[];
  readonly labels: Map<string, Uint8Array>;
}

/** What extension records add, by the subtype of each. */
type Extensions = Map<number, Uint8Array>;

const latin = new TextDecoder("windows-1252");

/** Reads up to where the cases begin; an Error says what is broken. */
export function readDictionary(bytes: Uint8Array): Dictionary {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 184) throw new Error("its header is cut off");
  const layout = view.getInt32(64, true);
  const little = layout === 2 || layout === 3;
  const source = { bytes, view, little, at: 176 };
  const drafts: Draft[] = [];
  const places: (Draft | null)[] = [];
  const extensions: Extensions = new Map();
  for (let kind = int(source); kind !== 999; kind = int(source))
    if (kind === 2) readVariable(source, drafts, places);
    else if (kind === 3) readLabels(source, places);
    else if (kind === 6) skip(source, 80 * int(source));
    else if (kind === 7) readExtension(source, extensions);
    else throw new Error(`a record of it has the unknown type ${kind}`);
  if (drafts.length === 0) throw new Error("it has no variables");
  const machine = extensions.get(4);
  return {
    variables: joined(drafts, extensions, little),
    little,
    compression: view.getInt32(72, little),
    cases: view.getInt32(80, little),
    bias: view.getFloat64(84, little),
    nothing: machine && machine.length >= 8 ? viewOf(machine).getFloat64(0, little) : smallest,
    decoder: decoderOf(extensions, little),
    caseLength: 8 * places.length,
    begin: source.at + 4,
  };
}

const smallest = -Number.MAX_VALUE;
const viewOf = (bytes: Uint8Array) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

interface Source {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly little: boolean;
  at: number;
}

function take(source: Source, length: number): Uint8Array {
  const { bytes, at } = source;
  if (!(length >= 0 && at + length <= bytes.length))
    throw new Error(`it ends at byte ${bytes.length}`);
  source.at += length;
  return bytes.subarray(at, at + length);
}
const skip = (source: Source, length: number): void => void take(source, length);
const int = (source: Source): number => viewOf(take(source, 4)).getInt32(0, source.little);

function readVariable(source: Source, drafts: Draft[], places: (Draft | null)[]): void {
  const width = int(source);
  const labeled = int(source);
  const missingCount = int(source);
  const format = (int(source) >> 16) & 255;
  skip(source, 4); // the write format
  const short = latin.decode(take(source, 8)).trimEnd();
  if (labeled === 1) skip(source, 4 * Math.ceil(int(source) / 4));
  if (Math.abs(missingCount) > 3) throw new Error(`${short} has ${missingCount} missing values`);
  const told = take(source, 8 * Math.abs(missingCount));
  if (width < -1 || width > 255) throw new Error(`${short} has the width ${width}`);
  if (width < 0) {
    places.push(null); // the next eight bytes of a text
    return;
  }
  const eights = Array.from({ length: told.length / 8 }, (_, i) => told.subarray(8 * i, 8 * i + 8));
  const numbers = eights.map((each) => viewOf(each).getFloat64(0, source.little));
  const draft: Draft = {
    ...{ short, width, format, offset: 8 * places.length },
    missing: width > 0 ? [] : missingCount < 0 ? [Number.NaN, ...numbers] : numbers,
    missingTexts: width > 0 ? eights : [],
    labels: new Map(),
  };
  drafts.push(draft);
  places.push(draft);
}

/** Labels of values, and the record that says whose they are. */
function readLabels(source: Source, places: readonly (Draft | null)[]): void {
  const count = int(source);
  const labels: (readonly [Uint8Array, Uint8Array])[] = [];
  for (let i = 0; i < count; i++) {
    const value = take(source, 8);
    const length = take(source, 1)[0]!;
    labels.push([value, take(source, 8 * Math.ceil((length + 1) / 8) - 1).subarray(0, length)]);
  }
  if (int(source) !== 4) throw new Error("value labels belong to no variable");
  for (let left = int(source); left > 0; left--) {
    const draft = places[int(source) - 1];
    if (!draft) throw new Error("value labels belong to no variable");
    for (const [value, label] of labels) draft.labels.set(keyOf(value, draft, source), label);
  }
}

/** A value of eight bytes as its cell writes it; a text as its bytes, one a character. */
const keyOf = (value: Uint8Array, { width }: Draft, { little }: Source): string =>
  width === 0
    ? String(viewOf(value).getFloat64(0, little))
    : String.fromCharCode(...value.subarray(0, width)).trimEnd();

function readExtension(source: Source, extensions: Extensions): void {
  const [subtype, size, count] = [int(source), int(source), int(source)];
  extensions.set(subtype, take(source, size * count));
}

/** Encodings by the number of their code page, where the file does not name one. */
const codePages: Readonly<Record<number, string>> = {
  932: "shift_jis",
  936: "gbk",
  949: "euc-kr",
  950: "big5",
  20866: "koi8-r",
  28591: "iso-8859-1",
  28592: "iso-8859-2",
  65001: "utf-8",
};

function decoderOf(extensions: Extensions, little: boolean): TextDecoder {
  const named = extensions.get(20);
  const facts = extensions.get(3);
  const page = facts && facts.length >= 32 ? viewOf(facts).getInt32(28, little) : 1252;
  if (page === 1) throw new Error("its texts are written in EBCDIC");
  const windows = page >= 1250 && page <= 1258 ? `windows-${page}` : "windows-1252";
  const name = named ? latin.decode(named).trim() : (codePages[page] ?? windows);
  try {
    return new TextDecoder(name);
  } catch {
    return latin;
  }
}

/** `SHORT=Long` with tabs between, of the extension of that subtype. */
function pairsOf(extensions: Extensions, subtype: number, decoder: TextDecoder) {
  const text = decoder.decode(extensions.get(subtype) ?? new Uint8Array());
  return new Map(
    text.split("\t").map((pair): [string, string] => {
      const at = pair.indexOf("=");
      return [pair.slice(0, Math.max(0, at)).toUpperCase(), pair.slice(at + 1)];
    }),
  );
}

/** Variables with long names; the parts of a long text are one variable. */
function joined(drafts: readonly Draft[], extensions: Extensions, little: boolean): Variable[] {
  const decoder = decoderOf(extensions, little);
  const names = pairsOf(extensions, 13, decoder);
  const widths = pairsOf(extensions, 14, decoder);
  const longLabels = readLongLabels(extensions, little, decoder);
  const longMissing = readLongMissing(extensions, little, decoder);
  const variables: Variable[] = [];
  for (let i = 0; i < drafts.length; ) {
    const draft = drafts[i]!;
    const width = Number.parseInt(widths.get(draft.short.toUpperCase()) ?? "", 10) || draft.width;
    const pieces = width > 255 ? Math.ceil(width / 252) : 1;
    if (width > 32_767 || i + pieces > drafts.length)
      throw new Error(`${draft.short} has the width ${width}`);
    const name = names.get(draft.short.toUpperCase()) ?? draft.short;
    const labels = Array.from(draft.labels, ([value, label]): [string, string] => [
      draft.width > 0 ? decoder.decode(bytesOf(value)).trimEnd() : value,
      decoder.decode(label).trimEnd(),
    ]);
    const texts = draft.missingTexts.map((value) => decoder.decode(value).trimEnd());
    variables.push({
      ...{ name, width, pieces, offset: draft.offset, format: draft.format },
      missing: { ...missingOf(draft), texts: [...texts, ...(longMissing.get(name) ?? [])] },
      labels: new Map([...labels, ...(longLabels.get(name) ?? [])]),
    });
    i += pieces;
  }
  return variables;
}

const bytesOf = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** A range is told by two values and a leading NaN. */
function missingOf({ missing }: Draft): Pick<Missing, "values" | "range"> {
  if (!Number.isNaN(missing[0] ?? 0)) return { values: missing, range: null };
  const [, low = Number.NaN, high = Number.NaN, ...values] = missing;
  return { values, range: [low, high] };
}

/** A walk over the records of an extension: numbers, and texts with their length before them. */
function walk(extensions: Extensions, subtype: number, little: boolean, decoder: TextDecoder) {
  const bytes = extensions.get(subtype) ?? new Uint8Array();
  const source: Source = { bytes, view: viewOf(bytes), little, at: 0 };
  return {
    more: () => source.at < bytes.length,
    int: () => int(source),
    byte: () => take(source, 1)[0]!,
    text: (length = int(source)) => decoder.decode(take(source, length)).trimEnd(),
  };
}

type Named<T> = Map<string, T>;

function readLongLabels(
  extensions: Extensions,
  little: boolean,
  decoder: TextDecoder,
): Named<[string, string][]> {
  const found: Named<[string, string][]> = new Map();
  const part = walk(extensions, 21, little, decoder);
  while (part.more()) {
    const name = part.text();
    part.int(); // the variable's width
    const labels: [string, string][] = [];
    for (let left = part.int(); left > 0; left--) labels.push([part.text(), part.text()]);
    found.set(name, labels);
  }
  return found;
}

function readLongMissing(
  extensions: Extensions,
  little: boolean,
  decoder: TextDecoder,
): Named<string[]> {
  const found: Named<string[]> = new Map();
  const part = walk(extensions, 22, little, decoder);
  while (part.more()) {
    const name = part.text();
    const count = part.byte();
    const length = part.int();
    found.set(
      name,
      Array.from({ length: count }, () => part.text(length)),
    );
  }
  return found;
}
