import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { freePort } from "../stack/port.ts";
import { startStack } from "../stack/stack.ts";
import { testAdmin } from "./admin.ts";
import { launchBrowser } from "./browser.ts";
import type { Demo } from "./demo.ts";
import { testEmbedding } from "./embedding.ts";
import { GPU_START_SECONDS, testFailure } from "./failure.ts";
import { testJourney } from "./journey.ts";
import { testNewListener } from "./new-listener.ts";
import { testOwnSong } from "./own-song.ts";
import { testPageQuality } from "./page-quality.ts";
import { testPlayer } from "./player.ts";
import { testPlayerJs } from "./player-js.ts";
import { testPreferences } from "./preferences.ts";
import { testStems } from "./stems.ts";
import { testTouch } from "./touch.ts";
import { testWhatIf } from "./what-if.ts";

// Later scenarios use what the journey leaves behind, so they keep their order however other tests are
// shuffled.
describe("the demo on the real local stack", { shuffle: false }, () => {
  let folder: string;
  const demo = {} as Demo;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "lemons-e2e-"));
    demo.browser = await launchBrowser();
    demo.persistTo = path.join(folder, "state");
    demo.stack = await startStack({
      edgePort: await freePort(),
      workerPort: await freePort(),
      persistTo: demo.persistTo,
      logDirectory: path.join(folder, "logs"),
      variables: { GPU_START_SECONDS: String(GPU_START_SECONDS) },
      onStep: () => {},
    });
  });

  afterAll(async () => {
    await demo.browser?.close();
    await demo.stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  describe("from choosing a listener to playing audio", () => testJourney(demo));
  describe("the player", () => testPlayer(demo));
  describe("what-if answers in the page", () => testWhatIf(demo));
  describe("the stems of a track", () => testStems(demo));
  describe("players in other pages", () => testEmbedding(demo));
  describe("a frame driven by player.js", () => testPlayerJs(demo));
  describe("touch", () => testTouch(demo));
  describe("readers' preferences", () => testPreferences(demo));
  describe("a visitor's own song", () => testOwnSong(demo));
  describe("every page", () => testPageQuality(demo));
  describe("the administrators' page", () => testAdmin(demo));
  describe("a worker that goes away", () => testFailure(demo));
  describe("a listener made of five tracks", () => testNewListener(demo));
});
