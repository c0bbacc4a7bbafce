/**
 * `node scripts/picture.js`: makes docs/report.png, the first screen of the report that the README
 * shows, from data/wdbc.csv. Needs a built Golgi and Chromium (`CHROMIUM` names another place).
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "golgi-picture-"));
const run = join(folder, "wdbc");
const golgi = (...words) =>
  execFileSync(process.execPath, [join(root, "bin/golgi.js"), ...words], {
    cwd: root,
    env: { ...process.env, GOLGI_STATE: join(folder, "state") },
    stdio: ["ignore", "ignore", "inherit"],
  });
golgi("train", "data/wdbc.csv", "--target", "Diagnosis", "--positive", "M", "--out", run);
golgi("report", run);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage({
  viewport: { width: 1280, height: 900 },
  colorScheme: "light",
});
await page.goto(pathToFileURL(join(run, "report.html")).href);
const { y, height } = await page.locator("#essentials .figures").boundingBox();
await page.screenshot({
  path: join(root, "docs/report.png"),
  fullPage: true,
  clip: { x: 0, y: 0, width: 1280, height: Math.ceil(y + height) + 12 },
});
await browser.close();
rmSync(folder, { recursive: true });
