/** Where a layer or a parameter stands in a network, as text and as a number. */

/** `"1"` and `"weight"` make `"1.weight"`. */
export const join = (path: string, name: string): string =>
  path === "" ? name : `${path}.${name}`;

/** A uint32 for a path: FNV-1a (Fowler, Noll & Vo 1991) of its UTF-16 units. */
export function placeOf(path: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < path.length; i++) hash = Math.imul(hash ^ path.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
