import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LemonsPlayer } from "../../edge/player/component/lemons-player.ts";
import { expectNoBarriers } from "./barriers.ts";
import type { WatchedPage } from "./browser.ts";
import type { Demo } from "./demo.ts";
import { openGallery, READY_TIMEOUT_MS, USUAL } from "./gallery.ts";
import { gateErrorOf } from "./gate-error.ts";

/** A player's public interface, as a page's script uses it. */
type Player = HTMLElement &
  Pick<
    LemonsPlayer,
    | "api"
    | "currentTime"
    | "duration"
    | "loopedSegment"
    | "pause"
    | "paused"
    | "play"
    | "relevance"
    | "selection"
  >;

/** For 16-bit samples and resampling. */
const SAMPLE_TOLERANCE = 2e-3;

const property = <Key extends keyof Player>(page: Page, key: Key, selector = USUAL) =>
  page.evaluate(
    ({ selector: each, key: name }) => document.querySelector<Player>(each)![name as Key],
    { selector, key: key as string },
  );

/** The player alone, in every state, on the gallery's synthetic music. */
export function testPlayer(demo: Demo): void {
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    watched = await openGallery(demo);
    page = watched.page;
  });
  afterAll(() => watched.close());

  it("opens and closes each stem's gate as selected", async () => {
    const selections = ["1f.1f.1f.1f.1f", "1.2.4.8.10", "4.4.0.4.4", "1b.0.1f.15.a"];
    for (const selection of selections) {
      const { error, loudest } = await gateErrorOf(page, USUAL, selection);
      expect(error, selection).toBeLessThan(SAMPLE_TOLERANCE);
      expect(loudest, selection).toBeGreaterThan(0.05);
    }
    expect((await gateErrorOf(page, USUAL, "0.0.0.0.0")).loudest).toBe(0);
  });

  it("plays, and changes only gains when parts are switched", async () => {
    await page.evaluate((selector) => {
      document.querySelector<Player>(selector)!.selection = "1f.1f.1f.1f.1f";
    }, USUAL);
    const player = page.locator(USUAL).first();
    await player.getByRole("button", { name: "Play", exact: true }).click();
    await expect
      .poll(() => property(page, "currentTime"), { timeout: 10_000 })
      .toBeGreaterThan(0.5);
    const before = await property(page, "currentTime");
    await player.getByRole("gridcell").nth(12).click();
    await player.getByRole("rowheader", { name: /^vocals/ }).click();
    const after = await property(page, "currentTime");
    expect(after).toBeGreaterThanOrEqual(before);
    expect(after - before).toBeLessThan(3);
    expect(await property(page, "paused")).toBe(false);
  });

  it("describes a part on hover and on focus", async () => {
    const player = page.locator(USUAL).first();
    const detail = player.locator(".detail");
    await player.getByRole("gridcell").nth(2).hover();
    await expect.poll(() => detail.textContent()).toMatch(/vocals, 8–12 s: −0\.\d{3}, hurts/);
    await player.getByRole("gridcell").nth(11).focus();
    await expect.poll(() => detail.textContent()).toMatch(/drums, 4–8 s: \+0\.\d{3}, helps/);
  });

  it("loops a section", async () => {
    await page.evaluate((selector) => {
      document.querySelector<Player>(selector)!.loopedSegment = 1;
    }, USUAL);
    const positions: number[] = [];
    for (let i = 0; i < 12; i++) {
      await page.waitForTimeout(500);
      positions.push(await property(page, "currentTime"));
    }
    expect(Math.min(...positions)).toBeGreaterThanOrEqual(3.8);
    expect(Math.max(...positions)).toBeLessThanOrEqual(8);
    expect(positions.some((position, i) => i > 0 && position < positions[i - 1]!)).toBe(true);
  });

  it("pauses once another player starts", async () => {
    const other = page.locator('lemons-player[data-example="short"]');
    await other.getByRole("button", { name: "Play", exact: true }).click();
    await expect.poll(() => property(page, "paused")).toBe(true);
    await page.evaluate(() =>
      document.querySelector<Player>('lemons-player[data-example="short"]')!.pause(),
    );
  });

  it("shows the what-if score, and finds the smallest sets", async () => {
    const player = page.locator(USUAL).first();
    await player.getByRole("button", { name: "Reset" }).click();
    const whole = await property(page, "relevance");
    await player.getByRole("button", { name: /^Fewest to mute/ }).click();
    await expect.poll(() => property(page, "relevance")).toBeLessThan(0.5);
    expect(await player.locator(".difference").textContent()).toContain("lower");
    await player.getByRole("button", { name: /^Fewest parts/ }).click();
    await expect.poll(() => property(page, "relevance")).toBeGreaterThanOrEqual(0.5);
    await player.getByRole("button", { name: "Reset" }).click();
    expect(await property(page, "relevance")).toBe(whole);
  });

  it("refits every combination as the kernel width changes", async () => {
    const player = page.locator(USUAL).first();
    const values = () => player.locator(".cell .value").allTextContents();
    const before = await values();
    const slider = player.getByRole("slider", { name: /^Kernel width/ });
    await slider.fill("90");
    await expect.poll(values, { timeout: 20_000 }).not.toEqual(before);
    const after = await values();
    // Every mask has been counted by now, so another width takes no time.
    await slider.fill("20");
    await expect.poll(values).not.toEqual(after);
  });

  it("works by keyboard alone", async () => {
    const player = page.locator(USUAL).first();
    await page.reload();
    await player.locator(".play").waitFor({ timeout: READY_TIMEOUT_MS });
    await player.locator(".play").focus();
    await page.keyboard.press("k");
    await expect.poll(() => property(page, "paused")).toBe(false);
    await page.keyboard.press("k");
    await expect.poll(() => property(page, "paused")).toBe(true);
    const isInGrid = () =>
      page.evaluate(
        (selector) =>
          document.querySelector(selector)!.shadowRoot!.activeElement?.closest("[role=grid]") !==
          null,
        USUAL,
      );
    for (let i = 0; i < 20 && !(await isInGrid()); i++) await page.keyboard.press("Tab");
    const focused = () =>
      page.evaluate(
        (selector) =>
          document.querySelector(selector)!.shadowRoot!.activeElement?.getAttribute("aria-label"),
        USUAL,
      );
    expect(await focused()).toMatch(/^vocals, 0–4 s: .*on$/);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    expect(await focused()).toMatch(/^piano, 4–8 s/);
    await page.keyboard.press("Enter");
    expect(await property(page, "selection")).toBe("1f.1d.1f.1f.1f");
    expect(await focused()).toMatch(/muted$/);
    await page.keyboard.press("Home");
    await page.keyboard.press("Space");
    expect(await property(page, "selection")).toBe("1f.1f.1f.1f.1f");
    await page.keyboard.press("3");
    expect(await property(page, "selection")).toBe("1b.1b.1b.1b.1b");
    await page.keyboard.press("Shift+1");
    await page.keyboard.press("0");
    expect(await property(page, "selection")).toBe("1f.1f.1f.1f.1f");
    await page.keyboard.press("?");
    await player.getByRole("heading", { name: "Keyboard shortcuts" }).waitFor();
    await page.keyboard.press("Escape");
  });

  it("shows a reason and a next step if something is missing", async () => {
    const at = (example: string) => page.locator(`lemons-player[data-example="${example}"]`);
    await at("error").getByRole("button", { name: "Try again" }).waitFor();
    await at("loading").getByText("Loading the explanation").waitFor();
    await at("no-sound").getByRole("button", { name: "Play", exact: true }).click();
    await at("no-sound").getByText("Couldn’t load the audio.").waitFor();
    await at("no-stems").getByRole("button", { name: "Play", exact: true }).click();
    await at("no-stems")
      .getByText(/has no separate sources/)
      .waitFor();
    await page.evaluate(() =>
      document.querySelector<Player>('lemons-player[data-example="no-stems"]')!.pause(),
    );
    await at("stems-fail").getByRole("button", { name: "Play", exact: true }).click();
    await at("stems-fail")
      .getByText(/Couldn’t load the separate parts: .* 502\./)
      .waitFor();
    expect(await property(page, "paused", 'lemons-player[data-example="stems-fail"]')).toBe(false);
    await at("stems-fail").getByRole("gridcell").first().click();
    await at("stems-fail")
      .getByText(/(?:lower|higher) than the whole track/)
      .first()
      .waitFor();
    await at("stems-fail").getByRole("button", { name: "Try again" }).click();
    await at("stems-fail")
      .getByText(/Couldn’t load the separate parts/)
      .waitFor({ state: "detached" });
    expect(await property(page, "paused", 'lemons-player[data-example="stems-fail"]')).toBe(false);
    await at("stems-late").getByRole("button", { name: "Play", exact: true }).click();
    await at("stems-late")
      .getByText(/Preparing the separate parts/)
      .waitFor();
    await page.evaluate(() =>
      document.querySelector<Player>('lemons-player[data-example="stems-late"]')!.pause(),
    );
    await at("no-table").getByRole("gridcell").first().click();
    await at("no-table").getByRole("button", { name: "Try again" }).waitFor();
    await at("drawn").getByRole("gridcell").first().click();
    await at("drawn")
      .getByText(/only a sample of combinations/)
      .waitFor();
    await at("empty")
      .getByText(/No single part makes a difference\./)
      .waitFor();
    await at("all-negative")
      .getByText(/^No parts decide this/)
      .waitFor();
  });

  it("leaks nothing after a hundred players", async () => {
    const session = await page.context().newCDPSession(page);
    const counters = async () => {
      await session.send("HeapProfiler.collectGarbage");
      return session.send("Memory.getDOMCounters");
    };
    const mount = (times: number) =>
      page.evaluate(async (count) => {
        const { api } = document.querySelector<Player>('lemons-player[data-example="usual"]')!;
        for (let i = 0; i < count; i++) {
          const player = document.createElement("lemons-player") as Player;
          player.api = api;
          const ready = new Promise((resolve) => {
            player.addEventListener("lemons-ready", resolve, { once: true });
          });
          document.querySelector("main")!.append(player);
          await ready;
          await new Promise((resolve) => requestAnimationFrame(resolve));
          if (i % 10 === 0) await player.play();
          player.remove();
        }
      }, times);
    await mount(5);
    const before = await counters();
    await mount(100);
    await expect
      .poll(async () => (await counters()).nodes - before.nodes, { timeout: 20_000 })
      .toBeLessThan(200);
    const after = await counters();
    expect(after.jsEventListeners - before.jsEventListeners).toBeLessThan(50);
  });

  it("has no accessibility fault that axe finds, in any state and colour scheme", async () => {
    await expectNoBarriers(page);
  });

  it("fits the narrowest page", async () => {
    await page.setViewportSize({ width: 360, height: 800 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });

  it("shows no fault on the way", () => {
    expect(watched.faults).toEqual([]);
  });
}
