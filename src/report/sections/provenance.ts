/** What it takes to make this run again, bit for bit. */
import { commandOf } from "../command.ts";
import { facts, type Section, table } from "../figure.ts";
import { count, fixed } from "../format.ts";
import { type Child, el } from "../html.ts";
import type { ReportSource } from "../source.ts";
import { isObject } from "../testRows.ts";

const code = (text: string): Child => el("code", {}, text);

export function provenance(source: ReportSource): Section {
  const { run } = source;
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
      el("pre", { tabindex: 0 }, commandOf(source)),
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
