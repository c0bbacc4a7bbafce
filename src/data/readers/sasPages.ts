/** The pages of a SAS7BDAT file: what its header and subheaders say of columns and rows. */
import { sasDecoder } from "./sasEncodings.ts";

export interface SasFile {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly little: boolean;
  /** Bytes of an integer: 8 in files of 64 bit. */
  readonly wide: 4 | 8;
  readonly headerLength: number;
  readonly pageLength: number;
  readonly decode: (bytes: Uint8Array) => string;
}

/** Reads the header; an Error where its sizes lie outside of the file. */
export function sasFile(bytes: Uint8Array): SasFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 288) throw new Error("its header is cut off");
  const three = 0x33;
  const wide = bytes[32] === three ? 8 : 4;
  const padding = bytes[35] === three ? 4 : 0;
  const little = bytes[37] === 1;
  const headerLength = view.getUint32(196 + padding, little);
  const pageLength = view.getUint32(200 + padding, little);
  if (headerLength < 288 || pageLength < 128 || headerLength + pageLength > bytes.length)
    throw new Error("its header says that pages lie outside of the file");
  const decode = sasDecoder(bytes[70]!);
  return { bytes, view, little, wide, headerLength, pageLength, decode };
}

/** A part of a page, counted from the page's beginning. */
interface Part {
  readonly offset: number;
  readonly length: number;
}

export interface Page {
  readonly begin: number;
  readonly length: number;
  readonly type: number;
  readonly kind: "meta" | "data" | "mix";
  /** Rows one after the other, and where they begin. */
  readonly rows: number;
  readonly rowsAt: number;
  readonly subheaders: readonly (Part & { readonly signature: number })[];
  /** Rows one by one, compressed or not, of a compressed table. */
  readonly packed: readonly Part[];
}

const kinds: Readonly<Record<number, Page["kind"]>> = {
  0: "meta",
  256: "data",
  512: "mix",
  1024: "meta",
};
/** A page of indices, of which a table is read without. */
const indices = 0x9000;

/** All pages but those without rows or columns. */
export function* pagesOf(file: SasFile): Generator<Page> {
  const { bytes, view, little, wide, headerLength, pageLength } = file;
  const count = Math.floor((bytes.length - headerLength) / pageLength);
  for (let i = 0; i < count; i++) {
    const begin = headerLength + i * pageLength;
    const head = begin + (wide === 8 ? 32 : 16);
    const type = view.getUint16(head, little);
    const kind = kinds[type & 0xf00];
    if (!kind || (type & indices) === indices) continue;
    const blocks = view.getUint16(head + 2, little);
    const parts = kind === "data" ? 0 : view.getUint16(head + 4, little);
    const pointers = head + 8 - begin;
    const end = pointers + parts * 3 * wide;
    if (end > pageLength) throw new Error("a page has more parts than fit");
    yield {
      ...{ begin, length: pageLength, type, kind },
      rows: kind === "meta" ? 0 : kind === "mix" ? Number.POSITIVE_INFINITY : blocks,
      rowsAt: end + (end % 8),
      ...partsOf(file, begin, { pointers, parts }),
    };
  }
}

/** How a part is stored: as it is, cut off and of no use, or packed. */
const stored = { plain: 0, cut: 1, packed: 4 };

function partsOf(
  file: SasFile,
  begin: number,
  { pointers, parts }: { readonly pointers: number; readonly parts: number },
): Pick<Page, "subheaders" | "packed"> {
  const { bytes, wide, pageLength } = file;
  const subheaders: Page["subheaders"][number][] = [];
  const packed: Part[] = [];
  for (let i = 0; i < parts; i++) {
    const at = begin + pointers + i * 3 * wide;
    const [offset, length] = [integer(file, at), integer(file, at + wide)];
    const [how, type] = [bytes[at + 2 * wide]!, bytes[at + 2 * wide + 1]!];
    if (length === 0 || how === stored.cut) continue;
    if (offset + length > pageLength) throw new Error("a part of a page lies outside of it");
    const signature =
      how === stored.packed || length < wide ? 0 : signatureAt(file, begin + offset);
    if (known.has(signature)) subheaders.push({ offset, length, signature });
    else if (type === 1 || how === stored.packed) packed.push({ offset, length });
    else throw new Error("a part of a page is unknown");
  }
  return { subheaders, packed };
}

const signatures = {
  rowSize: 0xf7f7f7f7,
  columnSize: 0xf6f6f6f6,
  counts: 0xfffffc00,
  text: 0xfffffffd,
  names: 0xffffffff,
  attributes: 0xfffffffc,
  format: 0xfffffbfe,
  list: 0xfffffffe,
};
const known: ReadonlySet<number> = new Set(Object.values(signatures));

/** The signature's 32 bits, which files of 64 bit extend by zeros, ones or something else. */
function signatureAt({ view, little, wide }: SasFile, at: number): number {
  const first = view.getUint32(at, little);
  if (little || wide === 4 || first === signatures.rowSize || first === signatures.columnSize)
    return first;
  return view.getUint32(at + 4, little);
}

/** An integer of the file's width; beyond 2⁵³ it is no place in any file. */
function integer({ view, little, wide }: SasFile, at: number): number {
  return wide === 8 ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little);
}

export interface Description {
  readonly rows: number;
  readonly rowLength: number;
  /** Rows on a page that has subheaders too, at most. */
  readonly mixedRows: number;
  /** `SASYZCRL`, `SASYZCR2` or "". */
  readonly compression: string;
  readonly columns: readonly {
    readonly name: string;
    readonly offset: number;
    readonly width: number;
    readonly isText: boolean;
    readonly format: string;
  }[];
}

/** Everything that the subheaders say; an Error where they contradict each other. */
export function describe(file: SasFile, pages: readonly Page[]): Description {
  const { view, little, wide, bytes, decode } = file;
  const placed = pages.flatMap(({ begin, subheaders }) =>
    subheaders.map(({ offset, length, signature }) => ({ at: begin + offset, length, signature })),
  );
  const of = (signature: number) => placed.filter((each) => each.signature === signature);
  const [size] = of(signatures.rowSize);
  if (!size || size.length < 16 * wide) throw new Error("it does not say how long its rows are");
  const sizeAt = (place: number) => integer(file, size.at + place * wide);
  const texts = of(signatures.text).map(({ at, length }) => bytes.subarray(at + wide, at + length));
  const short = (at: number) => view.getUint16(at, little);
  const textAt = (at: number) => {
    const from = short(at + 2);
    return decode(texts[short(at)]?.subarray(from, from + short(at + 4)) ?? new Uint8Array());
  };
  const entries = (signature: number, width: number) =>
    of(signature).flatMap(({ at, length }) =>
      Array.from(
        { length: Math.max(0, Math.floor((length - 2 * wide - 12) / width)) },
        (_, i) => at + wide + 8 + i * width,
      ),
    );
  const names = entries(signatures.names, 8).map(textAt);
  const formats = of(signatures.format).map(({ at, length }) =>
    length >= 3 * wide + 28 ? textAt(at + 3 * wide + 22) : "",
  );
  const start = new TextDecoder("windows-1252").decode(texts[0]?.subarray(0, 64));
  return checked(file, {
    ...{ rows: sizeAt(6), rowLength: sizeAt(5), mixedRows: sizeAt(15) },
    compression: /SASYZCR[L2]/.exec(start)?.[0] ?? "",
    columns: entries(signatures.attributes, wide + 8).map((at, i) => ({
      ...{ name: names[i] ?? "", format: formats[i] ?? "" },
      offset: integer(file, at),
      width: view.getUint32(at + wide, little),
      isText: bytes[at + wide + 6] !== 1,
    })),
  });
}

/** Of a column, in bytes. */
const widestText = 32_767;

function checked({ bytes }: SasFile, description: Description): Description {
  const { columns, rowLength } = description;
  if (columns.length === 0) throw new Error("it has no columns");
  let total = 0;
  for (const { name, offset, width, isText } of columns) {
    if (offset + width > rowLength || width > (isText ? widestText : 8) || width < Number(!isText))
      throw new Error(`column ${name} does not fit into a row`);
    total += width;
  }
  if (total < 1 || total > rowLength || rowLength > bytes.length * 1024)
    throw new Error("its columns overlap, or its rows are too long");
  return description;
}
