import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { InputError } from "../../base/errors.ts";
import { describeColumns } from "../kinds.ts";
import { profile } from "../profile.ts";
import { parseDelimited } from "../readers/csv.ts";
import { readAlike } from "../recipe/alike.ts";
import { takeRows } from "../table.ts";
import { parseBranching } from "./branching.ts";
import { isDictionary, parseDictionary } from "./dictionary.ts";
import { withDictionary } from "./withDictionary.ts";

const folder = new URL("../../../test/goldens/readers/", import.meta.url);
const file = (name: string) => ({
  name,
  bytes: new Uint8Array(readFileSync(new URL(name, folder))),
});
const text = (name: string, content: string) => ({
  name,
  bytes: new TextEncoder().encode(content),
});
const dictionary = await parseDictionary(file("redcap.dictionary.csv"));
const missing = { missing: ["-99"] };
const raw = await parseDelimited(file("redcap.csv"), missing);
const table = withDictionary(raw, dictionary);
const truth = await parseDelimited(file("redcap.truth.csv"));
const byName = (columns: typeof table.columns) =>
  Object.fromEntries(columns.map(({ name, cells }) => [name, cells]));

describe("an export as raw codes and one with labels give the answers that were drawn", () => {
  test("raw codes", () => expect(byName(table.columns)).toEqual(byName(truth.columns)));

  test("labels", async () => {
    const labels = await parseDelimited(file("redcap.labels.csv"), missing);
    const own = ["race___unk", "drug"]; // two drugs have one label
    const [found, wanted] = [withDictionary(labels, dictionary), truth].map(({ columns }) =>
      byName(columns.filter(({ name }) => !own.includes(name))),
    );
    expect(found).toEqual(wanted);
  });

  test("each row by itself, as a page or a server reads it", () => {
    for (const row of [0, 1, 20, 21, 100, 192]) {
      const { columns } = withDictionary(takeRows(raw, [row]), dictionary);
      expect(columns.map(({ cells }) => cells[0])).toEqual(
        table.columns.map(({ cells }) => cells[row]),
      );
    }
  });

  test("semicolons and decimal commas", async () => {
    const export_ = text("t.csv", "record_id;weight;crp\n1;72,1;3,5\n2;80,5;4,25\n3;81,25;\n");
    const { columns, format } = withDictionary(await parseDelimited(export_), dictionary);
    expect(columns[1]!.cells).toEqual(["72.1", "80.5", "81.25"]);
    expect([columns[2]!.cells[0], format.decimalComma]).toEqual(["3.5", false]);
  });
});

test("kinds and units that the dictionary tells", () => {
  const kinds = Object.fromEntries(
    describeColumns(table).map(({ name, kind, reason }) => [name, `${kind}: ${reason}`]),
  );
  expect(kinds).toMatchInlineSnapshot(`
    {
      "age": "number: told",
      "bmi": "number: told",
      "cigarettes": "number: told",
      "consent": "binary: two values",
      "crp": "number: told",
      "dose": "number: told",
      "drug": "category: 3 values",
      "enrolled": "date: dates or times",
      "enrollment_complete": "text: how far a form is (REDCap's own)",
      "ill": "binary: two values",
      "last_sex": "constant: always “Yes”",
      "medication_complete": "text: how far a form is (REDCap's own)",
      "mrn": "text: identifies a person (dictionary)",
      "nyha": "category: 3 values",
      "pain": "number: told",
      "pregnant": "category: 3 values",
      "race: Asian": "binary: two values",
      "race: Black African or Caribbean": "binary: two values",
      "race: Other": "binary: two values",
      "race: Refused": "binary: two values",
      "race: White": "binary: two values",
      "race___unk": "binary: two values",
      "record_id": "identifier: names the record (dictionary)",
      "redcap_event_name": "binary: two values",
      "redcap_repeat_instance": "binary: two values",
      "redcap_repeat_instrument": "constant: always “medication”",
      "sex": "category: 3 values",
      "signs: Cough": "category: 3 values",
      "signs: Fever": "category: 3 values",
      "smoker": "binary: two values",
      "story": "text: notes (dictionary)",
      "visit_complete": "text: how far a form is (REDCap's own)",
      "weight": "number: told",
    }
  `);
  const units = profile(table).columns.flatMap(({ name, unit }) =>
    unit ? [`${name} ${unit}`] : [],
  );
  expect(units).toEqual(["age years", "weight kg", "bmi kg/m2", "crp mg/L", "dose mg"]);
});

test("whom REDCap invited to a survey is no feature", async () => {
  const invited = text(
    "t.csv",
    "record_id,redcap_survey_identifier,visit_timestamp,ill\n1,a@b.org,[not completed],1\n2,a@b.org,2020-02-01 10:00:00,0\n3,c@d.org,2020-02-02 10:00:00,0\n",
  );
  const found = describeColumns(withDictionary(await parseDelimited(invited), dictionary));
  expect(found.map(({ kind, missing }) => [kind, missing])).toEqual([
    ["identifier", 0],
    ["text", 0],
    ["date", 1],
    ["binary", 0],
  ]);
});

test("what there is to tell", async () => {
  expect(table.findings.map(({ level, message }) => `${level}: ${message}`)).toMatchInlineSnapshot(`
    [
      "note: 80 records in 193 rows (redcap_event_name baseline_arm_1, month_3_arm_1; redcap_repeat_instrument medication): --group record_id keeps the rows of a record together",
      "note: forms not filled, so missing: enrollment in 121 rows, visit in 60 rows, medication in 133 rows",
      "note: not asked, by the branching logic: pregnant in 65 rows, cigarettes in 78 rows, signs: Fever in 25 rows, signs: Cough in 25 rows",
      "note: branching logic that is not read, so blanks count as missing: last_sex (“[baseline_arm_1][sex] = '1'”)",
    ]
  `);
  const wrong = text(
    "t.csv",
    "record_id,sex,age,crp,enrolled\n1,1,17,many,2020-02-01\n2,9,91,501,2019-12-31\n3,Male,50,-1,2020-05-05\n",
  );
  const { findings } = withDictionary(await parseDelimited(wrong), dictionary);
  expect(findings.map(({ message }) => message)).toMatchInlineSnapshot(`
    [
      "sex has 1 cell that the dictionary does not allow, the first “9” on line 3; --missing 9 if it stands for a missing value",
      "age is outside of 18 to 90, which validation allows, in 2 rows, the first “17” on line 2",
      "crp has 1 cell that the dictionary does not allow, the first “many” on line 2; --missing many if it stands for a missing value",
      "crp is outside of 0 to 500, which validation allows, in 2 rows, the first “501” on line 3",
      "enrolled is outside of 2020-01-01 to 2021-12-31, which validation allows, in 1 row, the first “2019-12-31” on line 3",
    ]
  `);
});

test("another table is read alike, once", () => {
  const recipe = { missing: ["-99"], dictionary: table.dictionary! };
  const { table: again, findings } = readAlike({ ...raw, missing: [] }, recipe);
  expect(again.columns).toEqual(table.columns);
  expect(findings).toEqual(table.findings);
  expect(readAlike(again, recipe).table).toBe(again);
  expect(isDictionary(JSON.parse(JSON.stringify(recipe.dictionary)))).toBe(true);
  expect(isDictionary({ ...recipe.dictionary, fields: [{}] })).toBe(false);
});

test("what does not belong together says so", async () => {
  const other = await parseDelimited(text("t.csv", "a,b\n1,2\n"));
  expect(() => withDictionary(other, dictionary)).toThrow(
    "t.csv has no column that redcap.dictionary.csv knows. Export the raw data",
  );
  const fault = (content: string) =>
    parseDictionary(text("d.csv", content)).catch((error: InputError) => error.message);
  expect(await fault("a,b\n1,2\n")).toMatch(
    /^d.csv is no data dictionary of REDCap: it has no column “Variable/,
  );
  expect(await fault("field_name,field_type\na,text\nA,text\n")).toBe(
    "d.csv, line 3: the field “a” stands there again. Download the dictionary anew.",
  );
});

describe("branching logic", () => {
  const answers: Record<string, string> = {
    sex: "1",
    age: "30",
    born: "1990-05-01",
    blank: "",
    "race(-1)": "1",
  };
  const read = (logic: string) => {
    const found = parseBranching(logic, (name, box) => {
      const key = box === undefined ? name : `${name}(${box})`;
      return Object.hasOwn(answers, key) ? () => answers[key]! : null;
    });
    return found ? found(0) : null;
  };
  test.each([
    ["[sex] = '1'", true],
    ['[SEX]="1.0" AND [age]>=18', true],
    ["[sex] = '2' or [age] < 40 and [age] > 20", true],
    ["([sex] = '2' or [age] < 40) and [age] > 35", false],
    ["'1' <> [sex]", false],
    ["[blank] = ''", true],
    ["[blank] > 5 or [blank] < 5", false],
    ["[blank] != '3'", true],
    ["[race(-1)] = 1", true],
    ["[born] > '1990-04-30'", true],
    ["[nothing] = '1'", null],
    ["[event_1][sex] = '1'", null],
    ["datediff([born], 'today', 'y') > 18", null],
    ["[age] + 1 > 3", null],
    ["[sex] = '1' and", null],
    ["[sex] = '1')", null],
    ["", null],
  ])("%s", (logic, wanted) => expect(read(logic)).toBe(wanted));

  test("any text is read or not, without a fault", () => {
    const piece = fc.constantFrom(
      "[sex]",
      "(",
      ")",
      "and",
      "or",
      "=",
      "<",
      "'1'",
      "9",
      " ",
      "[",
      "x",
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) =>
        [true, false, null].includes(read(pieces.join(" "))),
      ),
    );
    expect(read(`${"(".repeat(5000)}[sex]='1'${")".repeat(5000)}`)).toBe(null);
  });
});
