import { expect, it } from "vitest";
import { openPage } from "./browser.ts";
import type { Demo } from "./demo.ts";

/** How long jobs of this stack wait for a gpu-worker that is away; elsewhere it is five minutes. */
export const GPU_START_SECONDS = 20;
/** The back-off adds up to a minute. */
const GIVE_UP_TIMEOUT_MS = 120_000;
const EXPLANATION_TIMEOUT_MS = 120_000;
/** Its response table, for the type `source`, is left behind for later tests. */
export const EXPLAINED_TRACK = "gt09-metal-double-kick";

/** The worker dies, the page shows the reason, and the same button retries. */
export function testFailure(demo: Demo): void {
  it("shows the reason, and the explanation once the worker is back", async () => {
    const { page, faults, close } = await openPage(demo.browser, demo.stack.origin, {
      width: 1280,
      colorScheme: "light",
    });
    await page.goto(`/listeners/bram/tracks/${EXPLAINED_TRACK}?type=source`);
    await demo.stack.worker().kill();
    await page.getByRole("button", { name: "Explain" }).click();
    const failure = page.locator("lemons-explanation .failure");
    await failure.waitFor({ timeout: GIVE_UP_TIMEOUT_MS });
    expect(await failure.locator("[role=alert]").textContent()).toMatch(/gpu-worker/);
    expect(await page.locator(".summary").count()).toBe(0);

    await demo.stack.restartWorker();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator(".summary").waitFor({ timeout: EXPLANATION_TIMEOUT_MS });
    expect(faults).toEqual([]);
    await close();
  }, 240_000);
}
