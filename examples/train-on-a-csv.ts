/** A table of patients becomes a trained network with an honest evaluation. */
// biome-ignore-all lint/suspicious/noConsole: an example prints.
import { data, evaluate, nn, optim, train } from "golgi";

const table = await data.read("data/wdbc.csv");
const { training, validation, test } = data.split(table, { target: "Diagnosis", seed: 7 });

const run = await train.fit(
  ({ features, outputs }) => nn.mlp({ inputs: features, hidden: [16], outputs }),
  training,
  {
    validation, // early stopping: the best epoch's weights are kept
    loss: "binaryCrossEntropy",
    optimizer: optim.adam({ learningRate: 5e-3 }),
    onEvent: (event) => {
      if (event.event === "stop")
        console.log(`stopped after epoch ${event.epoch}, kept ${event.best}`);
    },
  },
);

console.log(`${test.rows} rows never seen: ${await evaluate(run, test)}`);
