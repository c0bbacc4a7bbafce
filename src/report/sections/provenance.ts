/** What it takes to make this run again, bit for bit. */
import { facts, type Section, table } from "../figure.ts";
import { count, fixed } from "../format.ts";
import { type Child, el } from "../html.ts";
import type { ReportSource } from "../source.ts";
import { isObject } from "../testRows.ts";

const code = (text: string): Child => el("code", {}, text);

export function provenance({ run }: ReportSource): Section {
  const { manifest, hashes, circumstances } = run;
  const engine = isObject(circumstances.engine) ? circumstances.engine : {};
  const settings = isObject(manifest.settings) ? manifest.settings : {};
  return {
    id: "provenance",
    title: "To make it again",
    content: [
      el(
        "p",
        {},
        "The same release, data, seed and settings give the same model file, byte for byte, on any machine and for any number of threads.",
      ),
      el("pre", { tabindex: 0 }, commandOf(run.manifest)),
      facts([
        ["release", `Golgi ${manifest.release}`],
        ["seed", count(manifest.seed)],
        ...manifest.data.map(
          ({ name, sha256 }) => [`data: ${name}`, ["SHA-256 ", code(sha256)]] as const,
        ),
        ["weights.safetensors", ["SHA-256 ", code(hashes.weights)]],
        ["model.json", ["SHA-256 ", code(hashes.model)]],
        ["recipe", ["SHA-256 ", code(hashes.recipe)]],
        ["made", `${circumstances.created}, in ${fixed(circumstances.seconds, 1)} s`],
        [
          "engine",
          Object.entries(engine)
            .map(([name, value]) => `${name} ${String(value)}`)
            .join(" · "),
        ],
      ]),
      table(
        { id: "settings", title: "Settings", note: "What was told, and what stands by default." },
        {
          header: ["setting", "value"],
          rows: Object.entries(settings).map(([name, value]) => [
            code(name),
            code(JSON.stringify(value)),
          ]),
        },
      ),
    ],
  };
}

/** How the library calls a setting, and the flag that tells it. */
const flags: Readonly<Record<string, string>> = {
  ...{ target: "target", positive: "positive", task: "task", group: "group", identifiers: "id" },
  ...{ ignore: "ignore", numbers: "number", splitColumn: "split-column", testTable: "test" },
  ...{ testFraction: "test-fraction", folds: "cv", repeats: "repeat", hidden: "hidden" },
  ...{ activation: "activation", dropout: "dropout", optimizer: "optimizer", seed: "seed" },
  ...{ learningRate: "learning-rate", weightDecay: "weight-decay", batchSize: "batch-size" },
  ...{ epochs: "epochs", patience: "patience", balanced: "balanced", backend: "backend" },
};

/** The call that trains the same network; every setting is spelled out. */
function commandOf({ data, settings }: ReportSource["run"]["manifest"]): string {
  const told = isObject(settings) ? settings : {};
  const words = Object.entries(flags).flatMap(([name, flag]) => {
    const value = told[name];
    if (value === undefined || value === false) return [];
    if (value === true) return [`--${flag}`];
    const text = Array.isArray(value) ? value.join(",") || "none" : String(value);
    return [`--${flag} ${quoted(text)}`];
  });
  return `golgi train ${quoted(data[0]?.name ?? "FILE")} ${words.join(" ")}`;
}

/** As a shell takes it. */
const quoted = (word: string): string =>
  /^[\w./:,@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
