import { openPage, type WatchedPage } from "./browser.ts";
import type { Demo } from "./demo.ts";

/** The gallery's player in its usual state. */
export const USUAL = 'lemons-player[data-example="usual"]';

/** Long enough to synthesize music in a browser on a busy machine. */
export const READY_TIMEOUT_MS = 30_000;

/** Opens the gallery and waits until its usual player is ready. */
export async function openGallery(demo: Demo): Promise<WatchedPage> {
  const watched = await openPage(demo.browser, demo.stack.origin, {
    width: 1280,
    colorScheme: "light",
  });
  await watched.page.goto("/gallery");
  await watched.page.locator(`${USUAL} .play`).first().waitFor({ timeout: READY_TIMEOUT_MS });
  return watched;
}
