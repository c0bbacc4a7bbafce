/** The lecture's graph: ŷ = 1 / (1 + exp(−(w₀x₀ + w₁x₁ + b))) and its loss, every value, every gradient. */
import { add, div, exp, inspectGraph, log, mul, neg, spellGraph, tensor } from "golgi";

const [w0, w1, b] = [tensor(2), tensor(-3), tensor(-3)];
const [x0, x1] = [tensor(-1), tensor(-2)];

const z = add(add(mul(w0, x0), mul(w1, x1)), b);
const prediction = div(1, add(exp(neg(z)), 1));
const loss = neg(log(prediction)); // cross-entropy where the truth is y = 1

const named = { w0, x0, w1, x1, b, z, ŷ: prediction, L: loss };
console.log("The neuron: how ŷ follows every node");
console.log(spellGraph(await inspectGraph(prediction, named)));
console.log("\nIts loss: ∂L/∂z is ŷ − y");
console.log(spellGraph(await inspectGraph(loss, named)));
