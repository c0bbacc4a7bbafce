/** The pages of a Parquet file before they are unpacked: no one may claim more than its chunk holds. */
import type { ColumnMetaData, FileMetaData } from "hyparquet";

type ReadHeader = typeof import("hyparquet/src/column.js").parquetHeader;

/** An Error where a page claims more values or bytes than the metadata of its file allows. */
export function checkPages(
  bytes: Uint8Array,
  { row_groups }: FileMetaData,
  readHeader: ReadHeader,
): void {
  for (const { columns, num_rows } of row_groups)
    for (const { meta_data } of columns)
      if (meta_data) checkChunk(bytes, meta_data, Number(num_rows), readHeader);
}

/** Bytes of a value; beside them a page holds its levels, or the lengths of its runs. */
const widths: Readonly<Record<string, number>> = {
  ...{ BOOLEAN: 1, INT32: 4, INT64: 8, INT96: 12, FLOAT: 4, DOUBLE: 8 },
};

function checkChunk(
  bytes: Uint8Array,
  chunk: ColumnMetaData,
  rows: number,
  readHeader: ReadHeader,
): void {
  const begin = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
  const length = Number(chunk.total_compressed_size);
  if (!(begin >= 0 && length >= 0 && begin + length <= bytes.length))
    throw new Error("a column's place is outside of the file");
  const view = new DataView(bytes.buffer, bytes.byteOffset + begin, length);
  const reader = { view, offset: 0 };
  const width = widths[chunk.type];
  let left = rows;
  while (left > 0 && reader.offset < length) {
    const header = readHeader(reader);
    const data = header.data_page_header ?? header.data_page_header_v2;
    const values = data?.num_values ?? 0;
    const entries = header.dictionary_page_header?.num_values ?? 0;
    const size = header.compressed_page_size;
    const unpacked = header.uncompressed_page_size; // an entry of a dictionary takes a byte or more
    const most = width === undefined ? unpacked : 1024 + (values + entries) * (width + 4);
    const inside =
      size >= 0 &&
      reader.offset + size <= length &&
      unpacked <= most &&
      unpacked <= Number(chunk.total_uncompressed_size);
    if (!inside || !(values >= 0 && values <= left) || !(entries >= 0 && entries <= unpacked))
      throw new Error("a page claims more than its column holds");
    left -= values;
    reader.offset += size;
  }
  if (left > 0) throw new Error("pages of a column are missing");
}
