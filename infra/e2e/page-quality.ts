import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { expectNoBarriers } from "./barriers.ts";
import { openPage } from "./browser.ts";
import type { Demo } from "./demo.ts";
import { explained } from "./explained.ts";
import {
  type Download,
  horizontalOverflow,
  measurePage,
  spaceText,
  watchDownloads,
  watchPaints,
} from "./page-measures.ts";

const TRACK = "gt04-reggae-one-drop";
const TRACK_PATH = `/listeners/ilse/tracks/${TRACK}`;
const MAX_SHIFT = 0.02;
/** Over the wire, compressed: half as much again as there is, so that growth is noticed. */
const MAX_BYTES: Readonly<Record<string, number>> = {
  Document: 8 * 1024,
  Stylesheet: 7 * 1024,
  Script: 72 * 1024,
};
const MAX_DOWNLOADS = 16;

interface QualityPage {
  name: string;
  path(explanation: string): string;
  status: number;
  /** True if it works without scripts. */
  isScriptless?: boolean;
  /** True if a script draws the largest element; otherwise the server sends it. */
  isDrawnByScript?: boolean;
  /** True if the player's own tests check its accessibility. */
  isCheckedElsewhere?: boolean;
}

const PAGES: readonly QualityPage[] = [
  { name: "listeners", path: () => "/", status: 200, isScriptless: true },
  { name: "a listener and recommendations", path: () => "/listeners/ilse", status: 200 },
  { name: "a track not explained yet", path: () => `${TRACK_PATH}?type=time`, status: 200 },
  { name: "a track explained", path: () => `${TRACK_PATH}?type=source`, status: 200 },
  {
    name: "two listeners compared",
    path: () => `/tracks/${TRACK}/compare?a=ilse&b=bram`,
    status: 200,
  },
  { name: "uploading a song of one's own", path: () => "/song", status: 200 },
  { name: "a song that is not the visitor's", path: () => "/song/own-1/ilse", status: 404 },
  { name: "the method", path: () => "/how-it-works", status: 200, isScriptless: true },
  { name: "a page to pass on", path: (id) => `/e/${id}`, status: 200 },
  {
    name: "a player in a frame",
    path: (id) => `/embed/${id}`,
    status: 200,
    isDrawnByScript: true,
  },
  { name: "the gallery", path: () => "/gallery", status: 200, isCheckedElsewhere: true },
  { name: "the page for administrators", path: () => "/admin", status: 200, isDrawnByScript: true },
  { name: "an unknown listener", path: () => "/listeners/unknown", status: 404 },
  { name: "an unknown page", path: () => "/nothing/here", status: 404 },
  {
    name: "a question that makes no sense",
    path: () => `${TRACK_PATH}?type=colour`,
    status: 400,
  },
];

/** The answer itself is reported as an error to the console where its status is one. */
const isExpected = (fault: string, path: string) =>
  fault.includes("Failed to load resource") && fault.includes(path);

/** Files with a hash in their name are never requested again; others are revalidated. */
function cachingFaults(downloads: readonly Download[]): string[] {
  const files = downloads.filter(({ kind }) => ["Script", "Stylesheet", "Font"].includes(kind));
  return files
    .filter(({ url, headers }) => {
      const isHashed = /\/player\/[^/]+-[\w-]{8}\.\w+$/.test(url);
      return isHashed
        ? !/max-age=31536000.*immutable/.test(headers["cache-control"] ?? "")
        : headers.etag === undefined;
    })
    .map(({ url, headers }) => `${url}: ${headers["cache-control"]}`);
}

function bytesOf(downloads: readonly Download[], kind: string): number {
  return downloads
    .filter((download) => download.kind === kind)
    .reduce((sum, { bytes }) => sum + bytes, 0);
}

async function expectNoOverflow(page: Page, width: number, label = `${width} px`): Promise<void> {
  await page.setViewportSize({ width, height: 800 });
  expect(await horizontalOverflow(page), `sticks out at ${label}`).toEqual([]);
}

/** Rules for each page, loaded cold on a narrow screen. */
export function testPageQuality(demo: Demo): void {
  let explanation = "";

  it("has an explanation to look at", async () => {
    const question = { listener: "ilse", track: TRACK, type: "source" } as const;
    ({ id: explanation } = await explained(demo.stack.origin, question));
  }, 180_000);

  for (const each of PAGES) {
    const { name, path: pathOf, status, isScriptless, isDrawnByScript, isCheckedElsewhere } = each;
    it(`is sound: ${name}`, async () => {
      const path = pathOf(explanation);
      const { page, faults, close } = await openPage(demo.browser, demo.stack.origin, {
        width: 360,
        colorScheme: "light",
      });
      await watchPaints(page);
      const downloads = await watchDownloads(page);
      const response = await page.goto(path);
      const headers = response?.headers() ?? {};
      const source = (await response?.text()) ?? "";
      expect(response?.status()).toBe(status);
      expect(headers["content-type"]).toMatch(/^text\/html/);
      expect(headers["content-security-policy"]).toMatch(/default-src 'none'/);
      await page.waitForLoadState("networkidle");

      const measures = await measurePage(page);
      expect(measures.shifts).toBeLessThan(MAX_SHIFT);
      expect(measures.language).toBe("en");
      expect(measures.title).toMatch(/\S/);
      expect(measures.description).toMatch(/\S/);
      expect(measures.headings.filter((level) => level === 1)).toHaveLength(1);
      const skipped = measures.headings.filter((level, i, all) => level > (all[i - 1] ?? 0) + 1);
      expect(skipped, `headings ${measures.headings}`).toEqual([]);
      expect(measures.unsizedPictures).toEqual([]);
      expect(measures.smallTargets).toEqual([]);

      // What is painted largest waits for the page and one style sheet, as on the barest of pages.
      expect(measures.largest).not.toBeNull();
      expect(measures.blocking).toHaveLength(1);
      if (!isDrawnByScript) {
        const text = source.replaceAll(/<[^>]*>/g, "");
        expect(text.includes(measures.largest?.text.slice(0, 20) ?? ""), "largest").toBe(true);
      }
      expect(downloads.length).toBeLessThanOrEqual(MAX_DOWNLOADS);
      for (const [kind, most] of Object.entries(MAX_BYTES)) {
        expect(bytesOf(downloads, kind), kind).toBeLessThan(most);
      }
      if (isScriptless) expect(bytesOf(downloads, "Script")).toBe(0);
      expect(cachingFaults(downloads)).toEqual([]);
      const failed = downloads.filter((download) => download.status >= 400);
      expect(failed.map(({ url }) => new URL(url).pathname)).toEqual(
        status === 200 ? [] : [path.split("?")[0]],
      );

      if (!isCheckedElsewhere) await expectNoBarriers(page);
      await expectNoOverflow(page, 360);
      await expectNoOverflow(page, 320);
      await expectNoOverflow(page, 640, "1280 px, twice as large");
      await spaceText(page);
      await expectNoOverflow(page, 360, "360 px with spaced text");
      expect(faults.filter((fault) => status === 200 || !isExpected(fault, path))).toEqual([]);
      await close();
    });
  }

  it("serves the API reference from here alone", async () => {
    const { page, faults, close } = await openPage(demo.browser, demo.stack.origin, {
      width: 1280,
      colorScheme: "light",
    });
    await page.goto("/docs");
    await page.getByText("/v1/explanations", { exact: true }).first().waitFor();
    expect(faults).toEqual([]);
    await close();
  });
}
