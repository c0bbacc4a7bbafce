/** The numbers that every contestant starts from: a hash of the place, the same in every language. */

/** 32 random bits of place i in stream `seed` (the finalizer of MurmurHash3). */
function bits(seed, i) {
  let h = (Math.imul(seed + 1, 0x9e3779b9) + i) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export const sizeOf = (shape) => shape.reduce((size, length) => size * length, 1);

/** The elements of a tensor of the table: shift + scale · [−1, 1), rounded to float32. */
export function numbers({ shape, seed, scale = 1, shift = 0 }) {
  const values = new Float32Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++)
    values[i] = shift + scale * ((bits(seed, i) >>> 8) / 8388608 - 1);
  return values;
}

/** One class in [0, classes) for each of so many rows. */
export const classesOf = ({ rows, seed, classes }) =>
  Int32Array.from({ length: rows }, (_, i) => bits(seed, i) % classes);

/** How many elements of a result are compared, and which. */
const samplesTaken = 64;
export const sampleOf = (values) =>
  Array.from(
    { length: samplesTaken },
    (_, i) => values[Math.floor((i * values.length) / samplesTaken)],
  );
