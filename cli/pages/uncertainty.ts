/** What several networks, or passes of one with dropout on, say together, and how far they disagree. */
import type { DropoutEvidence, EnsembleEvidence } from "../../src/index.ts";
import { decimals, integer, range } from "../output/numbers.ts";
import type { Page } from "../output/page.ts";
import { digitsOf, nameOf, placesOf } from "./results.ts";

const mainOf = (task: string) => (task === "regression" ? "rmse" : "auroc");

/** “mean of 5 seeds: AUROC 0.991; each alone 0.984 – 0.990”. */
export function ensembleFacts(page: Page, { seeds, each, mean, entropy }: EnsembleEvidence): void {
  const key = mainOf(mean.task);
  const values = each.flatMap((value) => value ?? []);
  const alone =
    values.length === 0
      ? ""
      : `; each alone ${range(Math.min(...values), Math.max(...values), (x) => decimals(x, placesOf(key, x)))}`;
  page.fact("ensemble", `mean of ${integer(seeds.length)} seeds: ${mainText(mean)}${alone}`);
  entropyFact(page, entropy, "the networks");
}

/** “mean of 50 passes with dropout: AUROC 0.990”. */
export function dropoutFacts(page: Page, { draws, mean, entropy, deviation }: DropoutEvidence) {
  page.fact("MC dropout", `mean of ${integer(draws)} passes with dropout: ${mainText(mean)}`);
  entropyFact(page, entropy, "the passes");
  if (deviation)
    page.fact("", `a row's numbers deviate by ${digitsOf("mae", deviation.value)} over the passes`);
}

function mainText({ task, statistics }: EnsembleEvidence["mean"]): string {
  const key = mainOf(task);
  return `${nameOf(key, task)} ${digitsOf(key, statistics[key]?.value ?? null)}`;
}

function entropyFact(page: Page, entropy: EnsembleEvidence["entropy"], among: string): void {
  if (!entropy) return;
  const three = ({ value }: { readonly value: number | null }) => decimals(value ?? 0, 3);
  const { total, aleatoric, epistemic } = entropy;
  page.fact(
    "",
    `entropy ${three(total)} nats a row: ${three(aleatoric)} in the data, ${three(epistemic)} between ${among}`,
  );
}
