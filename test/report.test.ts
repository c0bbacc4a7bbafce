/** The report in a real browser: it asks for nothing, complains of nothing, and everybody can read it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { golgi } from "./cli/capture.ts";
import { chromiumPath, launchChromium, whyNoChromium } from "./support/chromium.ts";

const runs = {
  binary: ["wdbc.csv", "--target", "Diagnosis", "--positive", "M", "--epochs", "20"],
  classes: ["splice_sequences.csv", "--target", "class", "--epochs", "2", "--hidden", "8"],
  regression: ["diabetes_progression.csv", "--target", "target", "--epochs", "20"],
} as const;
type Kind = keyof typeof runs;
const kinds = Object.keys(runs) as Kind[];

let folder: string;
const fileOf = (kind: Kind) => join(folder, kind, "report.html");

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "golgi-report-"));
  for (const [kind, [file, ...flags]] of Object.entries(runs)) {
    const out = join(folder, kind);
    const train = ["train", resolve("data", file), ...flags, "--out", out, "--quiet"];
    expect(await golgi(train)).toMatchObject({ code: 0 });
    expect(await golgi(["report", out])).toMatchObject({ code: 0, err: "" });
  }
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!chromiumPath)(`in Chromium${whyNoChromium}`, { timeout: 120_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  /** The report from disk, and all it says or asks for that it should not. */
  async function open(
    kind: Kind,
    options: { colorScheme?: "light" | "dark"; width?: number } = {},
  ) {
    const { colorScheme = "light", width = 1280 } = options;
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    const complaints: string[] = [];
    const { href } = pathToFileURL(fileOf(kind));
    context.on("console", (message) => complaints.push(`console: ${message.text()}`));
    context.on("weberror", (error) => complaints.push(`error: ${error.error()}`));
    context.on("request", (request) => {
      if (request.url() !== href) complaints.push(`request: ${request.url().slice(0, 80)}`);
    });
    await page.goto(href);
    return { page, complaints, close: () => context.close() };
  }

  /** What axe finds with all tables open; of long ones the first rows, the others are alike. */
  async function violationsOf(page: Page): Promise<string[]> {
    await page.evaluate(() => {
      for (const each of document.querySelectorAll("details")) each.open = true;
      for (const row of document.querySelectorAll("details tr:nth-child(n + 8)")) row.remove();
    });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(),
    );
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`);
  }

  test.each(kinds)("%s: no request, no complaint, nothing cut off", async (kind) => {
    for (const width of [1280, 400]) {
      const { page, complaints, close } = await open(kind, { width });
      expect(await page.title()).toContain("report of");
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBeLessThanOrEqual(width);
      expect(complaints).toEqual([]);
      await close();
    }
  });

  test.each(kinds.flatMap((kind) => [[kind, "light"] as const, [kind, "dark"] as const]))(
    "%s, %s: axe finds nothing",
    async (kind, colorScheme) => {
      const { page, close } = await open(kind, { colorScheme });
      expect(await violationsOf(page)).toEqual([]);
      await close();
    },
  );

  test("every picture and its values can be saved", async () => {
    const { page, complaints, close } = await open("binary");
    for (const figure of await page.locator("figure:has(svg)").all()) {
      for (const kind of ["SVG", "CSV"]) {
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          figure.getByRole("button", { name: `Save ${kind}` }).click(),
        ]);
        const text = readFileSync(await download.path(), "utf8");
        expect(text).toMatch(
          kind === "SVG" ? /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/ : /^.+,.+\r\n/,
        );
        // Chromium drops the eleventh download of a second
        await page.waitForTimeout(250);
      }
    }
    expect(complaints.filter((each) => !each.startsWith("request: blob:"))).toEqual([]);
    await close();
  });
});
