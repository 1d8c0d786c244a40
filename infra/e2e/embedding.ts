import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writePlayerPackage } from "../player-package/write-player-package.ts";
import { freePort } from "../stack/port.ts";
import { inRepository } from "../stack/repository.ts";
import type { Demo } from "./demo.ts";

const CLIENT = createRequire(import.meta.url).resolve("player.js");
const PACKAGE = inRepository("build", "lemons-player");
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};
const TIMEOUT_MS = 30_000;
/** Everything that comes before sound and table, compressed. */
const MAX_EMBED_BYTES = 100 * 1024;

/** What the player.js client of npm calls itself in a page. */
interface Client {
  on(event: string, callback: (value?: unknown) => void): void;
  off(event: string): void;
  play(): void;
  pause(): void;
  getPaused(callback: (value: boolean) => void): void;
  getDuration(callback: (value: number) => void): void;
  setCurrentTime(seconds: number): void;
  getCurrentTime(callback: (value: number) => void): void;
  setVolume(percent: number): void;
  getVolume(callback: (value: number) => void): void;
  send(data: object, callback?: (value: unknown) => void): void;
}
declare const playerjs: { Player: new (frame: HTMLIFrameElement) => Client };

type Noting = typeof globalThis & { noted: string[]; client: Client; messages: string[] };

/** Somebody else's site: another origin, pages of its own. */
async function startForeignSite(
  pages: Record<string, string>,
): Promise<{ server: Server; origin: string }> {
  const client = await readFile(CLIENT, "utf8");
  const port = await freePort();
  const server = createServer(async (request, response) => {
    const path = request.url ?? "/";
    if (path === "/player.js") {
      response.setHeader("Content-Type", "text/javascript").end(client);
      return;
    }
    if (path.startsWith("/package/") && !path.includes("..")) {
      const file = join(PACKAGE, path.slice("/package/".length));
      const bytes = await readFile(file).catch(() => null);
      if (bytes === null) response.statusCode = 404;
      response
        .setHeader("Content-Type", MEDIA_TYPES[extname(file)] ?? "text/plain")
        .end(bytes ?? "");
      return;
    }
    const page = pages[path];
    response.statusCode = page === undefined ? 404 : 200;
    response.setHeader("Content-Type", "text/html; charset=utf-8").end(page ?? "");
  });
  await new Promise<void>((resolve) => {
    server.listen(port, "127.0.0.1", resolve);
  });
  return { server, origin: `http://127.0.0.1:${port}` };
}

const document = (body: string) =>
  `<!doctype html><html lang="en"><head><title>Elsewhere</title><link rel="icon" href="data:,"></head><body>${body}</body></html>`;

/** Players in the pages of somebody else. */
export function testEmbedding(demo: Demo): void {
  let id: string;
  let site: Awaited<ReturnType<typeof startForeignSite>>;
  let context: BrowserContext;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    context = await demo.browser.newContext({ viewport: { width: 1000, height: 1100 } });
    page = await context.newPage();
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) faults.push(message.text());
    });
    page.on("pageerror", (error) => faults.push(error.message));
  });
  afterAll(async () => {
    await context?.close();
    site?.server.close();
  });

  it("has an explanation, and somebody else's site", async () => {
    await writePlayerPackage(PACKAGE);
    const { origin } = demo.stack;
    const response = await fetch(`${origin}/v1/explanations`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Prefer: "wait=20" },
      body: JSON.stringify({
        listener: "ilse",
        track: "gt04-reggae-one-drop",
        type: "time+source",
      }),
    });
    ({ id } = (await response.json()) as { id: string });
    await expect
      .poll(async () => (await fetch(`${origin}/v1/explanations/${id}`)).status, {
        timeout: 120_000,
        interval: 1000,
      })
      .toBe(200);
    site = await startForeignSite({
      "/frame": document(
        `<main><h1>Frame</h1><iframe id="frame" src="${origin}/embed/${id}?start=2&_=7" width="800" height="980" title="why" allow="autoplay"></iframe></main><script src="/player.js"></script>`,
      ),
      "/packaged": document(
        `<main><h1>Package</h1><script type="module" src="/package/lemons-player.js"></script><lemons-player service="${origin}" explanation="${id}"></lemons-player></main>`,
      ),
      "/element": document(
        `<main><h1>Element</h1><script type="module" src="${origin}/lemons-player.js"></script><lemons-player explanation="${id}"></lemons-player></main>`,
      ),
    });
  });

  it("loads less than 100 KB before anything is played", async () => {
    let bytes = 0;
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    session.on("Network.loadingFinished", ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    await page.goto(`${demo.stack.origin}/embed/${id}`);
    await page.locator("lemons-player .play").waitFor({ timeout: TIMEOUT_MS });
    await page.waitForLoadState("networkidle");
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(MAX_EMBED_BYTES);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id: rule, nodes }) => [rule, nodes.map(({ html }) => html)])).toEqual(
      [],
    );
    expect(await page.getByText(/CC0-1\.0/).count()).toBeGreaterThan(0);
    await session.detach();
  });

  it("is driven by the player.js client of npm, from another origin", async () => {
    await page.goto(`${site.origin}/frame`);
    await page.evaluate(() => {
      const noting = globalThis as Noting;
      noting.noted = [];
      noting.messages = [];
      addEventListener("message", ({ data }) => noting.messages.push(String(data)));
      noting.client = new playerjs.Player(
        globalThis.document.querySelector<HTMLIFrameElement>("#frame")!,
      );
      noting.client.on("ready", () => noting.noted.push("ready"));
    });
    const noted = () => page.evaluate(() => (globalThis as Noting).noted);
    await expect.poll(noted, { timeout: TIMEOUT_MS }).toContain("ready");
    const ask = (method: "getDuration" | "getPaused" | "getCurrentTime" | "getVolume") =>
      page.evaluate(
        (name) =>
          new Promise((resolve) => {
            (globalThis as Noting).client[name]((value: unknown) => resolve(value));
          }),
        method,
      );
    expect(await ask("getDuration")).toBe(30);
    expect(await ask("getPaused")).toBe(true);
    expect(await ask("getCurrentTime")).toBe(2);

    await page.evaluate(() => (globalThis as Noting).client.play());
    await expect.poll(() => ask("getCurrentTime"), { timeout: TIMEOUT_MS }).toBeGreaterThan(2.5);
    const events = await page.evaluate(() =>
      (globalThis as Noting).messages.map((text) => (JSON.parse(text) as { event: string }).event),
    );
    // Nobody has subscribed to anything but ready.
    expect(new Set(events)).toEqual(
      new Set(["ready", "getDuration", "getPaused", "getCurrentTime"]),
    );

    await page.evaluate(() => {
      const { client, noted: notes } = globalThis as Noting;
      client.on("timeupdate", () => notes.push("timeupdate"));
      client.on("pause", () => notes.push("pause"));
      client.setVolume(30);
    });
    await expect.poll(noted).toContain("timeupdate");
    expect(await ask("getVolume")).toBe(30);
    await page.evaluate(() => (globalThis as Noting).client.pause());
    await expect.poll(noted).toContain("pause");
    expect(await ask("getPaused")).toBe(true);
  });

  it("tells the page what is selected and what the model says to it", async () => {
    await page.evaluate(() => {
      const { client, noted } = globalThis as Noting;
      client.on("select", (value) => noted.push(JSON.stringify(value)));
      client.send({ method: "setSelection", value: "4.4.4.4.4" });
    });
    await expect
      .poll(
        () =>
          page.evaluate(() =>
            (globalThis as Noting).noted.some((text) =>
              /"selection":"4\.4\.4\.4\.4","relevance":0\.\d/.test(text),
            ),
          ),
        { timeout: TIMEOUT_MS },
      )
      .toBe(true);
  });

  it("is an element in somebody else's page, by one script tag", async () => {
    await page.goto(`${site.origin}/element`);
    const player = page.locator("lemons-player");
    await player.locator(".play").waitFor({ timeout: TIMEOUT_MS });
    await player.getByRole("button", { name: "Source", exact: true }).click();
    await expect.poll(() => player.getByRole("gridcell").count()).toBe(5);
    await player.getByRole("button", { name: "Time × source" }).click();
    await player.getByRole("slider", { name: /^Kernel width/ }).fill("80");
    await expect.poll(() => player.getByRole("gridcell").count(), { timeout: TIMEOUT_MS }).toBe(25);
    // Counted on a thread that this page started for the other origin's script.
    await expect
      .poll(() => player.locator(".cell .value").first().textContent(), { timeout: TIMEOUT_MS })
      .toMatch(/\d/);
    await player.getByRole("button", { name: "Play", exact: true }).click();
    await expect
      .poll(
        () =>
          player.evaluate(
            (element) => (element as HTMLElement & { currentTime: number }).currentTime,
          ),
        { timeout: TIMEOUT_MS },
      )
      .toBeGreaterThan(0.3);
  });

  it("is a package that brings everything it needs", async () => {
    await page.goto(`${site.origin}/packaged`);
    const player = page.locator("lemons-player");
    await player.locator(".play").waitFor({ timeout: TIMEOUT_MS });
    const values = () => player.locator(".cell .value").allTextContents();
    const before = await values();
    await player.getByRole("slider", { name: /^Kernel width/ }).fill("90");
    await expect.poll(values, { timeout: TIMEOUT_MS }).not.toEqual(before);
  });

  it("has a page to pass on, with a picture that is one", async () => {
    const { origin } = demo.stack;
    await page.goto(`${origin}/e/${id}`);
    const picture = await page.locator('meta[property="og:image"]').getAttribute("content");
    const response = await fetch(picture ?? "");
    expect(response.headers.get("Content-Type")).toBe("image/png");
    const bytes = new DataView(await response.arrayBuffer());
    expect([bytes.getUint32(0), bytes.getUint32(16), bytes.getUint32(20)]).toEqual([
      0x89504e47, 1200, 630,
    ]);
    const discovery = await page
      .locator('link[type="application/json+oembed"]')
      .getAttribute("href");
    const oembed = (await (await fetch(discovery ?? "")).json()) as { html: string };
    expect(oembed.html).toContain(`src="${origin}/embed/${id}"`);
  });

  it("offers what to paste, with a preview", async () => {
    await page.locator("lemons-player .play").waitFor({ timeout: TIMEOUT_MS });
    await page.getByRole("button", { name: "Embed" }).click();
    const dialog = page.getByRole("dialog", { name: "Show this elsewhere" });
    const codes = await dialog
      .locator("textarea")
      .evaluateAll((fields) => fields.map((field) => (field as HTMLTextAreaElement).value));
    expect(codes[0]).toContain(`<iframe src="${demo.stack.origin}/embed/${id}"`);
    expect(codes[1]).toContain(`<lemons-player explanation="${id}">`);
    expect(codes[2]).toBe(`${demo.stack.origin}/e/${id}`);
    await dialog
      .frameLocator("iframe")
      .locator("lemons-player .play")
      .waitFor({ timeout: TIMEOUT_MS });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id: rule, nodes }) => [rule, nodes.map(({ html }) => html)])).toEqual(
      [],
    );
    await page.keyboard.press("Escape");
  });

  it("did nothing wrong on the way", () => {
    expect(faults).toEqual([]);
  });
}
