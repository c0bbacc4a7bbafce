/** Writes expected.json, what every contestant must find, by PyTorch in float64: `PYTHON=… node bench/expected.js`. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cases, comparedSteps, learningRate } from "./cases.js";
import { start } from "./process.js";

const script = fileURLToPath(new URL("contestants/pytorch.py", import.meta.url));
const options = JSON.stringify({ threads: 1, float64: true });
const torch = await start(
  { command: [process.env.PYTHON ?? "python3", script, options] },
  { patience: 600 },
);
if (torch.missing) throw new Error(`PyTorch is needed: ${torch.missing}. Set PYTHON.`);
const lines = [];
for (const each of cases) {
  const request = { case: { ...each, comparedSteps, learningRate } };
  const { values, error } = await torch.call("prepare", request);
  if (error) throw new Error(`${each.name}: ${error}`);
  lines.push(
    `${JSON.stringify(each.id)}: ${JSON.stringify(values.map((x) => Number(x.toPrecision(9))))}`,
  );
}
writeFileSync(new URL("expected.json", import.meta.url), `{\n${lines.join(",\n")}\n}\n`);
torch.close();
