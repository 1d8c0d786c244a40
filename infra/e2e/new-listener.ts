import { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { FittedHead } from "@lemons/shared/contract/model";
import { RecommendationPage } from "@lemons/shared/contract/recommendation";
import { TrackPage } from "@lemons/shared/contract/track";
import { expect, it, vi } from "vitest";
import { makeAdminKey } from "./admin-key.ts";
import type { Demo } from "./demo.ts";
import { EXPLAINED_TRACK } from "./failure.ts";

/** Tracks listened to, and some to recommend. */
const FEATURES_NEEDED = 8;

/** Five chosen tracks become a listener with recommendations and reasons, while the worker is dead. */
export function testNewListener(demo: Demo): void {
  it("needs no gpu-worker: model, recommendations and explanation come from the stores", async () => {
    const key = await makeAdminKey(demo.persistTo);
    const ask = async (path: string, body?: object): Promise<unknown> => {
      const response = await fetch(`${demo.stack.origin}${path}`, {
        headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
        ...(body ? { method: "POST", body: JSON.stringify(body) } : {}),
      });
      expect([path, response.ok && response.status !== 202]).toEqual([path, true]);
      return response.json();
    };
    // Features are computed in the order of the tracks' ids.
    await vi.waitFor(
      async () => {
        const { scoring } = RecommendationPage.parse(
          await ask("/v1/listeners/ilse/recommendations?limit=1"),
        );
        expect(scoring.scored).toBeGreaterThanOrEqual(FEATURES_NEEDED);
      },
      { timeout: 90_000, interval: 500 },
    );
    await demo.stack.worker().kill();
    try {
      const { tracks } = TrackPage.parse(await ask("/v1/tracks?limit=5"));
      const listens = tracks.map(({ id }) => ({ track: id }));
      const guest = { id: "guest", name: "Guest", taste: "The first five tracks.", listens };
      await ask("/v1/listeners", guest);
      const { model, listened } = FittedHead.parse(await ask("/v1/listeners/guest/head", {}));
      expect(listened).toBe(5);

      const page = RecommendationPage.parse(await ask("/v1/listeners/guest/recommendations"));
      expect(page.model).toEqual(model);
      expect(page.recommendations.length).toBeGreaterThan(2);
      const heard = new Set(tracks.map(({ id }) => id));
      for (const { track } of page.recommendations) expect(heard).not.toContain(track.id);

      // An earlier test's explanation has left the track's response table behind.
      const question = { listener: "guest", track: EXPLAINED_TRACK, type: "source" };
      const explanation = PublishedExplanation.parse(await ask("/v1/explanations", question));
      expect(explanation.model).toEqual({ id: model.id, version: model.version });
      const known = page.recommendations.find(({ track }) => track.id === EXPLAINED_TRACK);
      if (known) expect(explanation.relevance).toBeCloseTo(known.relevance, 3);
    } finally {
      await demo.stack.restartWorker();
    }
  }, 180_000);
}
