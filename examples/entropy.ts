/** How much each column of a table says of the outcome, in bits: entropy and mutual information. */
// biome-ignore-all lint/suspicious/noConsole: an example prints.
import { data, metrics } from "golgi";

const bits = { unit: "bits" } as const;
const table = await data.read("data/biopsy_repeated_ids.csv");

/** The values of a column numbered 0, 1, 2, …; a missing cell is a value of its own. */
function labelsOf(name: string): number[] {
  const { cells } = data.requireColumn(table, name);
  const levels = [...new Set(cells)];
  return cells.map((cell) => levels.indexOf(cell));
}

const outcome = labelsOf("class");
const counts = [0, 1].map((label) => outcome.filter((each) => each === label).length);
console.log(`H(class) = ${metrics.entropy(metrics.distribution(counts), bits).toFixed(3)} bits`);

const ranked = table.columns
  .filter(({ name }) => name !== "class" && name !== "ID")
  .map(({ name }) => {
    const joint = metrics.jointDistribution(labelsOf(name), outcome);
    return {
      name,
      shared: metrics.mutualInformation(joint, bits),
      left: metrics.conditionalEntropy(joint, bits),
    };
  })
  .sort((a, b) => b.shared - a.shared);
for (const { name, shared, left } of ranked)
  console.log(`${name.padEnd(4)} tells ${shared.toFixed(3)} bits, leaves ${left.toFixed(3)}`);
