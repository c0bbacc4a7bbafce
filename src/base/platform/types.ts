/** What the machine lends: files and a hash. Import it as `#platform`; Node and the browser each have theirs. */

export interface Platform {
  /** The bytes of a file. */
  readonly readFile: (path: string) => Promise<Uint8Array>;
  readonly exists: (path: string) => Promise<boolean>;
  readonly isDirectory: (path: string) => Promise<boolean>;
  /** The names in a folder, sorted by code unit, so that every machine sees one order. */
  readonly listDirectory: (path: string) => Promise<string[]>;
  /** Writes beside the target, then renames: a reader meets the old file or the new one, never half. */
  readonly writeFileAtomic: (path: string, content: FileContent) => Promise<void>;
  /** The same for a folder of files; with `replace` an old folder stands until the new one is whole. */
  readonly writeDirectoryAtomic: (
    path: string,
    files: Readonly<Record<string, FileContent>>,
    options?: { readonly replace?: boolean },
  ) => Promise<void>;
  /** SHA-256 as 64 lower-case hexadecimal digits. */
  readonly sha256: (bytes: Uint8Array) => Promise<string>;
}

export type FileContent = Uint8Array | string;
