/** Lists of numbers one after the other. */
interface Joinable<T> {
  readonly length: number;
  set(part: T, at: number): void;
}

/** The parts as one list: `joined(Float64Array, [a, b])`. */
export function joined<T extends Joinable<T>>(
  List: new (length: number) => T,
  parts: readonly T[],
): T {
  const whole = new List(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
