/** The library in a page: the bits of Node, under a strict content security policy, with any threads. */
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

describe.skipIf(!chromiumPath)(`in Chromium${whyNoChromium}`, { timeout: 240_000 }, () => {
  let browser: Browser;
  let site: Awaited<ReturnType<typeof bundlePage>>;
  const servers: Awaited<ReturnType<typeof serve>>[] = [];

  beforeAll(async () => {
    ensureBuilt();
    [browser, site] = await Promise.all([launchChromium(), bundlePage()]);
    servers.push(
      await serve(site.folder, { isolated: true }),
      await serve(site.folder, { isolated: false }),
    );
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await Promise.all(servers.map((server) => server.close()));
    site?.remove();
  });

  /** A new page, and all it says or asks for that it should not. */
  async function open(isolated: boolean) {
    const { origin } = servers[isolated ? 0 : 1]!;
    const context = await browser.newContext();
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
    const { page, complaints, close } = await open(isolated);
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
      const { page, complaints, close } = await open(true);
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
    const { page, complaints, close } = await open(true);
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
    const { page, complaints, close } = await open(true);
    const task = { what: "train", name: "mlp", threads: 2, where: "page" };
    expect(await ask(page, task)).toMatchObject({ hashes: [golden.mlp], threads: 2 });
    expect(complaints).toEqual([]);
    await close();
  });

  test("what the page must not do is seen", async () => {
    const { page, complaints, close } = await open(true);
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
