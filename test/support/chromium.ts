/** A Chromium of this machine, for tests of what runs in a page. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";

/** Where each system keeps Chromium or Chrome; `CHROMIUM` names another one. */
const places: Readonly<Record<string, readonly string[]>> = {
  linux: [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/usr/bin/google-chrome-stable",
    "/snap/bin/chromium",
  ],
  darwin: ["Google Chrome", "Chromium"].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`), // biome-ignore format: one line
  win32: ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].flatMap((name) =>
    ["Google\\Chrome", "Chromium"].map((program) =>
      join(process.env[name] ?? "", program, "Application", "chrome.exe"),
    ),
  ),
};

/** The program's path; `undefined` where there is none. */
export const chromiumPath: string | undefined = [
  process.env.CHROMIUM ?? "",
  ...(places[process.platform] ?? []),
].find(existsSync);

/** Why tests are skipped, for the name of what is skipped. */
export const whyNoChromium = chromiumPath
  ? ""
  : " (skipped: no Chromium here; install one, or name it in CHROMIUM)";

const flags = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), // root has no sandbox
];

/** Starts it without a window, with a profile of its own. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath!, args: flags });
