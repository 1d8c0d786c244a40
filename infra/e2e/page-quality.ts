import { AxeBuilder } from "@axe-core/playwright";
import { expect, it } from "vitest";
import { openPage } from "./browser.ts";
import type { Demo } from "./demo.ts";
import { explained } from "./explained.ts";

const TRACK = "/listeners/ilse/tracks/gt04-reggae-one-drop";

const PAGES: { name: string; path: string; status: number }[] = [
  { name: "listeners", path: "/", status: 200 },
  { name: "a listener", path: "/listeners/ilse", status: 200 },
  { name: "a track that is not explained yet", path: `${TRACK}?type=time`, status: 200 },
  { name: "a track with its explanation", path: `${TRACK}?type=source`, status: 200 },
  {
    name: "two listeners compared",
    path: "/tracks/gt04-reggae-one-drop/compare?a=ilse&b=bram",
    status: 200,
  },
  { name: "uploading a song of one's own", path: "/song", status: 200 },
  { name: "a song that is not the visitor's", path: "/song/own-1/ilse", status: 404 },
  { name: "the method", path: "/how-it-works", status: 200 },
  { name: "the page for administrators", path: "/admin", status: 200 },
  { name: "an unknown listener", path: "/listeners/nobody", status: 404 },
  { name: "an unknown page", path: "/nothing/here", status: 404 },
  { name: "a question that makes no sense", path: `${TRACK}?type=colour`, status: 400 },
];

/** The answer itself is reported as an error to the console where its status is one. */
const isExpected = (fault: string, path: string) =>
  fault.includes("Failed to load resource") && fault.includes(path);

/** What holds for each page in each look. */
export function testPageQuality(demo: Demo): void {
  it("has an explanation to look at", async () => {
    const question = { listener: "ilse", track: "gt04-reggae-one-drop", type: "source" } as const;
    const { type } = await explained(demo.stack.origin, question);
    expect(type).toBe("source");
  }, 180_000);

  for (const { name, path, status } of PAGES) {
    it(`is sound: ${name}`, async () => {
      for (const colorScheme of ["light", "dark"] as const) {
        const { page, faults, close } = await openPage(demo.browser, demo.stack.origin, {
          width: 360,
          colorScheme,
        });
        const response = await page.goto(path);
        expect(response?.status()).toBe(status);
        expect(response?.headers()["content-type"]).toMatch(/^text\/html/);
        await page.waitForLoadState("networkidle");
        expect(
          await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
          "horizontal scroll at 360 px",
        ).toBeLessThanOrEqual(0);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(
          violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
          colorScheme,
        ).toEqual([]);
        expect(faults.filter((fault) => status === 200 || !isExpected(fault, path))).toEqual([]);
        await close();
      }
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
