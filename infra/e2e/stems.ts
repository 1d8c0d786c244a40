import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { Page } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import type { LemonsPlayer } from "../../edge/player/component/lemons-player.ts";
import { openPage, type WatchedPage } from "./browser.ts";
import type { Demo } from "./demo.ts";
import { explained } from "./explained.ts";
import { gateErrorOf } from "./gate-error.ts";
import { listenTo, loudnessNow } from "./listen.ts";

const TRACK = "megaglest-medieval";
const PLAYER = "lemons-player";
/** For 16-bit samples, and float sums in another order. */
const SAMPLE_TOLERANCE = 2e-3;
/** Anything quieter is inaudible. */
const AUDIBLE_RMS = 1e-3;
/** Energy that two lossy encodings add to the difference between a track and its sources' sum. */
const MAX_MIX_ERROR = 0.1;

type Player = HTMLElement & Pick<LemonsPlayer, "pause" | "paused" | "play" | "selection">;

/** Energy of track minus sum of stems, as a share of the track's, with the stems moved by some samples. */
function mixError(page: Page, explanation: PublishedExplanation, shift: number): Promise<number> {
  const { id, track, audio, separation } = explanation;
  return page.evaluate(
    async ({ stems, mix, startSeconds, by }) => {
      const samplesOf = async (path: string) => {
        const bytes = await (await fetch(path)).arrayBuffer();
        const audio = await new OfflineAudioContext(1, 1, 44_100).decodeAudioData(bytes);
        return audio.getChannelData(0);
      };
      const whole = (await samplesOf(mix)).subarray(Math.round(startSeconds * 44_100));
      const parts = await Promise.all(stems.map(samplesOf));
      let difference = 0;
      let energy = 0;
      for (let i = by; i < Math.min(whole.length, parts[0]!.length) - by; i++) {
        const sum = parts.reduce((total, part) => total + part[i + by]!, 0);
        difference += (whole[i]! - sum) ** 2;
        energy += whole[i]! ** 2;
      }
      return difference / energy;
    },
    {
      stems: separation.sources.map((source) => `/v1/explanations/${id}/stems/${source}`),
      mix: `/v1/tracks/${track}/audio`,
      startSeconds: audio.snippet.startSeconds,
      by: shift,
    },
  );
}

/** A real track's sources, rendered by the service and played by the player. */
export function testStems(demo: Demo): void {
  let watched: WatchedPage;
  let page: Page;
  let explanation: PublishedExplanation;

  /** Sources are rendered on the first request; 503 asks to retry. */
  async function untilRendered(source: string): Promise<void> {
    const address = `${demo.stack.origin}/v1/explanations/${explanation.id}/stems/${source}`;
    await expect.poll(async () => (await fetch(address)).status, { timeout: 120_000 }).toBe(200);
  }

  const select = (selection: string) =>
    page.locator(PLAYER).evaluate((element, text) => {
      (element as Player).selection = text;
    }, selection);

  afterAll(() => watched?.close());

  it("are those of an explanation", async () => {
    explanation = await explained(demo.stack.origin, {
      listener: "ilse",
      track: TRACK,
      type: "time+source",
    });
    await Promise.all(explanation.separation.sources.map(untilRendered));
    watched = await openPage(demo.browser, demo.stack.origin, {
      width: 1280,
      colorScheme: "light",
    });
    page = watched.page;
    await listenTo(page);
    await page.goto(`/e/${explanation.id}`);
    await page.locator(`${PLAYER} .play`).waitFor();
  }, 180_000);

  it("open and close their gates as selected, to the sample", async () => {
    for (const selection of ["1f.1f.1f.1f.1f", "1.2.4.8.10", "4.4.0.4.4", "1b.0.1f.15.a"]) {
      const { error, loudest } = await gateErrorOf(page, PLAYER, selection);
      expect(error, selection).toBeLessThan(SAMPLE_TOLERANCE);
      expect(loudest, selection).toBeGreaterThan(0.05);
    }
    expect((await gateErrorOf(page, PLAYER, "0.0.0.0.0")).loudest).toBe(0);
  });

  it("add up to the track, aligned with it", async () => {
    const error = await mixError(page, explanation, 0);
    expect(error).toBeLessThan(MAX_MIX_ERROR);
    expect(await mixError(page, explanation, 40)).toBeGreaterThan(2 * error);
  });

  it("go to the speakers: none of them, then all, without a pause", async () => {
    await select("1f.1f.1f.1f.1f");
    await page.locator(PLAYER).getByRole("button", { name: "Play", exact: true }).click();
    const loudness = () => loudnessNow(page);
    await expect.poll(loudness, { timeout: 20_000 }).toBeGreaterThan(AUDIBLE_RMS);
    await select("0.0.0.0.0");
    await expect.poll(loudness).toBe(0);
    await select("1f.1f.1f.1f.1f");
    await expect.poll(loudness).toBeGreaterThan(AUDIBLE_RMS);
    const isPaused = () => page.locator(PLAYER).evaluate((element) => (element as Player).paused);
    expect(await isPaused()).toBe(false);
    await page.locator(PLAYER).getByRole("button", { name: "Pause", exact: true }).click();
    await expect.poll(loudness).toBe(0);
  });

  it("shows no fault on the way", () => {
    expect(watched.faults).toEqual([]);
  });
}
