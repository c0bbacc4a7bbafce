/** The perceptron learns AND, cannot learn XOR, and a hidden layer can. */
// biome-ignore-all lint/suspicious/noConsole: an example prints.
import { nn, optim, read, sigmoid, tensor, train } from "golgi";

const inputs = [[0, 0], [0, 1], [1, 0], [1, 1]]; // biome-ignore format: a truth table
const and = [[0], [0], [0], [1]];
const xor = [[0], [1], [1], [0]];

for (const [name, targets] of Object.entries({ AND: and, XOR: xor })) {
  const learned = nn.learnPerceptrons(inputs, targets);
  const says = nn.firePerceptrons(learned, inputs).flat().join(" ");
  console.log(`${name}: says ${says}. ${learned.verdict}`);
}

const samples = train.tableSamples({
  features: Float32Array.from(inputs.flat()),
  columns: 2,
  targets: Float32Array.from(xor.flat()),
});
const { model, weights } = await train.fit(
  () => nn.sequential(nn.linear(2, 4), nn.tanh, nn.linear(4, 1)),
  samples,
  { loss: "binaryCrossEntropy", optimizer: optim.adam({ learningRate: 0.1 }), epochs: 200 },
);
const outputs = sigmoid(model.apply(train.paramsFrom(model, weights), tensor(inputs)));
const probabilities = ((await read(outputs)) as number[][]).map(([p]) => p!.toFixed(2));
console.log(`XOR with a hidden layer: probabilities ${probabilities.join(" ")}`);
