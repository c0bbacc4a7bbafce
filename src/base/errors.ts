/** Errors people can act on: each says what it met, what it needs and what to do. */

/** Bad input from a person or a file; the command line prints the one line and exits with 2. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** Needs more memory than there is. */
export class MemoryError extends InputError {
  readonly bytes: number;

  constructor(bytes: number, message: string) {
    super(message);
    this.bytes = bytes;
  }
}

/** Shapes or dtypes that do not fit, found when a graph is built. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/** A broken invariant of Golgi itself; please report it. */
export class InternalError extends Error {
  override readonly name = "InternalError";
}
