/** An own network, an own loss and an own loop: one compiled step, called again and again. */
// biome-ignore-all lint/suspicious/noConsole: an example prints.
import { jit, loss, mean, nn, optim, read, type Tensor, tensor, valueAndGrad } from "golgi";

// A noiseless curve to learn: y = x² − 1 at 128 points from −2 to 2.
const points = Float32Array.from({ length: 128 }, (_, i) => (4 * i) / 127 - 2);
const x = tensor(points, { shape: [128, 1] });
const y = tensor(
  points.map((value) => value * value - 1),
  { shape: [128, 1] },
);

const network = nn.sequential(nn.linear(1, 16), nn.tanh, nn.linear(16, 1));
const adam = optim.adam();

type Everything = {
  params: nn.Params;
  state: optim.State;
  learningRate: Tensor;
};

const score = (params: nn.Params) => mean(loss.meanSquaredError(network.apply(params, x), y));

/** Forward, loss, gradients and update: one program. The learning rate is data, so it may change. */
const step = jit(({ params, state, learningRate }: Everything) => {
  const { value, gradients } = valueAndGrad(score)(params);
  return { ...adam.update(gradients, state, params, { learningRate }), loss: value };
});

let params = network.init(7);
let state = adam.init(params);
for (let epoch = 0; epoch <= 1000; epoch++) {
  const learningRate = tensor(epoch < 600 ? 1e-2 : 1e-3);
  const next = await step({ params, state, learningRate });
  [params, state] = [next.params, next.state];
  if (epoch % 250 === 0) console.log(`epoch ${epoch}: loss ${(await read(next.loss)).toFixed(5)}`);
}

const learned = (await read(network.apply(params, tensor([[0], [1]])))).flat();
console.log(`learned: f(0) = ${learned[0]!.toFixed(2)}, f(1) = ${learned[1]!.toFixed(2)}`);
