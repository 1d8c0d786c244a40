import { openPage, type WatchedPage } from "./browser.ts";
import type { Demo } from "./demo.ts";

/** The gallery's player in no state out of the ordinary. */
export const USUAL = 'lemons-player[data-example="usual"]';

/** Long enough for music made up in a browser whose machine does other work. */
export const READY_TIMEOUT_MS = 30_000;

/** Opens the gallery, its usual player ready to play. */
export async function openGallery(demo: Demo): Promise<WatchedPage> {
  const watched = await openPage(demo.browser, demo.stack.origin, {
    width: 1280,
    colorScheme: "light",
  });
  await watched.page.goto("/gallery");
  await watched.page.locator(`${USUAL} .play`).first().waitFor({ timeout: READY_TIMEOUT_MS });
  return watched;
}
