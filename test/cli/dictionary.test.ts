/** `--dictionary`: a REDCap export is read alike in every command, and by a run without its dictionary. */
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { capture, golgi } from "./capture.ts";
import { temporaryFolder } from "./files.ts";

const golden = (name: string) =>
  fileURLToPath(new URL(`../goldens/readers/${name}`, import.meta.url));
const [raw, truth] = [golden("redcap.csv"), golden("redcap.truth.csv")];
const told = ["--dictionary", golden("redcap.dictionary.csv"), "--missing", "-99"];
const folder = temporaryFolder();
const run = folder.path("run");
const begin = [
  "train",
  raw,
  ...told,
  "--target",
  "ill",
  "--group",
  "record_id",
  "--epochs",
  "3",
  "--hidden",
  "none",
];

beforeAll(async () => {
  const { code, err } = await golgi([...begin, "--out", run]);
  expect(code).toBe(0);
  expect(err).toContain("! mrn is left out: text, identifies a person (dictionary)");
}, 60_000);

test("a run keeps the dictionary: predict reads raw codes as training did", async () => {
  const { code, out } = await golgi(["predict", run, raw]);
  expect(code).toBe(0);
  const rows = out.trimEnd().split("\n");
  const held = folder.text("run/predictions.csv").trimEnd().split("\n").slice(1);
  const byLine = new Map(rows.map((row) => [row.split(",")[0], row]));
  for (const row of held) {
    const [line, record, , ...rest] = row.split(","); // the third cell is the truth
    expect(byLine.get(line!)).toBe([line, record, ...rest].join(","));
  }
  expect(rows[0]).toBe("line,record_id,prediction,probability Yes");
});

test("evaluate and report find the columns by their labels", async () => {
  const { code, out } = await golgi(["evaluate", run, "--data", raw, "--subgroup", "sex"]);
  expect([code, out]).toEqual([0, expect.stringContaining("Intersex, or other")]);
  const report = await golgi(["report", run, "--data", raw]);
  expect([report.code, report.err]).toEqual([0, ""]);
  expect(folder.text("run/report.html")).toContain("signs: Fever");
});

test("the answers as a table without a dictionary give the same columns", async () => {
  const columns = async (args: readonly string[]) => {
    const { out } = await golgi(["data", ...args, "--json"]);
    const { profile } = JSON.parse(out) as {
      profile: { columns: { name: string; missing: number }[] };
    };
    return profile.columns
      .map(({ name, missing }) => ({ name, missing }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  };
  expect(await columns([raw, ...told])).toEqual(await columns([truth]));
});

test("without a target, what is known of rows and logic is told", async () => {
  const { out } = await golgi(["data", raw, ...told]);
  const text = out.replace(/\s+/g, " ");
  expect(text).toContain("note 80 records in 193 rows (redcap_event_name baseline_arm_1,");
  expect(text).toContain("--group record_id keeps the rows of a record together");
  expect(text).toContain("so blanks count as missing: last_sex");
});

test("--resume wants the dictionary again, and the same one", async () => {
  const terminal = capture();
  const { write } = terminal.err;
  Object.assign(terminal.err, {
    write(text: string) {
      write(text);
      if (/^epoch 2\//.test(text)) terminal.interrupt();
    },
  });
  const out = folder.path("stopped");
  const stopped = await golgi(
    [...begin, "--epochs", "50", "--checkpoint", "0.001", "--out", out],
    terminal,
  );
  expect([stopped.code, stopped.err]).toEqual([
    130,
    expect.stringContaining(`${told[1]} --resume`),
  ]);
  const again = (...more: string[]) => golgi(["train", raw, "--resume", out, ...more]);
  expect((await again()).err).toContain("Add --dictionary redcap.dictionary.csv.");
  const other = folder.write("other.csv", "field_name,field_type\nrecord_id,text\nill,yesno\n");
  expect((await again("--dictionary", other)).err).toMatch(
    /--dictionary is not what the run|do not fit|has no column/,
  );
  expect((await again("--dictionary", told[1]!, "--finish")).code).toBe(0);
  rmSync(out, { recursive: true });
});
