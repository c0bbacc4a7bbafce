import { beforeAll, describe, expect, test } from "vitest";
import { InputError } from "../base/errors.ts";
import { stream } from "../base/random.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../io/checkpoint.ts";
import { mlp } from "../nn/index.ts";
import { adam, momentum, type Optimizer, rmsProp, sgd } from "../optim/index.ts";
import type { EpochEvent } from "./events.ts";
import { type Build, type FitOptions, fit, type Trained } from "./fit.ts";
import { type LabeledSamples, tableSamples } from "./samples.ts";
import { type Checkpointing, decodeState, encodeState, type FitState } from "./state.ts";

const columns = 4;
function made(rows: number, seed: number): LabeledSamples {
  const draws = stream({ seed, purpose: "bootstrap" });
  const features = Float32Array.from({ length: rows * columns }, () => draws.nextNormal());
  const targets = Float32Array.from({ length: rows }, (_, row) =>
    Number(features[row * columns]! - features[row * columns + 1]! + draws.nextNormal() > 0),
  );
  return tableSamples({ features, columns, targets });
}
const training = made(70, 1);
const build: Build = ({ features, outputs }) =>
  mlp({ inputs: features, hidden: [6], outputs, dropout: 0.3 });
const options: FitOptions = {
  loss: "binaryCrossEntropy",
  validation: made(30, 2),
  epochs: 9,
  patience: 3,
  seed: 5,
  optimizer: adam({ learningRate: 0.1, weightDecay: 0.01 }),
  score: (outputs) => outputs[0]!,
};
/** All that may not differ: everything but times. */
const bitsOf = ({ weights, history, best, reason }: Trained) => ({
  weights: Object.entries(weights).map(([path, { data }]) => [path, ...data]),
  history: history.map(({ stepsPerSecond: _, remaining: __, ...event }: EpochEvent) => event),
  best,
  reason,
});
const resumed = (from: FitState, changed: Partial<FitOptions> = {}) =>
  fit(build, training, { ...options, ...changed, checkpoint: { from, write: () => {} } });

/** Every state that a training passes through, as bytes; and what it ended with. */
async function statesOf(changed: Partial<FitOptions> = {}) {
  const states: Uint8Array[] = [];
  const why: string[] = [];
  const write: Checkpointing["write"] = async (state, reason) => {
    states.push(await encodeState(state));
    why.push(reason);
  };
  const checkpoint = { every: 0, write };
  const trained = await fit(build, training, { ...options, ...changed, checkpoint });
  return { states, why, trained };
}

let states: readonly Uint8Array[];
let undisturbed: ReturnType<typeof bitsOf>;
beforeAll(async () => {
  undisturbed = bitsOf(await fit(build, training, options));
  ({ states } = await statesOf());
});

describe("a training that goes on from a checkpoint ends with the same bits", () => {
  test("from after any step, and from its end", async () => {
    const { why, trained } = await statesOf();
    expect(bitsOf(trained)).toEqual(undisturbed);
    expect(why).toEqual([...Array(3 * trained.history.length).fill("due"), "end"]);
    for (const bytes of states)
      expect(bitsOf(await resumed(await decodeState(bytes)))).toEqual(undisturbed);
  });

  const optimizers: readonly Optimizer[] = [
    sgd({ learningRate: 0.3 }),
    momentum({ learningRate: 0.1 }),
    rmsProp({ learningRate: 0.03, clipNorm: 1 }),
  ];
  test.each(optimizers.map((each) => [each.spec.optimizer, each] as const))(
    "with %s and without validation rows",
    async (_, optimizer) => {
      const changed = { optimizer, epochs: 3 };
      const { validation: __, ...rest } = options;
      const whole = bitsOf(await fit(build, training, { ...rest, ...changed }));
      const seen: FitState[] = [];
      const checkpoint = { every: 0, write: (state: FitState) => void seen.push(state) };
      await fit(build, training, { ...rest, ...changed, checkpoint });
      for (const from of [seen[0]!, seen[4]!, seen[8]!]) {
        const again = { ...rest, ...changed, checkpoint: { from, write: () => {} } };
        expect(bitsOf(await fit(build, training, again))).toEqual(whole);
      }
    },
  );

  test("paused after every step", async () => {
    let from: FitState | undefined;
    let pauses = 0;
    for (;;) {
      const pause = AbortSignal.abort(new Error("paused"));
      const write = (state: FitState) => {
        from = state;
      };
      const checkpoint = { every: 0, pause, write, ...(from ? { from } : {}) };
      const ended = await fit(build, training, { ...options, checkpoint }).catch(String);
      if (typeof ended !== "string") {
        expect(bitsOf(ended)).toEqual(undisturbed);
        break;
      }
      expect(ended).toBe("Error: paused");
      pauses++;
    }
    expect(pauses).toBe(3 * undisturbed.history.length);
  });

  test("and more patience or epochs make it longer", async () => {
    const longer = { epochs: 20, patience: 20 };
    const whole = await fit(build, training, { ...options, ...longer });
    const cut = ({ history }: Trained) => history.map(({ loss, validation }) => [loss, validation]);
    const more = await resumed(await decodeState(states.at(-1)!), longer);
    expect(cut(more)).toEqual(cut(whole));
    expect(more.weights).toEqual(whole.weights);
  });
});

describe("a checkpoint of another training is refused", () => {
  const validation = made(30, 3);
  const faults: readonly [string, Partial<FitOptions>, RegExp][] = [
    ["other rows", { validation }, /the rows differ/],
    ["another seed", { seed: 6 }, /a setting or the seed differs/],
    ["another batch size", { batchSize: 16 }, /a setting or the seed differs/],
    ["another optimizer", { optimizer: sgd() }, /a setting or the seed differs/],
    ["another loss", { loss: "meanSquaredError" }, /a setting or the seed differs/],
  ];
  test.each(faults)("%s", async (_, changed, message) => {
    const from = await decodeState(states[4]!);
    await expect(resumed(from, changed)).rejects.toThrow(message);
    await expect(resumed(from, changed)).rejects.toThrow(InputError);
  });

  test("another network, and parts that are missing", async () => {
    const from = await decodeState(states[4]!);
    const wide: Build = ({ features, outputs }) => mlp({ inputs: features, hidden: [7], outputs });
    const checkpoint = { from, write: () => {} };
    await expect(fit(wide, training, { ...options, checkpoint })).rejects.toThrow(
      "the network differs",
    );
    await expect(resumed({ ...from, optimizer: {} })).rejects.toThrow("does not fit the network");
  });
});

describe("a damaged checkpoint is found", () => {
  test("2000 of 2000 flipped bits", async () => {
    const whole = states[4]!;
    const draws = stream({ seed: 3, purpose: "bootstrap" });
    let found = 0;
    for (let flip = 0; flip < 2000; flip++) {
      const bit = draws.nextInteger(whole.length * 8);
      const flipped = whole.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const fault = await decodeState(flipped, "it").catch((error: unknown) => error);
      found += Number(fault instanceof InputError && /^it is (?:no|damaged)/.test(fault.message));
    }
    expect(found).toBe(2000);
  });

  test("cut off anywhere, or longer", async () => {
    const whole = states[4]!;
    for (let length = 0; length < whole.length; length += 7)
      await expect(decodeState(whole.subarray(0, length), "it")).rejects.toThrow(InputError);
    const longer = new Uint8Array(whole.length + 1);
    longer.set(whole);
    await expect(decodeState(longer, "it")).rejects.toThrow("it is damaged");
  });

  test("a newer format, another content", async () => {
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
    const { tensors, facts } = await decodeCheckpoint(states[4]!);
    expect(text(await encodeCheckpoint({ tensors, facts }))).toBe(text(states[4]!));
    const { createHash } = await import("node:crypto");
    const newer = Buffer.from(text(states[4]!).replace('"format":"1"', '"format":"2"'), "latin1");
    createHash("sha256").update(newer.subarray(40)).digest().copy(newer, 8);
    await expect(decodeState(newer, "it")).rejects.toThrow(
      "it was written by a newer Golgi (format 2; this release reads 1). Update Golgi.",
    );
    await expect(decodeState(await encodeCheckpoint({ tensors, facts: {} }), "it")).rejects.toThrow(
      "it: “belongsTo” is missing",
    );
    await expect(decodeState(await encodeCheckpoint({ tensors: {}, facts }), "it")).rejects.toThrow(
      "it lacks “sums”",
    );
  });
});
