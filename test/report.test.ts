/** The report: its pictures hold the run's numbers, and in a real browser everybody can read it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
  binary: `wdbc.csv --target Diagnosis --positive M --ensemble 2 --epochs 12 --subgroup Texture_mean=17,21 --threshold sensitivity=0.95 --prevalence 0.05`,
  classes: `splice_sequences.csv --target class --hidden 8 --epochs 2 --subgroup statlog_split --ignore statlog_split --test-fraction 0.11`,
  regression: `diabetes_progression.csv --target target --cv 3 --ensemble 2 --epochs 12 --subgroup sex`,
  visits: `visits.csv --target outcome --group patient --time day --site site --ignore site --search random --search-trials 3 --cv 2 --epochs 4 --steps winsorize=0.02,variance --impute knn=3`,
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
  const train = async (kind: Kind, out: string) => {
    const [file = "", ...flags] = runs[kind].split(" ");
    const data = kind === "visits" ? join(folder, file) : resolve("data", file);
    const done = await golgi(["train", data, ...flags, "--out", out, "--quiet"]);
    expect(done, done.err).toMatchObject({ code: 0 });
  };
  await train("visits", join(folder, "earlier"));
  for (const kind of kinds) {
    const out = join(folder, kind);
    await train(kind, out);
    expect(await golgi(["report", out])).toMatchObject({ code: 0, err: "" });
    reports[kind] = readFileSync(pathIn(kind, "report.html"), "utf8");
  }
}, 240_000);
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

  test("the command in it makes the same network again", async () => {
    const [, text] = /<pre[^>]*>golgi (.*?)<\/pre>/.exec(reports.visits)!;
    const words = text!.replace("visits.csv", join(folder, "visits.csv")).split(" ");
    const out = join(folder, "same");
    expect(await golgi([...words, "--out", out, "--quiet"])).toMatchObject({ code: 0 });
    const [same, first] = [out, join(folder, "visits")].map((run) =>
      JSON.parse(readFileSync(join(run, "run.json"), "utf8")),
    );
    expect(same.hashes).toEqual(first.hashes);
    expect(same.manifest.settings).toEqual(first.manifest.settings);
  });

  test("sections stand where the run has them, and nowhere else", () => {
    const always = ["essentials", "data", "thresholds", "subgroups", "tripod", "probast"];
    const own = {
      binary: ["ensemble", "recalibration", "conformal"],
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
  });
});

describe.skipIf(!chromiumPath)(`in Chromium${whyNoChromium}`, { timeout: 120_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  /** The report from disk, and all it says or asks for that it should not. */
  async function open(kind: Kind) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const complaints: string[] = [];
    const { href } = pathToFileURL(pathIn(kind, "report.html"));
    context.on("console", (message) => complaints.push(`console: ${message.text()}`));
    context.on("weberror", (error) => complaints.push(`error: ${error.error()}`));
    context.on("request", (request) => {
      if (request.url() !== href) complaints.push(`request: ${request.url().slice(0, 80)}`);
    });
    await page.emulateMedia({ colorScheme: "light" });
    await page.goto(href);
    return { page, complaints, close: () => context.close() };
  }

  /**
   * What axe finds with all tables open. Of long ones the first rows, the others are alike; without
   * the lines and marks of pictures, which hold no text.
   */
  async function violationsOf(page: Page, rules?: readonly string[]): Promise<string[]> {
    await page.evaluate(() => {
      for (const each of document.querySelectorAll("details")) each.open = true;
      const alike = "tr:nth-child(n + 8):not(:has(.tag))";
      for (const row of document.querySelectorAll(alike)) row.remove();
      for (const drawn of document.querySelectorAll("svg g > *")) drawn.remove();
    });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(
      (only) =>
        (globalThis as unknown as { axe: typeof axe }).axe.run(only ? { runOnly: only } : {}),
      rules && [...rules],
    );
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`);
  }

  test.each(kinds)(
    "%s: no request, no complaint, nothing cut off, axe is content",
    async (kind) => {
      const { page, complaints, close } = await open(kind);
      expect(await page.title()).toContain("report of");
      for (const width of [1280, 400]) {
        await page.setViewportSize({ width, height: 900 });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(wide).toBeLessThanOrEqual(width);
      }
      await page.setViewportSize({ width: 1280, height: 900 });
      expect(await violationsOf(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await violationsOf(page, ["color-contrast"])).toEqual([]);
      expect(complaints).toEqual([]);
      await close();
    },
  );

  test("no text is cut off by its picture", async () => {
    for (const kind of kinds) {
      const { page, close } = await open(kind);
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll("svg")].flatMap((svg) => {
          const { left, right } = svg.getBoundingClientRect();
          return [...svg.querySelectorAll("text")]
            .filter((text) => {
              const box = text.getBoundingClientRect();
              return box.left < left - 1 || box.right > right + 1;
            })
            .map((text) => `${svg.querySelector("title")?.textContent}: ${text.textContent}`);
        }),
      );
      expect(cut).toEqual([]);
      await close();
    }
  });

  test.each(kinds)("%s: every picture and its values can be saved", async (kind) => {
    const { page, complaints, close } = await open(kind);
    const saved = await page.evaluate(async () => {
      const blobs: Blob[] = [];
      const names: string[] = [];
      URL.createObjectURL = (blob) => `#${blobs.push(blob as Blob)}`;
      HTMLAnchorElement.prototype.click = function () {
        names.push(this.download);
      };
      for (const button of document.querySelectorAll<HTMLElement>("[data-save]")) button.click();
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
    expect(complaints).toEqual([]);
    await close();
  });

  test("a click downloads", async () => {
    const { page, close } = await open("binary");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator("#figure-roc").getByRole("button", { name: "Save CSV" }).click(),
    ]);
    const text = readFileSync(await download.path(), "utf8");
    expect(text.split("\r\n")[0]).toBe("threshold,1 − specificity,sensitivity");
    await close();
  });
});
