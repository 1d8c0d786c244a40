import { type Browser, chromium, type Page } from "playwright-core";
import { findChromium } from "../stack/chromium.ts";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const AUTOPLAY = "--autoplay-policy=no-user-gesture-required";
const NO_AUTOPLAY = "--autoplay-policy=document-user-activation-required";

/** Viewport and colour scheme of a visitor. */
export interface View {
  width: number;
  colorScheme: "light" | "dark";
}

/** A page in its own context, with the faults it has shown so far. */
export interface WatchedPage {
  page: Page;
  /** Console errors, uncaught errors, violations of the content policy, requests to other hosts. */
  faults: string[];
  close(): Promise<void>;
}

/**
 * Starts the machine's Chromium.
 *
 * @param keepsSoundBack blocks sound until a gesture, as for visitors
 * @throws Error if there is none
 */
export function launchBrowser({ keepsSoundBack = false } = {}): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error("Chromium was not found; set CHROMIUM_PATH");
  return chromium.launch({
    executablePath,
    args: [...FLAGS, keepsSoundBack ? NO_AUTOPLAY : AUTOPLAY],
  });
}

/**
 * Opens a page and records every fault.
 *
 * @param origin the only origin that requests may go to
 */
export async function openPage(browser: Browser, origin: string, view: View): Promise<WatchedPage> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width: view.width, height: 800 },
    colorScheme: view.colorScheme,
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => {
    // A policy violation is reported as an error as well.
    if (message.type() === "error" || message.type() === "warning") {
      faults.push(`console: ${message.text()} (${message.location().url})`);
    }
  });
  page.on("pageerror", (error) => faults.push(`uncaught: ${error.stack ?? error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && !["blob:", "data:"].includes(url.protocol)) {
      faults.push(`request to another host: ${request.url()}`);
    }
  });
  return { page, faults, close: () => context.close() };
}
