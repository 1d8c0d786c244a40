import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { WatchedPage } from "./browser.ts";
import type { Demo } from "./demo.ts";
import { openGallery, USUAL } from "./gallery.ts";
import { horizontalOverflow, spaceText } from "./page-measures.ts";

/** Returns the computed style of a selector's first match. */
function looksOf(page: Page, selector: string): Promise<Record<string, string>> {
  return page
    .locator(`${USUAL} ${selector}`)
    .first()
    .evaluate((element) => {
      const { backgroundColor, backgroundImage, borderStyle, borderColor, color, outlineStyle } =
        getComputedStyle(element);
      return { backgroundColor, backgroundImage, borderStyle, borderColor, color, outlineStyle };
    });
}

/** Lists the animations in a document and its shadow trees. */
function movingElements(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const look = (root: ParentNode) => {
      for (const element of root.querySelectorAll("*")) {
        const { transitionDuration, animationName } = getComputedStyle(element);
        const isMoving = animationName !== "none" || /[1-9]/.test(transitionDuration);
        if (isMoving) found.push(element.outerHTML.slice(0, 120));
        if (element.shadowRoot) look(element.shadowRoot);
      }
    };
    look(document);
    return found;
  });
}

/** Lists text that its box cuts off, in the players' shadow trees. */
function clippedText(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("lemons-player")]
      .flatMap((player) => [...player.shadowRoot!.querySelectorAll<HTMLElement>("*")])
      .filter((element) => {
        const { overflowX, overflowY } = getComputedStyle(element);
        const isHiding = [overflowX, overflowY].some((each) => /hidden|clip/.test(each));
        // Text for screen readers is hidden on purpose.
        return isHiding && element.clientWidth > 1 && element.closest("svg, .unseen") === null;
      })
      .filter(
        ({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
          scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1,
      )
      .map((element) => element.outerHTML.slice(0, 160)),
  );
}

/** Readers' preferences: their own colours, no motion, larger or wider text. */
export function testPreferences(demo: Demo): void {
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    watched = await openGallery(demo);
    page = watched.page;
  });
  afterAll(() => watched?.close());

  it("shows states in the reader's own colours", async () => {
    await page.emulateMedia({ forcedColors: "active" });
    const player = page.locator(USUAL).first();
    await player.getByRole("gridcell").first().click();
    const [on, off] = [
      await looksOf(page, '.cell[data-state="on"]'),
      await looksOf(page, '.cell[data-state="off"]'),
    ];
    expect(on.borderStyle).toBe("solid");
    expect(off.borderStyle).toBe("dashed");
    const hatched = await looksOf(page, '.cell[data-state="on"][data-direction="against"]');
    expect(hatched.backgroundImage).toContain("gradient");
    const pressed = await looksOf(page, 'button[aria-pressed="true"]');
    const unpressed = await looksOf(page, '.choices button[aria-pressed="false"]');
    expect(pressed.backgroundColor).not.toBe(unpressed.backgroundColor);
    const lights = [
      await looksOf(page, '.row-header[data-state="on"] .light'),
      await looksOf(page, '.row-header[data-state="partly"] .light'),
    ];
    expect(lights[0]).not.toEqual(lights[1]);
    await player.locator(".cell").nth(1).focus();
    await page.keyboard.press("ArrowRight");
    expect((await looksOf(page, ".cell:focus-visible")).outlineStyle).not.toBe("none");
    const widths = await player
      .locator(".cell[data-step]")
      .evaluateAll(
        (cells) => new Set(cells.map((cell) => getComputedStyle(cell).borderWidth)).size,
      );
    expect(widths, "widths of edges").toBeGreaterThan(2);
    await page.emulateMedia({ forcedColors: "none" });
  });

  it("moves only if readers allow motion", async () => {
    await page.emulateMedia({ reducedMotion: "no-preference" });
    expect((await movingElements(page)).length).toBeGreaterThan(0);
    await page.emulateMedia({ reducedMotion: "reduce" });
    expect(await movingElements(page)).toEqual([]);
  });

  it("cuts off no text that is larger or set wider", async () => {
    for (const width of [640, 360]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await clippedText(page), `${width} px`).toEqual([]);
    }
    await spaceText(page);
    expect(await clippedText(page), "spaced").toEqual([]);
    expect(await horizontalOverflow(page)).toEqual([]);
  });

  it("shows no fault on the way", () => {
    expect(watched.faults).toEqual([]);
  });
}
