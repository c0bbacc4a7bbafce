/** The command that a report prints makes the run again: the same settings, weights and evidence. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { beforeAll, expect, test, vi } from "vitest";
import { golgi } from "./capture.ts";
import { scattered, table, temporaryFolder } from "./files.ts";

const golden = (name: string) =>
  fileURLToPath(new URL(`../goldens/readers/${name}`, import.meta.url));
const folder = temporaryFolder();
beforeAll(() => {
  vi.stubEnv("GOLGI_STATE", folder.path("state"));
});

/** A workbook whose first sheet is not the one that is wanted. */
function workbook(): string {
  const files = unzipSync(new Uint8Array(readFileSync(golden("visits.xlsx"))));
  const book = strFromU8(files["xl/workbook.xml"]!);
  const turned = book.replace(/(<sheet name="visits"[^>]*>)(<sheet name="other"[^>]*>)/, "$2$1");
  expect(turned).not.toBe(book);
  return folder.write(
    "book.xlsx",
    zipSync({ ...files, "xl/workbook.xml": strToU8(turned) }, { level: 0 }),
  );
}

const numbers = table("a,b c,y", 90, (i) => [
  ...[scattered(i).toFixed(3), scattered(i, 2).toFixed(3)],
  scattered(i) + 0.4 * scattered(i, 3) > 0.7 ? "yes" : "no",
]);
const small = folder.write("small.csv", numbers);
const ragged = folder.write("ragged.csv", `${numbers}\n0.1,0.2\n`);

/** Flags of a run, and those of them that say how its file is read or what is told beside. */
const runs: readonly (readonly [
  file: string,
  flags: readonly string[],
  told: readonly string[],
])[] = [
  [
    golden("redcap.csv"),
    ["--target", "ill", "--group", "record_id", "--missing", "-99", "--hidden", "none"],
    ["--dictionary", golden("redcap.dictionary.csv")],
  ],
  [ragged, ["--target", "y"], ["--skip-ragged"]],
  [workbook(), ["--target", "smoker", "--ignore", "id"], ["--sheet", "visits"]],
  [small, ["--target", "y", "--number", "b c"], ["--stream"]],
  [
    small,
    ["--target", "y", "--dropout", "0.2", "--steps", "log=a,select=1", "--cv", "3"],
    ["--mc-dropout", "4", "--coverage", "0.8", "--optimism", "10", "--ensemble", "2"],
  ],
];

test.each(runs)("%s %j %j", { timeout: 60_000 }, async (file, flags, told) => {
  const at = (run: string) => folder.path(run);
  const made = async (run: string, words: readonly string[]) => {
    const trained = await golgi([...words, "--out", at(run), "--force", "--quiet"]);
    expect(trained.code, trained.err).toBe(0);
    const report = await golgi(["report", at(run), "--data", file]);
    expect([report.code, report.err]).toEqual([0, expect.not.stringContaining("without the data")]);
    const [, command = ""] = /<pre[^>]*>golgi (train .*?)<\/pre>/.exec(
      folder.text(`${run}/report.html`),
    )!;
    const { hashes, manifest } = JSON.parse(folder.text(`${run}/run.json`));
    const { evidence } = JSON.parse(folder.text(`${run}/metrics.json`));
    return { command, hashes, manifest, evidence };
  };
  const { command, ...first } = await made("first", [
    ...["train", file, ...flags, ...told, "--epochs", "2"],
  ]);
  const nameOf = (path: string) => path.split("/").at(-1)!;
  expect(command).toContain(nameOf(told.join(" ")).replace(/^.*(?=--)/, ""));
  // as typed in the folder where the files are
  const paths = new Map([file, ...told].map((path) => [nameOf(path), path]));
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, a, b]) => a ?? b!);
  const { command: same, ...again } = await made(
    "again",
    words.map((word) => paths.get(word) ?? word),
  );
  expect(same).toBe(command);
  expect(again).toEqual(first);
});
