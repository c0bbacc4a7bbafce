/** SAS's numbers of encodings, by the names that the Encoding Standard gives them. */

const names: Readonly<Record<number, string>> = {
  ...{ 0: "windows-1252", 20: "utf-8", 28: "windows-1252", 29: "windows-1252", 30: "iso-8859-2" },
  ...{ 31: "iso-8859-3", 32: "iso-8859-4", 33: "iso-8859-5", 34: "iso-8859-6", 35: "iso-8859-7" },
  ...{
    36: "iso-8859-8",
    37: "iso-8859-9",
    38: "iso-8859-10",
    39: "windows-874",
    40: "iso-8859-15",
  },
  ...{ 49: "ibm866", 60: "windows-1250", 61: "windows-1251", 62: "windows-1252" },
  ...{ 63: "windows-1253", 64: "windows-1254", 65: "windows-1255", 66: "windows-1256" },
  ...{ 67: "windows-1257", 68: "windows-1258", 118: "big5", 119: "big5", 123: "big5", 125: "gbk" },
  ...{
    126: "gbk",
    134: "euc-jp",
    136: "shift_jis",
    138: "shift_jis",
    140: "euc-kr",
    141: "euc-kr",
  },
  ...{ 205: "gb18030" },
};

/** Texts without the blanks and zeros at their end; of an unknown encoding only those in ASCII. */
export function sasDecoder(code: number): (bytes: Uint8Array) => string {
  const name = names[code];
  const decoder = new TextDecoder(name ?? "utf-8");
  return (bytes) => {
    let end = bytes.length;
    while (end > 0 && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0)) end--;
    const text = bytes.subarray(0, end);
    if (name === undefined && text.some((byte) => byte > 127))
      throw new Error(`its texts have SAS's encoding ${code}, which is not read. Save it in UTF-8`);
    return decoder.decode(text);
  };
}
