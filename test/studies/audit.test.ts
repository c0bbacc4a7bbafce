/** The leakage audit on tables whose leaks are known, and on honest ones. */
import { describe, expect, test } from "vitest";
import { audit, type data, metrics, prepare, prove, type StudyOptions } from "../../src/index.ts";
import { quick, sample, tableOf } from "./support.ts";

const found = (table: data.Table, options: StudyOptions) =>
  audit(prepare(table, options)).suspicions;
const byCheck = (table: data.Table, options: StudyOptions, check: string) =>
  found(table, options).filter((each) => each.check === check);

/** Numbers that repeat for ever: a congruential generator, enough for made-up tables. */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("real tables", () => {
  test("WDBC: honest columns that pass 0.95 alone are warnings, none severe", async () => {
    const all = found(await sample("wdbc.csv"), { target: "Diagnosis" });
    const single = all.filter(({ check }) => check === "single feature");
    expect(single.length).toBeGreaterThanOrEqual(4);
    expect(all.every(({ severity }) => severity !== "severe")).toBe(true);
    expect(new Set(all.map(({ check }) => check))).toEqual(new Set(["single feature"]));
  });

  test("splice: 82 of StatLog's 1186 test sequences are among the training rows", async () => {
    const table = await sample("splice_sequences.csv");
    const [leak] = found(table, { target: "class", splitColumn: "statlog_split" });
    expect(leak).toMatchObject({ check: "duplicate rows", type: "L1.4", severity: "severe" });
    expect(leak!.rows).toHaveLength(82);
    expect(leak!.detail).toContain("82 test rows (7 %)");
  });

  test("biopsy: patients whose rows lie on both sides, gone when they are grouped", async () => {
    const table = await sample("biopsy_repeated_ids.csv");
    const [leak] = byCheck(table, { target: "class" }, "group on two sides");
    expect(leak).toMatchObject({ type: "L3.2", columns: ["ID"], remedy: { column: "ID" } });
    const grouped = found(table, { target: "class", group: "ID" });
    expect(grouped.map(({ check }) => check)).not.toContain("group on two sides");
    // nine scores from 1 to 10: many patients have the same
    expect(grouped.find(({ check }) => check === "duplicate rows")!.severity).toBe("note");
    expect(grouped.filter(({ severity }) => severity === "severe")).toEqual([]);
  });

  test("tissues: some samples are there twice, and nothing else is wrong", async () => {
    const all = found(await sample("tissue_gene_expression.csv"), { target: "tissue" });
    const [twice, ...others] = all.filter(({ check }) => check !== "single feature");
    expect(twice).toMatchObject({ check: "duplicate rows", rows: [171, 173, 174] });
    expect(others).toEqual([]);
  });
});

describe("made tables", () => {
  const random = draws(7);
  const rows = Array.from({ length: 200 }, (_, i) => {
    const sick = i % 2;
    const glucose = 5 + 3 * sick + random();
    return { sick, age: 30 + 40 * random() + 3 * sick, glucose, gap: random() < 0.3 };
  });
  const of = (head: string, line: (row: (typeof rows)[number], i: number) => string) =>
    tableOf(head, ...rows.map(line));

  test("a proxy whose name tells of afterwards is severe, and the proof shows what it is worth", async () => {
    const table = await of(
      "age,days_to_death,sick",
      ({ age, glucose, sick }) => `${age.toFixed(2)},${glucose.toFixed(3)},${sick}`,
    );
    const options = { target: "sick", hidden: [], ...quick };
    const [proxy] = found(table, options);
    expect(proxy).toMatchObject({ check: "single feature", severity: "severe" });
    expect(proxy!.columns).toEqual(["days_to_death"]);
    const { as, without, statistic } = await prove(
      table,
      { ...options, epochs: 60, learningRate: 0.05 },
      proxy!,
      { resamples: 100 },
    );
    expect(statistic).toBe("auroc");
    expect(as.value!).toBeGreaterThan(0.95);
    expect(without.value!).toBeLessThan(0.75);
  });

  test("another name of the target, as a category", async () => {
    const table = await of(
      "age,result,sick",
      ({ age, sick }) => `${age.toFixed(2)},${sick ? "pos" : "neg"},${sick}`,
    );
    const [proxy] = found(table, { target: "sick" });
    expect(proxy).toMatchObject({ severity: "severe", columns: ["result"] });
    expect(proxy!.detail).toContain("AUROC of 1.000");
  });

  test("gaps filled by the class's median are severe, filled by one median they are not", async () => {
    const filled = (value: (sick: number) => number) =>
      of("age,insulin,sick", ({ age, gap, sick }, i) => {
        const measured = 80 + ((i * 37) % 101) / 3;
        return `${age.toFixed(2)},${gap ? value(sick) : measured.toFixed(3)},${sick}`;
      });
    const check = "class-wise constant";
    const [leak] = byCheck(
      await filled((sick) => (sick ? 100.5 : 94.25)),
      { target: "sick" },
      check,
    );
    expect(leak).toMatchObject({ type: "L1.2", severity: "severe", columns: ["insulin"] });
    expect(byCheck(await filled(() => 100), { target: "sick" }, check)).toEqual([]);
  });

  test("numbers scaled with the test rows", async () => {
    const raw = rows.map(({ age }) => age);
    const mean = raw.reduce((sum, x) => sum + x, 0) / raw.length;
    const spread = Math.sqrt(raw.reduce((sum, x) => sum + (x - mean) ** 2, 0) / raw.length);
    const scaled = await of(
      "age,sick",
      ({ age, sick }) => `${((age - mean) / spread).toFixed(6)},${sick}`,
    );
    const options = { target: "sick" };
    expect(byCheck(scaled, options, "scaled before the split")).toHaveLength(1);
    const plain = await of("age,sick", ({ age, sick }) => `${age},${sick}`);
    expect(found(plain, options)).toEqual([]);
  });

  test("rows that rise, dates, copies with rounding", async () => {
    const table = await of(
      "visit,day,a,b,sick",
      ({ age, sick }, i) =>
        `${i + random() / 2},2024-0${1 + (i % 9)}-1${i % 9},${age.toFixed(4)},${(i * 7) % 13}.5,${sick}`,
    );
    const checks = found(table, { target: "sick" }).map(({ check }) => check);
    expect(checks).toContain("row counter");
    expect(checks).toContain("time order");
    const copies = await of("a,b,c,d,sick", (_, i) => {
      const [own, next] = [rows[i - (i % 4)]!, rows[(i - (i % 4) + 4) % 200]!];
      const rounded = own.age + (i % 4) * 1e-5;
      return `${rounded},${own.glucose},${next.age},${next.glucose},${i % 2}`;
    });
    const [near] = byCheck(copies, { target: "sick" }, "near-duplicate rows");
    expect(near).toMatchObject({ severity: "warning" });
    expect(near!.rows.length).toBeGreaterThan(20);
  });

  test("another share of the outcome in the test rows", async () => {
    const table = await of(
      "a,part,sick",
      ({ age, sick }, i) =>
        `${age},${i < 140 ? "train" : "test"},${i < 140 ? sick : i % 10 ? 1 : 0}`,
    );
    const [apart] = byCheck(table, { target: "sick", splitColumn: "part" }, "different parts");
    expect(apart!.detail).toMatch(/makes 10 % of the test rows and 5\d % of the others/);
  });

  test("copies moved by 0.0005 deviations are near, by 0.05 they are not", async () => {
    // rows far apart from each other; a few lie on the edge between two hundredths
    const shifted = (by: number) =>
      of("a,b,c,d,part,sick", ({ sick }, i) => {
        const [held, like] = [i >= 100, i % 100];
        const middle = (k: number) => 10 * (((like * (7 + 4 * k)) % 101) - 50);
        const off = held ? by * 290 : 0; // the columns' deviation is about 290
        const cells = [0, 1, 2, 3].map((k) => (middle(k) + off).toFixed(3));
        return `${cells.join()},${held ? "test" : "train"},${sick}`;
      });
    const options = { target: "sick", splitColumn: "part" };
    const near = async (by: number) => {
      const [found] = byCheck(await shifted(by), options, "near-duplicate rows");
      return found?.rows.length ?? 0;
    };
    expect(await near(0.0005)).toBeGreaterThan(60);
    expect(await near(0.05)).toBe(0);
    expect(await near(0)).toBe(0); // these are equal, and told as such
  });

  test("the area of a column alone is its AUROC with ties, whichever way it points", async () => {
    const table = await of("x,sick", ({ sick }, i) => `${sick ? i % 7 : 6 + (i % 7)},${sick}`);
    const prepared = prepare(table, { target: "sick" });
    const [single] = audit(prepared).suspicions.filter(({ check }) => check === "single feature");
    const learned = [...prepared.split.training, ...prepared.split.validation];
    const scores = learned.map((row) => -Number(table.columns[0]!.cells[row]));
    const labels = learned.map((row) => Number(table.columns[1]!.cells[row]));
    const { value } = metrics.auroc(scores, labels); // equals scikit-learn's
    expect(single!.detail).toContain(`an AUROC of ${value!.toFixed(3)}`);
  });

  test("what is no leak: a floor that each class has, a mean that is not 0, chance between parts", async () => {
    const floors = await of("x,sick", ({ sick, glucose, gap }) =>
      gap ? `${sick},${sick}` : `${(2 + glucose).toFixed(4)},${sick}`,
    );
    expect(byCheck(floors, { target: "sick" }, "class-wise constant")).toEqual([]);
    const ages = rows.map(({ age }) => age);
    const mean = ages.reduce((sum, x) => sum + x, 0) / 200;
    const spread = Math.sqrt(ages.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 200);
    const moved = await of(
      "age,sick",
      ({ age, sick }) => `${(0.5 + (age - mean) / spread).toFixed(8)},${sick}`,
    );
    expect(byCheck(moved, { target: "sick" }, "scaled before the split")).toEqual([]);
    // 70 of 140 against 34 of 60: χ² = 0.75, p = 0.39 (SciPy: chi2_contingency, correction=False)
    const chance = await of("a,part,sick", ({ age }, i) => {
      const sick = i < 140 ? i % 2 : Number((i - 140) % 30 < 17);
      return `${age},${i < 140 ? "train" : "test"},${sick}`;
    });
    const options = { target: "sick", splitColumn: "part" };
    expect(byCheck(chance, options, "different parts")).toEqual([]);
  });

  test("dates: a random split against folds forward in time", async () => {
    const table = await of("day,a,sick", ({ age, sick }, i) => `2024-01-1${i % 9},${age},${sick}`);
    const [order] = byCheck(table, { target: "sick" }, "time order");
    const { as, without } = await prove(table, { target: "sick", epochs: 3 }, order!);
    expect(without.value).not.toBe(as.value);
    expect(byCheck(table, { target: "sick", time: "day" }, "time order")).toEqual([]);
  });

  test("what cannot be taken away cannot be proved", async () => {
    const table = await of(
      "a,part,sick",
      ({ age, sick }, i) =>
        `${age},${i < 140 ? "train" : "test"},${i < 140 ? sick : i % 10 ? 1 : 0}`,
    );
    const options = { target: "sick", splitColumn: "part" };
    const [apart] = byCheck(table, options, "different parts");
    await expect(prove(table, options, apart!)).rejects.toThrow("cannot be proved");
  });
});
