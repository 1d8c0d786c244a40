import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writePlayerPackage } from "../player-package/write-player-package.ts";
import { expectNoBarriers } from "./barriers.ts";
import type { Demo } from "./demo.ts";
import { explained } from "./explained.ts";
import { type ForeignSite, PACKAGE, startForeignSite } from "./foreign-site.ts";

const TIMEOUT_MS = 30_000;
/** Everything loaded before sound and table, compressed. */
const MAX_EMBED_BYTES = 100 * 1024;

/** Players in another site's pages. */
export function testEmbedding(demo: Demo): void {
  let id: string;
  let site: ForeignSite;
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
    site?.close();
  });

  it("starts with an explanation and another site", async () => {
    await writePlayerPackage(PACKAGE);
    const { origin } = demo.stack;
    ({ id } = await explained(origin, {
      listener: "ilse",
      track: "gt04-reggae-one-drop",
      type: "time+source",
    }));
    site = await startForeignSite({
      "/two": `<main><h1>Two</h1><iframe id="one" src="${origin}/embed/${id}?_=1" width="480" height="900" title="one" allow="autoplay"></iframe><iframe id="other" src="${origin}/embed/${id}?_=2" width="480" height="900" title="other" allow="autoplay"></iframe></main>`,
      "/packaged": `<main><h1>Package</h1><script type="module" src="/package/lemons-player.js"></script><lemons-player service="${origin}" explanation="${id}"></lemons-player></main>`,
      "/element": `<main><h1>Element</h1><script type="module" src="${origin}/lemons-player.js"></script><lemons-player explanation="${id}"></lemons-player></main>`,
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
    await expectNoBarriers(page);
    expect(await page.getByText(/CC0-1\.0/).count()).toBeGreaterThan(0);
    await session.detach();
  });

  it("is an element in another site's page, by one script tag", async () => {
    await page.goto(`${site.origin}/element`);
    const player = page.locator("lemons-player");
    await player.locator(".play").waitFor({ timeout: TIMEOUT_MS });
    await player.getByRole("button", { name: "Source", exact: true }).click();
    await expect.poll(() => player.getByRole("gridcell").count()).toBe(5);
    await player.getByRole("button", { name: "Time × source" }).click();
    await player.getByRole("slider", { name: /^Kernel width/ }).fill("80");
    await expect.poll(() => player.getByRole("gridcell").count(), { timeout: TIMEOUT_MS }).toBe(25);
    // Counted on a thread that this page starts for the other origin's script.
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

  it("pauses in one frame when it starts in another", async () => {
    await page.goto(`${site.origin}/two`);
    const button = (frame: string, name: string) =>
      page.frameLocator(`#${frame}`).getByRole("button", { name, exact: true });
    for (const [frame, silent] of [
      ["one", "other"],
      ["other", "one"],
    ] as const) {
      await button(frame, "Play").click({ timeout: TIMEOUT_MS });
      await button(frame, "Pause").waitFor();
      await button(silent, "Play").waitFor();
    }
    await button("other", "Pause").click();
  });

  it("works from the package alone", async () => {
    await page.goto(`${site.origin}/packaged`);
    const player = page.locator("lemons-player");
    await player.locator(".play").waitFor({ timeout: TIMEOUT_MS });
    const values = () => player.locator(".cell .value").allTextContents();
    const before = await values();
    await player.getByRole("slider", { name: /^Kernel width/ }).fill("90");
    await expect.poll(values, { timeout: TIMEOUT_MS }).not.toEqual(before);
  });

  it("has a share page with a picture", async () => {
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

  it("offers code to paste, with a preview", async () => {
    await page.locator("lemons-player .play").waitFor({ timeout: TIMEOUT_MS });
    await page.getByRole("button", { name: "Share" }).click();
    const dialog = page.getByRole("dialog", { name: "Share or embed" });
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
    await expectNoBarriers(page);
    await page.keyboard.press("Escape");
  });

  it("shows no fault on the way", () => {
    expect(faults).toEqual([]);
  });
}
