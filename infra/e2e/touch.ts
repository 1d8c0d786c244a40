import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LemonsPlayer } from "../../edge/player/component/lemons-player.ts";
import { launchBrowser } from "./browser.ts";
import type { Demo } from "./demo.ts";
import { USUAL } from "./gallery.ts";
import { listenTo, loudnessNow } from "./listen.ts";

const TIMEOUT_MS = 30_000;
/** Anything quieter is inaudible. */
const AUDIBLE_RMS = 1e-3;

type Player = HTMLElement & Pick<LemonsPlayer, "currentTime" | "paused" | "play" | "selection">;

/** Touch, in a browser that blocks sound until a gesture. */
export function testTouch(demo: Demo): void {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launchBrowser({ keepsSoundBack: true });
    const context = await browser.newContext({
      baseURL: demo.stack.origin,
      viewport: { width: 360, height: 800 },
      hasTouch: true,
      isMobile: true,
    });
    page = await context.newPage();
    await listenTo(page);
    // Scripts that a test evaluates count as gestures; this one is the page's own.
    await page.addInitScript((selector) => {
      addEventListener("lemons-ready", ({ target }) => {
        const player = target as Player;
        if (player !== document.querySelector(selector)) return;
        player.addEventListener("lemons-error", (event) => {
          console.log("refused:", (event as CustomEvent<{ reason: string }>).detail.reason);
        });
        void player.play();
      });
    }, USUAL);
  });
  afterAll(() => browser?.close());

  const read = <Key extends keyof Player>(key: Key) =>
    page
      .locator(USUAL)
      .first()
      .evaluate((element, name) => (element as Player)[name as Key], key as string);

  it("asks for a tap if a script tries to play before one", async () => {
    const refused = page.waitForEvent("console", {
      predicate: (message) => message.text().startsWith("refused:"),
      timeout: TIMEOUT_MS,
    });
    await page.goto("/gallery");
    expect((await refused).text()).toContain("blocks audio until you press play");
    expect(await read("paused")).toBe(true);
    expect(await loudnessNow(page)).toBe(0);
  });

  it("plays, mutes parts and seeks", async () => {
    const player = page.locator(USUAL).first();
    await player.getByRole("button", { name: "Play", exact: true }).tap();
    await expect
      .poll(() => loudnessNow(page), { timeout: TIMEOUT_MS })
      .toBeGreaterThan(AUDIBLE_RMS);
    expect(await player.getByText(/blocks audio/).count()).toBe(0);
    await player.getByRole("gridcell").nth(6).tap();
    expect(await read("selection")).toBe("1f.1d.1f.1f.1f");
    await player.getByRole("rowheader", { name: /^drums/ }).tap();
    expect(await read("selection")).toBe("1b.19.1b.1b.1b");
    await player.locator(".seek-lane input").tap();
    await expect.poll(() => read("currentTime")).toBeGreaterThan(8);
    await player.getByRole("button", { name: "Pause", exact: true }).tap();
    expect(await read("paused")).toBe(true);
  });
}
