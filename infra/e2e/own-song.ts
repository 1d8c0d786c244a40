import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { encodePcmWave } from "../../edge/player/sound/pcm-wave.ts";
import { expectNoBarriers } from "./barriers.ts";
import { openPage, type WatchedPage } from "./browser.ts";
import type { Demo } from "./demo.ts";
import { type ForeignSite, startForeignSite } from "./foreign-site.ts";
import { listenTo, loudnessNow } from "./listen.ts";

const SAMPLE_RATE = 22_050;
const SECONDS = 8;
const AUDIBLE_RMS = 1e-3;
const TIMEOUT_MS = 60_000;
/** Slow enough that progress is seen, bytes a second. */
const UPLOAD_RATE = 150_000;

/** A chord over a beat that no other test uses. */
function generatedSong(): Buffer {
  const samples = Float32Array.from({ length: SECONDS * SAMPLE_RATE }, (_, i) => {
    const time = i / SAMPLE_RATE;
    const chord = [220, 277.18, 329.63].reduce(
      (sum, frequency) => sum + Math.sin(2 * Math.PI * frequency * time),
      0,
    );
    const beat = Math.sin(2 * Math.PI * 60 * time) * Math.exp(-12 * (time % 0.5));
    return chord / 8 + beat / 3;
  });
  return Buffer.from(encodePcmWave([samples], SAMPLE_RATE, { INAM: "generated" }));
}

/** A visitor's own song: uploaded, explained, played, embedded, deleted. */
export function testOwnSong(demo: Demo): void {
  let watched: WatchedPage;
  let page: Page;
  let elsewhere: WatchedPage;
  let site: ForeignSite;
  let frameAddress: string;
  const sites: Record<string, string> = {};

  const open = async (origin: string) => {
    const opened = await openPage(demo.browser, origin, { width: 1000, colorScheme: "light" });
    await listenTo(opened.page);
    return opened;
  };
  const player = () => page.locator("lemons-player");

  beforeAll(async () => {
    watched = await open(demo.stack.origin);
    page = watched.page;
    site = await startForeignSite(sites);
    elsewhere = await open(site.origin);
  });
  afterAll(async () => {
    await watched?.close();
    await elsewhere?.close();
    site?.close();
  });

  it("is refused with a reason if it isn't audio, before anything is sent", async () => {
    await page.goto("/song");
    await page.getByRole("button", { name: "Upload and explain" }).click();
    await page.getByRole("alert").getByText("Choose a song first").waitFor();
    const text = { name: "notes.mp3", mimeType: "audio/mpeg", buffer: Buffer.from("no song") };
    await page.locator("#song-file").setInputFiles(text);
    await page.getByRole("button", { name: "Upload and explain" }).click();
    await page.getByRole("alert").getByText("Unsupported file").waitFor();
  });

  it("is uploaded with progress in bytes, by keyboard, and can be cancelled", async () => {
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    const throttle = (uploadThroughput: number) =>
      session.send("Network.emulateNetworkConditions", {
        ...{ offline: false, latency: 0, downloadThroughput: -1, uploadThroughput },
      });
    await page.locator("#song-file").setInputFiles({
      ...{ name: "my song.wav", mimeType: "audio/wav", buffer: generatedSong() },
    });
    expect(await page.getByLabel("Title").inputValue()).toBe("my song");
    await page.getByRole("radio", { name: /^Ilse/ }).focus();
    await page.keyboard.press("ArrowRight");
    await throttle(UPLOAD_RATE);
    await page.getByRole("button", { name: "Upload and explain" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText(/^Uploading: 0\.[1-9] of 0\.4 MB$/).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Cancelled").waitFor();
    await throttle(-1);
    await page.getByRole("button", { name: "Upload and explain" }).click();
    await page.waitForURL(/\/song\/own-[0-9a-f]{40}\/bram$/);
    await session.detach();
  });

  it("is explained with live progress, without another click", async () => {
    const seen = new Set<string>();
    const summary = page.locator(".summary");
    const deadline = Date.now() + TIMEOUT_MS;
    while ((await summary.count()) === 0 && Date.now() < deadline) {
      for (const status of await page.locator("main [role=status]").allTextContents()) {
        seen.add(status.trim());
      }
      await page.waitForTimeout(30);
    }
    expect(await summary.count()).toBe(1);
    expect([...seen].join(" | ")).toMatch(/Scoring the track/);
    await player().locator(".play").waitFor();
    await expectNoBarriers(page);
  }, 120_000);

  it("plays, and is still there after a reload, but not for another visitor", async () => {
    await page.reload();
    await player().getByRole("button", { name: "Play", exact: true }).click();
    const loudness = () => loudnessNow(page);
    await expect.poll(loudness, { timeout: TIMEOUT_MS }).toBeGreaterThan(AUDIBLE_RMS);
    await player().getByRole("button", { name: "Pause", exact: true }).click();
    const stranger = await open(demo.stack.origin);
    const response = await stranger.page.goto(page.url());
    expect(response?.status()).toBe(404);
    await stranger.page.getByRole("heading", { name: "Song not found" }).waitFor();
    await stranger.close();
  }, 120_000);

  it("is shown elsewhere by a signed link, which the dialog makes", async () => {
    await page.getByRole("button", { name: "Share" }).click();
    const dialog = page.getByRole("dialog", { name: "Share or embed" });
    await dialog.getByText(/^Expires /).waitFor();
    const code = await dialog.locator("textarea[data-kind=iframe]").inputValue();
    frameAddress = /src="([^"]+)"/.exec(code)![1]!.replaceAll("&amp;", "&");
    expect(frameAddress).toMatch(/\/embed\/[0-9a-f-]+\?expires=\d+&signature=/);
    await expectNoBarriers(page);
    await page.keyboard.press("Escape");

    sites["/"] = `<main><h1>Elsewhere</h1>${code}</main>`;
    await elsewhere.page.goto("/");
    const embedded = elsewhere.page.frameLocator("iframe").locator("lemons-player");
    await embedded.getByRole("button", { name: "Play", exact: true }).click();
    const frame = elsewhere.page.frames().find((each) => each.url() === frameAddress)!;
    const loudness = () => loudnessNow(frame);
    await expect.poll(loudness, { timeout: TIMEOUT_MS }).toBeGreaterThan(AUDIBLE_RMS);
    await embedded.locator(".cell").first().click();
    await embedded
      .locator(".gauge[data-known=yes] .difference")
      .getByText("the whole track")
      .waitFor();
    const unsigned = await elsewhere.page.request.get(frameAddress.split("?")[0]!);
    expect(unsigned.status()).toBe(401);
  }, 120_000);

  it("is deleted with everything, and its links with it", async () => {
    const address = page.url();
    await page.getByRole("button", { name: /^Delete this song\s“my song”$/ }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("heading", { name: "Song deleted" }).waitFor();
    await page.getByText(/its explanations \([1-9]\) and its response tables \([1-9]\)/).waitFor();
    expect(new URL(page.url()).pathname).toBe("/song");
    expect((await page.request.get(address)).status()).toBe(404);
    await elsewhere.page.reload();
    await elsewhere.page
      .frameLocator("iframe")
      .getByRole("heading", { name: "This is no longer available" })
      .waitFor();
  });

  it("shows no fault on the way", () => {
    expect(watched.faults).toEqual([]);
    const isExpected = (fault: string) =>
      fault.startsWith(`request to another host: ${demo.stack.origin}`) ||
      (fault.includes("404") && fault.includes("/embed/"));
    expect(elsewhere.faults.filter((fault) => !isExpected(fault))).toEqual([]);
  });
}
