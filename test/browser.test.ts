/** The library in a page: the bits of Node, under a strict content security policy, with any threads. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { golden, networks, threadCounts } from "./same-bits/golden.ts";
import { half, trainOn } from "./same-bits/networks.js";
import { ensureBuilt } from "./support/built.ts";
import { chromiumPath, launchChromium, whyNoChromium } from "./support/chromium.ts";
import { serve } from "./support/serve.ts";
import { bundlePage } from "./support/site.ts";

interface Task {
  readonly what: string;
  readonly name?: string;
  readonly threads?: number;
  readonly checkpoint?: string;
  readonly where?: string;
}
/** What the page answers: the parts that the task has. */
interface Answer {
  readonly hashes: readonly string[];
  readonly threads: number;
  readonly resumedAt: number;
  readonly checkpoint: string;
  readonly isolated: boolean;
  readonly availableThreads: number;
  readonly cores: number;
}
interface Testing {
  run(task: Task): Promise<Answer>;
}

const root = fileURLToPath(new URL("..", import.meta.url));

/** The guide's page, in a folder inside the project, so that "golgi" is found. */
function guidePage() {
  const guide = readFileSync(join(root, "docs", "guide-browser.md"), "utf8");
  mkdirSync(join(root, "coverage"), { recursive: true });
  const folder = mkdtempSync(join(root, "coverage", "guide-"));
  const blocks = guide.matchAll(/<!-- not run: .* as (\S+) -->\n```ts\n([\s\S]*?)```/g);
  for (const [, name, text] of blocks) writeFileSync(join(folder, name!), text!);
  const script = `<script type="module" src="./page.ts"></script>`;
  writeFileSync(join(folder, "index.html"), `<!doctype html><body>${script}</body>`);
  mkdirSync(join(folder, "public"));
  cpSync(join(root, "data", "wdbc.csv"), join(folder, "public", "wdbc.csv"));
  const [, result] = /```text\n(AUROC [\s\S]*?)```/.exec(guide)!;
  return { folder, result: result!, remove: () => rmSync(folder, { recursive: true }) };
}

const title = `in Chromium${whyNoChromium}`;
describe.skipIf(!chromiumPath)(title, { timeout: 240_000 }, () => {
  let browser: Browser;
  const closing: (() => unknown)[] = [];
  /** A server of the bundled page of a folder. */
  async function serveFolder(from: string, isolation: readonly boolean[]) {
    const { folder, remove } = await bundlePage(from);
    const servers = await Promise.all(isolation.map((isolated) => serve(folder, { isolated })));
    closing.push(...servers.map(({ close }) => close), remove);
    return servers.map(({ origin }) => origin);
  }
  let [isolatedOrigin, plainOrigin] = ["", ""] as (string | undefined)[];

  beforeAll(async () => {
    ensureBuilt();
    browser = await launchChromium();
    closing.push(() => browser.close());
    const folder = join(root, "test", "same-bits", "page");
    [isolatedOrigin, plainOrigin] = await serveFolder(folder, [true, false]);
  }, 240_000);
  afterAll(async () => {
    for (const close of closing) await close();
  });

  /** A new page, and all it says or asks for that it should not. */
  async function open(origin = isolatedOrigin!) {
    const context = await browser.newContext();
    context.setDefaultTimeout(120_000);
    const page = await context.newPage();
    const complaints: string[] = [];
    context.on("console", (message) => complaints.push(`console: ${message.text()}`));
    context.on("weberror", (error) => complaints.push(`error: ${error.error()}`));
    context.on("request", (request) => {
      if (!request.url().startsWith(`${origin}/`)) complaints.push(`request: ${request.url()}`);
    });
    context.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
    await page.goto(origin);
    return { page, complaints, close: () => context.close() };
  }

  const ask = (page: Page, task: Task): Promise<Answer> =>
    page.evaluate((given) => (globalThis as unknown as Testing).run(given), task);

  test.each([true, false])("isolated %s: trains on as many threads as it may", async (isolated) => {
    const { page, complaints, close } = await open(isolated ? isolatedOrigin : plainOrigin);
    const { cores, ...facts } = await ask(page, { what: "facts" });
    const [availableThreads, threads] = isolated ? [cores, 4] : [1, 1];
    expect(facts).toEqual({ isolated, availableThreads, threads });
    const trained = await ask(page, { what: "train", name: "cnn", threads: 4 });
    expect(trained).toMatchObject({ hashes: [golden.cnn], threads });
    expect(complaints).toEqual([]);
    await close();
  });

  test.each(threadCounts)(
    "the golden weights on %i threads, afresh and after the page was loaded anew",
    async (threads) => {
      const { page, complaints, close } = await open();
      for (const name of networks) {
        const fresh = await ask(page, { what: "train", name, threads });
        expect(fresh).toMatchObject({ hashes: [golden[name]], threads, resumedAt: 0 });
        const { checkpoint } = await ask(page, { what: "trainHalf", name, threads });
        await page.reload();
        const resumed = await ask(page, { what: "train", name, threads, checkpoint });
        expect(resumed).toMatchObject({ hashes: [golden[name]], threads, resumedAt: half });
      }
      expect(complaints).toEqual([]);
      await close();
    },
  );

  test("goes on in a page with what began in Node", async () => {
    const { page, complaints, close } = await open();
    for (const name of networks) {
      let checkpoint = "";
      const write = (bytes: Uint8Array, step: number) => {
        if (step === half) checkpoint = Buffer.from(bytes).toString("base64");
      };
      await trainOn(name, { threads: 2, write });
      const { hashes } = await ask(page, { what: "train", name, threads: 2, checkpoint });
      expect(hashes).toEqual([golden[name]]);
    }
    expect(complaints).toEqual([]);
    await close();
  });

  test("also where no thread may sleep: in the page itself", async () => {
    const { page, complaints, close } = await open();
    const task = { what: "train", name: "mlp", threads: 2, where: "page" };
    expect(await ask(page, task)).toMatchObject({ hashes: [golden.mlp], threads: 2 });
    expect(complaints).toEqual([]);
    await close();
  });

  test("the guide's page shows what the guide says", async () => {
    const guide = guidePage();
    closing.push(guide.remove);
    const [origin] = await serveFolder(guide.folder, [true]);
    const { page, complaints, close } = await open(origin);
    await page.waitForFunction(() => document.body.textContent.includes("AUROC"));
    const shown = await page.evaluate(() => document.body.textContent);
    expect(shown.replace(/\s+/g, " ").trim()).toBe(guide.result.replace(/\s+/g, " ").trim());
    expect(await page.title()).toMatch(/^epoch \d+, loss 0\.\d{3}$/);
    expect(complaints).toEqual([]);
    await close();
  });

  test("what the page must not do is seen", async () => {
    const { page, complaints, close } = await open();
    await page.evaluate(() => {
      const code = document.createElement("script");
      code.text = "1";
      document.head.append(code);
      return fetch("http://127.0.0.2:9/").catch(() => {});
    });
    expect(complaints.join("\n")).toMatch(/console: .*script-src/);
    expect(complaints.join("\n")).toMatch(/console: .*127\.0\.0\.2/);
    await close();
  });
});
