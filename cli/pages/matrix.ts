/** The confusion matrix: true labels down, called labels across. */
import type { ConfusionMatrix } from "../../src/index.ts";
import { integer } from "../output/numbers.ts";
import type { Column, Page } from "../output/page.ts";
import { harmless, widthOf } from "../output/style.ts";

/** Of more classes the page says where to look. */
const mostClasses = 12;
const indent = 4;

export function matrix(page: Page, { labels, counts }: ConfusionMatrix): void {
  if (labels.length > mostClasses) {
    page.line(`the confusion matrix of ${labels.length} classes is in metrics.json`, 2);
    return;
  }
  const { faint, strong } = page.style;
  // the label that counts as positive comes first, as in textbooks
  const order = labels.map((_, i) => i);
  if (labels.length === 2) order.reverse();
  const names = order.map((i) => harmless(labels[i]!));
  const cells = order.map((i) =>
    order.map((j) => {
      const count = integer(counts[i]![j]!);
      return i === j ? strong(count) : counts[i]![j] === 0 ? faint(count) : count;
    }),
  );
  const heads = names.map((name) => (labels.length === 2 ? `predicted ${name}` : name));
  const fits = widthIn(page, ["is ", ...heads], names) <= page.width;
  const across = fits ? heads : names.map((_, i) => `${i + 1}`);
  const down = names.map((name, i) => (fits ? `is ${name}` : `${i + 1} is ${name}`));
  const corner = fits && labels.length === 2 ? "" : "predicted";
  page.table(
    [
      [faint(corner), ...across.map(faint)],
      ...cells.map((row, i) => [faint(short(down[i]!, page)), ...row]),
    ],
    [{}, ...across.map((): Column => ({ align: "right" }))],
    indent,
  );
}

const widthIn = (page: Page, heads: readonly string[], names: readonly string[]) =>
  indent +
  Math.max(...names.map((name) => widthOf(`is ${name}`))) +
  heads.reduce((sum, head) => sum + widthOf(head) + (page.narrow ? 2 : 3), 0);

/** Names of rows leave room for the counts. */
const short = (text: string, page: Page): string => {
  const most = Math.max(8, Math.floor(page.width / 2) - indent);
  return widthOf(text) > most ? `${text.slice(0, most - 1)}…` : text;
};
