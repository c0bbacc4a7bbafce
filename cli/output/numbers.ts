/** Numbers as people read them: few digits, a real minus, thin spaces between thousands. */

const minus = "−";
/** Narrow and non-breaking. */
const thin = "\u202f";
/** Holds a number and its unit on one line; a page writes it as a space. */
export const tie = "\u00a0";
/** What does not exist. */
const none = "—";

const grouped = (digits: string) => digits.replace(/\B(?=(?:\d{3})+$)/g, thin);

/** So many decimals; nothing rounds to −0. */
export function decimals(value: number, places: number): string {
  const text = Math.abs(value).toFixed(places);
  const [whole = "", fraction] = text.split(".");
  const sign = value < 0 && Number(text) !== 0 ? minus : "";
  return sign + grouped(whole) + (fraction === undefined ? "" : `.${fraction}`);
}

export const integer = (value: number): string => decimals(value, 0);

/** How many decimals leave about so many significant digits. */
export function placesFor(value: number, digits: number): number {
  const size = Math.abs(value);
  if (!(size > 0)) return digits - 1;
  const magnitude = Math.floor(Math.log10(size));
  return Math.min(12, Math.max(0, digits - 1 - magnitude));
}

/** About three significant digits: 0.0413, 1.23, 54.9, 1 234, 1.2e−7. */
export function figure(value: number, digits = 3): string {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return Number.isNaN(value) ? none : value < 0 ? `${minus}∞` : "∞";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9))
    return value
      .toExponential(digits - 1)
      .replaceAll("-", minus)
      .replace("e+", "e");
  return decimals(value, placesFor(value, digits));
}

/** A value that may not exist. */
export const orNone = (value: number | null, show: (value: number) => string): string =>
  value === null ? none : show(value);

/** “0.984 – 0.999”. */
export const range = (
  low: number | null,
  high: number | null,
  show: (value: number) => string,
): string => (low === null || high === null ? none : `${show(low)}${tie}–${tie}${show(high)}`);

/** “37 %”; what is neither none nor all is never shown as 0 or 100. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return none;
  const share = (100 * part) / whole;
  if (part > 0 && share < 1) return `<${tie}1${tie}%`;
  if (part < whole && share > 99) return `>${tie}99${tie}%`;
  return `${Math.round(share)}${tie}%`;
}

/** “p = 0.71”, “p < 0.001”. */
export function pValue(p: number): string {
  if (p < 0.001) return `p${tie}<${tie}0.001`;
  return `p${tie}=${tie}${p.toFixed(p < 0.1 ? 3 : 2)}`;
}

/** “513 parameters”, “1 row”. */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${integer(count)}${tie}${count === 1 ? noun : plural}`;

/** “4.1 kB”. */
export function bytes(count: number): string {
  if (count < 1000) return `${count}${tie}B`;
  const unit = count < 1e6 ? "kB" : count < 1e9 ? "MB" : "GB";
  return `${figure(count / { kB: 1e3, MB: 1e6, GB: 1e9 }[unit], 2)}${tie}${unit}`;
}

/** “6 µs”, “9.2 ms”, “0.42 s”, “3 min 20 s”, “1 h 5 min”. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return none;
  if (seconds < 1e-3) return `${figure(seconds * 1e6, 2)}${tie}µs`;
  if (seconds < 0.0995) return `${figure(seconds * 1e3, 2)}${tie}ms`;
  if (seconds < 59.5) return `${seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds)}${tie}s`;
  const minutes = Math.round(seconds / 60);
  if (seconds < 600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `a, b, c and 26 more`. */
export function listed(items: readonly string[], most = 6, between = ", "): string {
  if (items.length <= most + 1) return items.join(between);
  return `${items.slice(0, most).join(between)} and ${integer(items.length - most)} more`;
}

/** Eight heights, for a value a letter. */
export const blocks = "▁▂▃▄▅▆▇█";

/** A curve in one line: the mean of each stretch, from the lowest value to the highest. */
export function sparkline(values: readonly number[], width: number): string {
  const count = Math.min(width, values.length);
  const means = Array.from({ length: count }, (_, i) => {
    const [from, to] = [i, i + 1].map((k) => Math.floor((k * values.length) / count));
    const part = values.slice(from, to);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const step = high > low ? (blocks.length - 1) / (high - low) : 0;
  return means.map((value) => blocks[Math.round((value - low) * step)]).join("");
}
