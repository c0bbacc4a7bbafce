/** Leave one site out: scikit-learn's splits, patients at two sites, and what is refused. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseTable } from "../../data/index.ts";
import { prepare } from "../prepare.ts";
import { study } from "../study.ts";
import type { StudyOptions } from "../types.ts";
import { siteSplits } from "./sites.ts";

const { sites } = JSON.parse(
  readFileSync(new URL("../../../test/goldens/protocols/splitters.json", import.meta.url), "utf8"),
) as { sites: { site: number[]; splits: { others: number[]; held: number[] }[] } };

const tableOf = (lines: readonly string[]) =>
  parseTable({ name: "visits.csv", bytes: new TextEncoder().encode(lines.join("\n")) });
const line = (row: number, site: string | number, patient = row) =>
  `${patient},${((row * 37) % 97) / 10},${(row * 7) % 11}.5,${site},${row % 3 === 0 ? "yes" : "no"}`;
const header = "patient,a,b,site,y";
const options = { target: "y", site: "site", identifiers: ["patient"], epochs: 3 } as const;

describe("the splits", () => {
  test("are those of LeaveOneGroupOut over the rows that are not tested", async () => {
    const table = await tableOf([header, ...sites.site.map((site, row) => line(row, site))]);
    const prepared = prepare(table, options);
    const rows = Int32Array.from(sites.site.keys());
    // all rows are to learn here: the golden has no test rows
    const split = { training: rows, validation: new Int32Array(), test: new Int32Array() };
    const found = siteSplits({ ...prepared, split }, options);
    const sides = found.map(({ split: { training, validation, test: held } }) => ({
      others: [...training, ...validation].sort((a, b) => a - b),
      held: [...held],
    }));
    expect(sides).toEqual(sites.splits);
  });

  test("a patient of two sites learns nothing while one of them is tested", async () => {
    const patient = (row: number) => (row < 100 ? row : row - 100);
    const lines = Array.from({ length: 120 }, (_, row) =>
      line(row, row < 80 ? "north" : "south", patient(row)),
    );
    const table = await tableOf([header, ...lines]);
    const { identifiers: _, ...others } = options;
    const prepared = prepare(table, { ...others, group: "patient" });
    for (const { split, leftOut } of siteSplits(prepared, options)) {
      const held = new Set(Array.from(split.test, patient));
      const learned = [...split.training, ...split.validation].map(patient);
      expect(learned.some((each) => held.has(each))).toBe(false);
      expect(leftOut).toBeGreaterThan(0);
    }
    expect(prepared.findings.map(({ message }) => message).join("\n")).toContain(
      "groups of “patient” have rows at several sites",
    );
  });
});

describe("a study", () => {
  const rows = Array.from({ length: 120 }, (_, row) =>
    line(row, ["c", "a", "b"][row % 3 === 0 ? 0 : row % 2 ? 1 : 2]!),
  );

  test("judges every site once and all together; a site of one class says why", async () => {
    const table = await tableOf([
      header,
      ...rows.map((text, row) => (row === 1 ? text.replace("no", "yes") : text)),
    ]);
    const prepared = prepare(table, { ...options, seed: 3 });
    const done = await study(prepared, { resamples: 100 });
    expect(done.sites!.sites.map(({ site }) => site)).toEqual(["a", "b", "c"]);
    const held = done.sites!.sites.reduce((sum, { rows: { held } }) => sum + held, 0);
    expect(held).toBe(prepared.split.training.length + prepared.split.validation.length);
    expect(done.sites!.pooled.rows).toBe(held);
    const { evaluation, prevalence } = done.sites!.sites[2]!;
    expect(prevalence).toBe(1);
    expect(evaluation.statistics.auroc).toMatchObject({ value: null });
    expect(evaluation.statistics.observedOverExpected!.value).toBeGreaterThan(0);
    expect(prepared.recipe.inputs.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(done.events.filter(({ event }) => event === "site")).toHaveLength(3);
  });

  const refused: readonly (readonly [string, readonly string[], Partial<StudyOptions>, string])[] =
    [
      ["one site", rows.map((text) => text.replace(/,[abc],/, ",a,")), {}, "names one site only"],
      [
        "no site",
        rows.map((text, row) => (row === 5 ? text.replace(/,[abc],/, ",,") : text)),
        {},
        "line 7: the site column “site” is empty",
      ],
      ["a class at one site", rows, {}, "without the site “c” no row has “y” = “yes”"],
      ["no such column", rows, { site: "Site" }, "no column “Site”. Did you mean “site”?"],
      ["the target", rows, { site: "y" }, "“y” is the target and the site"],
      [
        "time and split",
        rows,
        { time: "a", splitColumn: "b" },
        "“a” is to tell the test rows, and the split column",
      ],
      ["no time", rows, { time: "y" }, "“y” is the target and the time"],
      [
        "no date",
        rows.map((text) => text.replace(/,[abc],/, ",May,")),
        { site: "a", time: "site" },
        "line 2: the time column “site” is “May”",
      ],
    ];
  test.each(refused)("refuses %s", async (_, lines, told, message) => {
    const table = await tableOf([header, ...lines]);
    expect(() => prepare(table, { ...options, ...told })).toThrow(message);
  });
});
