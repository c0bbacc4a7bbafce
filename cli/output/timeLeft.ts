/** How long something that is counted will still take. */
import { duration } from "./numbers.ts";

/** “  12 s left”, by how long what is done of each kind took; nothing where that is not known. */
export function timeLeft(
  now: () => number = () => performance.now(),
): (kind: string, done: number, of: number) => string {
  const begun = new Map<string, { readonly at: number; readonly done: number }>();
  return (kind, done, of) => {
    const from = begun.get(kind) ?? { at: now(), done };
    begun.set(kind, from);
    if (done === from.done || done === of) return "";
    const each = (now() - from.at) / (done - from.done) / 1000;
    return `  ${duration(each * (of - done))} left`;
  };
}
