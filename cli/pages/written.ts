/** Where everything is, and what to do next. */
import type { Page } from "../output/page.ts";
import { called, shellWords } from "../words.ts";

const files = [
  "model.json",
  "weights.safetensors",
  "metrics.json",
  "predictions.csv",
  "events.jsonl",
  "run.json",
];

export function written(page: Page, out: string): void {
  const { strong, faint } = page.style;
  const golgi = called();
  page.line();
  const hanging = page.narrow ? 2 : 13;
  page.line(`written to   ${strong(`${out}/`)}   ${faint(files.join(" · "))}`, 0, hanging);
  page.line(`next         ${golgi} predict ${shellWords([out])} FILE.csv`, 0, hanging);
  page.line(`${golgi} inspect ${shellWords([out])}`, hanging);
  page.flush();
}
