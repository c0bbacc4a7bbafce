/** Words that the audit's sentences share. */
export { counted, listed, quoted } from "../../data/findings.ts";

/** `7 %`; what is neither none nor all is never 0 or 100. */
export function percentOf(part: number, whole: number): string {
  const share = (100 * part) / Math.max(whole, 1);
  if (part > 0 && share < 1) return "under 1 %";
  if (part < whole && share > 99) return "over 99 %";
  return `${Math.round(share)} %`;
}
