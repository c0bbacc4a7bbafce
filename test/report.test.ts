/** The report: its pictures hold the run's numbers, and in a real browser everybody can read it. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { stream } from "../src/base/random.ts";
import type {
  BinaryCurves,
  BinaryEvidence,
  ClassEvidence,
  Evidence,
} from "../src/evaluate/evidence/types.ts";
import { golgi } from "./cli/capture.ts";
import { chromiumPath, launchChromium, whyNoChromium } from "./support/chromium.ts";
import { drawingOf } from "./support/drawing.ts";

/** Between them they have every section of a report. */
const runs = {
  binary: `wdbc.csv --target Diagnosis --positive M --test-fraction 0.12 --ensemble 2 --dropout 0.2 --mc-dropout 5 --optimism 10 --epochs 12 --subgroup Texture_mean=17,21 --threshold sensitivity=0.95 --prevalence 0.05`,
  classes: `splice.csv --target class --kmers 2 --hidden 8 --epochs 2 --subgroup statlog_split --ignore statlog_split`,
  regression: `diabetes_progression.csv --target target --cv 3 --ensemble 2 --epochs 12 --subgroup sex`,
  visits: `visits.csv --target outcome --group patient --time day --site site --ignore site --search random --search-trials 2 --cv 2 --epochs 3 --steps winsorize=0.02,variance --impute knn=3`,
} as const;
type Kind = keyof typeof runs;
const kinds = Object.keys(runs) as Kind[];

let folder: string;
const pathIn = (kind: Kind, file: string) => join(folder, kind, file);
const reports = {} as Record<Kind, string>;

/** Visits of patients in three sites, in the order of time. */
function visits(): string {
  const random = stream({ seed: 1, purpose: "bootstrap" });
  const lines = Array.from({ length: 360 }, (_, i) => {
    const patient = Math.floor(i / 3);
    const [age, marker] = [40 + random.nextInteger(40), random.nextFloat()];
    const outcome = random.nextFloat() < 0.15 + 0.6 * marker ? "ill" : "well";
    const day = 1 + 3 * patient + (i % 3);
    return [`p${patient}`, "NOS"[patient % 3], day, age, marker.toFixed(3), outcome].join(",");
  });
  return `patient,site,day,age,marker,outcome\n${lines.join("\n")}\n`;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "golgi-report-"));
  vi.stubEnv("GOLGI_STATE", join(folder, "state"));
  writeFileSync(join(folder, "visits.csv"), visits());
  // every third sequence: a curve is drawn from some hundreds as it is from thousands
  const sequences = readFileSync(resolve("data/splice_sequences.csv"), "utf8").trim().split("\n");
  const third = sequences.filter((_, i) => i % 3 === 0);
  writeFileSync(join(folder, "splice.csv"), `${third.join("\n")}\n`);
  const train = async (words: readonly string[], kind: string) => {
    const [file = "", ...flags] = words;
    const own = join(folder, file);
    const data = existsSync(own) ? own : resolve("data", file);
    const out = join(folder, kind);
    const done = await golgi(["train", data, ...flags, "--out", out, "--quiet"]);
    expect(done, done.err).toMatchObject({ code: 0 });
    expect(await golgi(["report", out])).toMatchObject({ code: 0, err: "" });
    return readFileSync(join(out, "report.html"), "utf8");
  };
  // the visits again by the command that their first report names
  const first = await train(runs.visits.split(" "), "first");
  const [, again = ""] = /<pre[^>]*>golgi train (.*?)<\/pre>/.exec(first) ?? [];
  for (const kind of kinds)
    reports[kind] = await train((kind === "visits" ? again : runs[kind]).split(" "), kind);
}, 400_000);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const evidenceOf = <Of extends Evidence>(kind: Kind): Of =>
  JSON.parse(readFileSync(pathIn(kind, "metrics.json"), "utf8")).evidence;

describe("what is drawn is what metrics.json holds", () => {
  /** Rounded to a hundredth of a pixel of some 300. */
  const same = (
    drawn: readonly (readonly [number, number])[] | undefined,
    wanted: readonly (readonly [number, number])[],
  ) => {
    expect(drawn).toHaveLength(wanted.length);
    const off = wanted.map(([x, y], i) =>
      Math.max(Math.abs(drawn![i]![0] - x), Math.abs(drawn![i]![1] - y)),
    );
    expect(Math.max(...off)).toBeLessThan(1e-4);
  };
  const curvesOf = (kind: Kind): readonly BinaryCurves[] =>
    kind === "classes"
      ? evidenceOf<ClassEvidence>(kind).classes
      : [evidenceOf<BinaryEvidence>(kind)];

  test.each(["binary", "classes", "visits"] as const)("%s: ROC and calibration", (kind) => {
    curvesOf(kind).forEach(({ roc, calibration }, k) => {
      const [line] = drawingOf(reports[kind], "roc").lines(`s${k}`);
      same(
        line,
        roc.map((at) => [at.falsePositiveRate, at.sensitivity]),
      );
      const drawing = drawingOf(reports[kind], `calibration-${k}`);
      same(
        drawing.lines(`s${k}`)[0],
        calibration.points.map((at) => [at.predicted, at.observed]),
      );
    });
  });

  test.each(["binary", "visits"] as const)("%s: decision curve and recalibration", (kind) => {
    const { decision, recalibration } = evidenceOf<BinaryEvidence>(kind);
    const drawing = drawingOf(reports[kind], "decision-0");
    same(
      drawing.lines("s0")[0],
      decision.points.map((at) => [at.threshold, at.netBenefit]),
    );
    for (const [k, { kind: map, points = [] }] of recalibration.entries())
      same(
        drawingOf(reports[kind], `recalibration-${map}`).lines(`s${k}`)[0],
        points.map((at) => [at.predicted, at.observed]),
      );
  });

  test("subgroups told to the report are those told to the run", async () => {
    const out = join(folder, "again.html");
    const asked = ["report", join(folder, "binary"), "--subgroup", "Texture_mean=17,21"];
    expect(await golgi([...asked, "--out", out])).toMatchObject({ code: 0 });
    const section = (html: string) => /<section id="subgroups".*?<\/section>/s.exec(html)?.[0];
    expect(section(reports.binary)).toContain("17 to below 21");
    expect(section(readFileSync(out, "utf8"))).toBe(section(reports.binary));
  });

  test("the command in it makes the same network again, by the same settings", () => {
    const [first, again] = ["first", "visits"].map((run) =>
      JSON.parse(readFileSync(join(folder, run, "run.json"), "utf8")),
    );
    expect(again.hashes).toEqual(first.hashes);
    expect(again.manifest).toEqual(first.manifest);
  });

  test("sections stand where the run has them, and nowhere else", () => {
    const always = ["essentials", "data", "thresholds", "subgroups", "tripod", "probast"];
    const own = {
      binary: ["optimism", "ensemble", "mc-dropout", "recalibration", "conformal"],
      classes: ["recalibration", "conformal"],
      regression: ["cross-validation", "ensemble", "conformal"],
      visits: ["search", "cross-validation", "sites", "recalibration", "conformal"],
    };
    const optional = new Set(Object.values(own).flat());
    for (const kind of kinds) {
      const found = [...reports[kind].matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id!);
      expect(found.filter((id) => optional.has(id)).sort()).toEqual(own[kind].toSorted());
      const needed = kind === "regression" ? always.filter((id) => id !== "thresholds") : always;
      expect(found).toEqual(expect.arrayContaining(needed));
    }
    expect(reports.visits).toContain('id="figure-time"');
    expect(reports.visits).toContain("1 before this run");
    expect(reports.binary).toContain("Once, by this run");
    const { optimism } = JSON.parse(
      readFileSync(pathIn("binary", "metrics.json"), "utf8"),
    ).evidence;
    expect(reports.binary).toContain(`value="${optimism.statistics.auroc.corrected}"`);
  });
});

describe.skipIf(!chromiumPath)(`in Chromium${whyNoChromium}`, { timeout: 120_000 }, () => {
  interface Opened {
    readonly page: Page;
    /** All it says or asks for that it should not. */
    readonly complaints: readonly string[];
  }
  let browser: Browser;
  const opened = {} as Record<Kind, Opened>;
  beforeAll(async () => {
    browser = await launchChromium();
    for (const kind of kinds) opened[kind] = await open(kind);
  });
  afterAll(() => browser.close());

  /** The report from disk. */
  async function open(kind: Kind): Promise<Opened> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const complaints: string[] = [];
    const { href } = pathToFileURL(pathIn(kind, "report.html"));
    context.on("console", (message) => complaints.push(`console: ${message.text()}`));
    context.on("weberror", (error) => complaints.push(`error: ${error.error()}`));
    context.on("request", (request) => {
      if (request.url() !== href) complaints.push(`request: ${request.url().slice(0, 80)}`);
    });
    await page.goto(href);
    return { page, complaints };
  }

  test.each(kinds)("%s: no text is cut off by its picture, none lies on another", async (kind) => {
    const found = await opened[kind].page.evaluate(() =>
      [...document.querySelectorAll("svg")].flatMap((svg) => {
        const { left, right } = svg.getBoundingClientRect();
        const texts = [...svg.querySelectorAll("text")].map((text) => {
          const box = text.getBoundingClientRect();
          return { text: `${svg.querySelector("title")?.textContent}: ${text.textContent}`, box };
        });
        const cut = texts.filter(({ box }) => box.left < left - 1 || box.right > right + 1);
        const covered = texts.filter(({ box }, i) =>
          texts.some(
            (other, k) =>
              k > i &&
              Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left) > 1 &&
              Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top) > 3,
          ),
        );
        return [...cut, ...covered].map(({ text }) => text);
      }),
    );
    expect(found).toEqual([]);
  });

  test.each(kinds)("%s: every picture and its values can be saved", async (kind) => {
    const { page } = opened[kind];
    const saved = await page.evaluate(async () => {
      const [blobs, names]: [Blob[], string[]] = [[], []];
      const { createObjectURL } = URL;
      const { click } = HTMLAnchorElement.prototype;
      URL.createObjectURL = (blob) => `#${blobs.push(blob as Blob)}`;
      HTMLAnchorElement.prototype.click = function () {
        names.push(this.download);
      };
      for (const button of document.querySelectorAll<HTMLElement>("[data-save]")) button.click();
      Object.assign(URL, { createObjectURL });
      Object.assign(HTMLAnchorElement.prototype, { click });
      const texts = await Promise.all(blobs.map((blob) => blob.text()));
      return names.map((name, i) => ({ name, start: texts[i]!.slice(0, 200) }));
    });
    const buttons = await page.locator("[data-save]").count();
    expect(saved.length).toBeGreaterThanOrEqual(buttons);
    expect(new Set(saved.map(({ name }) => name)).size).toBe(saved.length);
    for (const { name, start } of saved)
      expect(start, name).toMatch(
        name.endsWith(".svg") ? /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/ : /^.+,.+\r\n/,
      );
  });

  test("by keyboard alone: to the results, into a table, and a download", async () => {
    const { page } = await open("binary");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toMatch(/^Skip/);
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
    await page.locator("#figure-roc summary").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.ariaLabel)).toMatch(/^Values of/);
    await page.locator("#numbers").getByRole("button", { name: "Save CSV" }).focus();
    const saving = page.waitForEvent("download");
    await page.keyboard.press("Enter");
    const text = readFileSync(await (await saving).path(), "utf8");
    const [head, first] = text.split("\r\n");
    expect(head).toBe("statistic,network,logistic regression,one risk for everyone,ideal,by");
    // whole numbers, and the method that the page has a letter for
    const { auroc } = JSON.parse(readFileSync(pathIn("binary", "metrics.json"), "utf8")).test;
    expect(first).toContain(`AUROC,"${auroc.value} [${auroc.low}, ${auroc.high}]"`);
    expect(first).toContain(`"${auroc.method}"`);
  });

  test.each(kinds)("%s: nothing is cut off, wide or narrow, on screen or paper", async (kind) => {
    const { page } = opened[kind];
    expect(await page.title()).toContain("report of");
    for (const [width, media] of [
      [1280, "screen"],
      [400, "screen"],
      [720, "print"],
    ] as const) {
      await page.emulateMedia({ media });
      await page.setViewportSize({ width, height: 900 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide, media).toBeLessThanOrEqual(width);
    }
    await page.emulateMedia({ media: "screen" });
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  /**
   * What axe finds with all tables open. Of long ones the first rows, the others are alike; without
   * the lines and marks of pictures, which hold no text.
   */
  async function violationsOf(page: Page, rules?: string[]): Promise<string[]> {
    await page.evaluate(() => {
      for (const each of document.querySelectorAll("details")) each.open = true;
      const alike = "tr:nth-child(n + 8):not(:has(.tag))";
      for (const each of document.querySelectorAll(`${alike}, svg g > *`)) each.remove();
    });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate((only) => {
      const options = { resultTypes: ["violations" as const], ...(only ? { runOnly: only } : {}) };
      return (globalThis as unknown as { axe: typeof axe }).axe.run(options);
    }, rules);
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`);
  }

  test.each(kinds)(
    "%s: axe is content in light and dark; no request, no complaint",
    async (kind) => {
      const { page, complaints } = opened[kind];
      await page.emulateMedia({ colorScheme: "light" });
      expect(await violationsOf(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: "dark" });
      // the colors are the same in all; these two have every kind of section between them
      if (kind === "visits" || kind === "regression")
        expect(await violationsOf(page, ["color-contrast"])).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );
});
