import { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { RecommendationPage } from "@lemons/shared/contract/recommendation";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openPage, type WatchedPage } from "./browser.ts";
import type { Demo } from "./demo.ts";

const EXPLANATION_TIMEOUT_MS = 120_000;
/** Anything quieter is inaudible. */
const AUDIBLE_RMS = 1e-3;

/** Root mean square of an audio as the browser decodes it. */
function rmsOf(page: Page, url: string): Promise<number> {
  return page.evaluate(async (address) => {
    const response = await fetch(address);
    const context = new OfflineAudioContext(1, 1, 44_100);
    const audio = await context.decodeAudioData(await response.arrayBuffer());
    const samples = audio.getChannelData(0);
    return Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
  }, url);
}

async function getJson(page: Page, url: string): Promise<unknown> {
  const response = await page.request.get(url);
  expect(response.status(), url).toBe(200);
  return response.json();
}

/** Numbers as the page writes them, with true minus signs. */
const asWeight = (weight: number) => {
  const digits = Math.abs(weight).toFixed(3);
  return Number(digits) === 0 ? digits : `${weight < 0 ? "\u2212" : "+"}${digits}`;
};

/** One visitor, page after page; each test continues the one before. */
export function testJourney(demo: Demo): void {
  let watched: WatchedPage;
  let page: Page;
  let explanation: PublishedExplanation;

  beforeAll(async () => {
    watched = await openPage(demo.browser, demo.stack.origin, {
      width: 1280,
      colorScheme: "light",
    });
    page = watched.page;
  });
  afterAll(() => watched.close());

  it("offers seven listeners", async () => {
    await page.goto("/");
    expect(await page.locator(".card:not(.own-song)").count()).toBe(7);
    await page.getByRole("link", { name: "Ilse" }).click();
    await page.getByRole("heading", { level: 1, name: "Ilse" }).waitFor();
  });

  it("fills the ranking in place while tracks are being scored", async () => {
    const rows = page.locator("#recommendations tbody tr");
    await rows.nth(2).waitFor({ timeout: 60_000 });
    const scoring = page.locator("lemons-scoring .count");
    if ((await scoring.count()) > 0) {
      const before = await scoring.textContent();
      await page.waitForFunction(
        (text) => document.querySelector("lemons-scoring .count")?.textContent !== text,
        before,
        { timeout: 30_000 },
      );
    }
    const first = await rows.first().locator("a").first().textContent();
    const { recommendations } = RecommendationPage.parse(
      await getJson(page, "/v1/listeners/ilse/recommendations"),
    );
    expect(recommendations.map(({ track }) => track.title)).toContain(first);
  });

  it("shows a recommended track with its licence, waveform and relevance", async () => {
    const row = page.locator("#recommendations tbody tr").first();
    const badge = (await row.locator(".relevance .value").textContent()) ?? "";
    await row.locator("th a").click();
    await page.locator("lemons-audio .wave path").first().waitFor({ state: "attached" });
    expect(await page.locator(".relevance-large .value").textContent()).toBe(badge);
    expect(await page.locator(".attribution a[rel=license]").count()).toBe(1);
    expect(await page.locator("lemons-audio .wave path").first().getAttribute("d")).toMatch(/^M/);
    await page.getByRole("link", { name: "By source" }).first().click();
    await page.waitForURL(/type=source/);
  });

  it("explains on request, with live progress", async () => {
    await page.getByRole("button", { name: "Explain" }).click();
    const seen = new Set<string>();
    const summary = page.locator(".summary");
    const deadline = Date.now() + EXPLANATION_TIMEOUT_MS;
    while ((await summary.count()) === 0 && Date.now() < deadline) {
      const [status] = await page.locator("lemons-explanation [role=status]").allTextContents();
      if (status !== undefined) seen.add(status);
      await page.waitForTimeout(40);
    }
    expect(await summary.count()).toBe(1);
    expect([...seen].join(" | ")).toMatch(/Scoring the track/);
    expect(await summary.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it("shows the same numbers as the API", async () => {
    const link = await page.getByRole("link", { name: /as JSON/ }).getAttribute("href");
    explanation = PublishedExplanation.parse(await getJson(page, link ?? ""));
    expect(explanation.type).toBe("source");
    expect(await page.locator(".summary").textContent()).toBe(explanation.summary);
    const player = page.locator("lemons-player");
    expect(await player.locator(".fidelity strong").textContent()).toBe(
      `${Math.round(explanation.fidelity * 100)} %`.replace("-", "\u2212"),
    );
    const cells = await player.locator(".cell .value").allTextContents();
    expect(cells.map((text) => text.trim())).toEqual(
      explanation.components.map(({ weight }) => asWeight(weight)),
    );
    const shown = await page.locator(".weights tbody tr").evaluateAll((rows) =>
      rows.map((row) => ({
        index: Number((row as HTMLElement).dataset.component),
        weight: row.querySelector(".number")?.textContent ?? "",
      })),
    );
    expect(shown).toEqual(
      explanation.ranking.map((index) => ({
        index,
        weight: asWeight(explanation.components[index]!.weight),
      })),
    );
    expect(await page.locator(".relevance-large .value").textContent()).toBe(
      `relevance ${explanation.relevance.toFixed(2)}`,
    );
  });

  it("renders highlights that are not silence", async () => {
    for (const { name, file } of explanation.highlights) {
      if (file === null) continue;
      const rms = await rmsOf(page, `/v1/explanations/${explanation.id}/audio/${name}`);
      expect(rms, name).toBeGreaterThan(AUDIBLE_RMS);
    }
  });

  it("plays the top part, and shows the score of it alone", async () => {
    const player = page.locator("lemons-player");
    await player.getByRole("button", { name: "Top part" }).click();
    await player.getByRole("button", { name: "Pause", exact: true }).waitFor();
    const currentTime = () =>
      player.evaluate((element) => (element as HTMLElement & { currentTime: number }).currentTime);
    const before = await currentTime();
    await expect.poll(currentTime, { timeout: 30_000 }).toBeGreaterThan(before + 0.3);
    await player
      .locator(".gauge[data-known=yes] .difference")
      .getByText("the whole track")
      .waitFor();
    expect(new URL(page.url()).hash).toMatch(/^#parts=/);
  });

  it("lets one audio sound at a time, and is played by keyboard", async () => {
    const track = page.locator(".track-audio lemons-audio");
    await track.locator("input").focus();
    await page.keyboard.press("k");
    await track.getByRole("button", { name: /^Pause/ }).waitFor();
    await page
      .locator("lemons-player")
      .getByRole("button", { name: "Play", exact: true })
      .waitFor();
    await page.keyboard.press("l");
    await page.keyboard.press("Space");
    await track.getByRole("button", { name: /^Play/ }).waitFor();
    expect(await track.locator("input").inputValue().then(Number)).toBeGreaterThan(4.9);
  });

  it("keeps the explanation: the same address shows it at once", async () => {
    await page.reload();
    expect(await page.locator(".summary").textContent()).toBe(explanation.summary);
    expect(await page.locator("lemons-explanation").count()).toBe(0);
  });

  it("shows no fault on the way", () => {
    // Sources are rendered when they are first asked for: 503 says that it takes a while.
    const isRendering = (fault: string) => fault.includes("503") && fault.includes("/stems/");
    expect(watched.faults.filter((fault) => !isRendering(fault))).toEqual([]);
  });
}
