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
  /** A file to be read in places; it is closed when nobody holds it any more. */
  readonly openFile: (path: string) => OpenFile;
  /** A file of this process alone, gone when it ends however it ends; the folder is made. */
  readonly scratchFile: (folder: string) => ScratchFile;
  /** A file written piece by piece: whole under its name once committed, absent before. */
  readonly createFile: (path: string) => NewFile;
  /** The SHA-256 of a file of any size. */
  readonly sha256OfFile: (path: string) => Promise<string>;
  /** V8's switch for 256-bit vectors; null where it is absent, untried or unwanted. */
  readonly vectorSwitch: VectorSwitch | null;
  /** Removes a file, or a folder with all that it holds; what is not there is no fault. */
  readonly remove: (path: string) => Promise<void>;
  /** Removes a folder that holds nothing; any other stays, and that is no fault. */
  readonly removeEmpty: (path: string) => Promise<void>;
  /** The folder of what is remembered between runs: `GOLGI_STATE`, or Golgi's in XDG_STATE_HOME; `null`: none is wanted. */
  readonly stateFolder: () => string | null;
  /** Adds a line to a file, which is made with its folder where it is not there. */
  readonly appendLine: (path: string, line: string) => Promise<void>;
  /** SHA-256 as 64 lower-case hexadecimal digits. */
  readonly sha256: (bytes: Uint8Array) => Promise<string>;
  /** How many threads this machine runs at once. */
  readonly availableThreads: () => number;
  /**
   * A thread that runs the module at `url`; it never keeps the process alive. It is called as a
   * page's own `Worker` is, so that bundlers see the module: `new Worker(new URL("./…", import.meta.url), …)`.
   */
  readonly Worker: new (
    url: URL,
    options: { readonly type: "module" },
  ) => Thread;
  /** Whether a new thread starts while its maker sleeps; in a page it waits for the maker's event loop. */
  readonly workersStartAlone: boolean;
  /** The system's BLAS; an `InputError` says how to install one. */
  readonly openBlas: () => Promise<Blas>;
}

/** Bytes at a place: fills the array from there on, and says how many there were. */
type ReadAt = (bytes: Uint8Array, at: number) => number;

export interface OpenFile {
  readonly size: number;
  /** Milliseconds of Unix time. */
  readonly modified: number;
  readonly read: ReadAt;
}

export interface ScratchFile {
  /** Adds bytes at the end. */
  write(bytes: Uint8Array): void;
  readonly read: ReadAt;
}

export interface NewFile {
  write(bytes: Uint8Array): void;
  commit(): void;
  abandon(): void;
}

/** A thread beside the one that started it. */
export interface Thread {
  /** Sends what threads can share: memories, modules, plain data. */
  post(message: unknown): void;
  stop(): void;
  /** Calls back when it has ended, by itself or by a fault; that may come late, or twice. */
  onEnd(callback: () => void): void;
}

/**
 * C [m, n] = A [m, k] B [k, n] in float32, or C + A B where `adds` is 1: addresses in bytes, from row to row so
 * many elements; 1 for an operand that is stored as its transpose, else 0.
 */
export type Multiply = (
  transA: number,
  transB: number,
  m: number,
  n: number,
  k: number,
  a: number,
  lda: number,
  b: number,
  ldb: number,
  adds: number,
  c: number,
  ldc: number,
) => void;

/** Basic linear algebra subprograms of the system, working on WebAssembly's memory without a copy. */
export interface Blas {
  /** The file it was found in. */
  readonly library: string;
  /** A CommonJS module, by its path, from which another thread gets `multiplier(library, memory)`. */
  readonly module: string;
  /** For this thread, in a memory that may grow. */
  multiplier(memory: WebAssembly.Memory): Multiply;
}

/** Pairs 128-bit operations of WebAssembly into 256-bit ones, in all modules compiled while it is on. */
export interface VectorSwitch {
  readonly set: (on: boolean) => void;
  /** Runs `work` with modules compiled by the optimizing compiler from their first call on. */
  readonly optimized: <T>(work: () => T) => T;
}

/** Bytes, a text, or a text in pieces. */
export type FileContent = Uint8Array | string | Iterable<string>;
