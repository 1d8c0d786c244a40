import { env } from "cloudflare:workers";
import { ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import { RecommendationPage } from "@lemons/shared/contract/recommendation";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { activeModel } from "../../catalogue/models.ts";
import { storeScores } from "../../catalogue/scores.ts";
import { findTrackFiles } from "../../catalogue/tracks.ts";
import { FOLDER, seed, wholeModel } from "../../test/catalogue.ts";
import { standInForGpuWorker } from "../../test/gpu-worker-stand-in.ts";
import { allPages, problemOf, request } from "../../test/request.ts";
import { resetStorage } from "../../test/storage.ts";

async function score(listener: string, relevances: Record<string, number>): Promise<void> {
  const { model } = (await activeModel(env.DB, ListenerId.parse(listener)))!;
  const { encoderVersion } = model;
  for (const [track, relevance] of Object.entries(relevances)) {
    const { soundSha256 } = (await findTrackFiles(env.DB, TrackId.parse(track), null))!;
    const scores = [{ model, relevance, logit: Math.log(relevance / (1 - relevance)) }];
    await storeScores(env.DB, encoderVersion, {
      track: TrackId.parse(track),
      soundSha256,
      peaks: [0.5],
      scores,
    });
  }
}

async function page(query: string, listener = "zoe") {
  const response = await request(`/v1/listeners/${listener}/recommendations${query}`);
  return {
    cacheControl: response.headers.get("Cache-Control"),
    ...RecommendationPage.parse(await response.json()),
  };
}

beforeEach(async () => {
  await resetStorage();
  await seed({ ...FOLDER, models: [wholeModel("zoe", "7"), wholeModel("abel", "8")] });
  await score("zoe", { alpha: 0.9, bravo: 0.1, charlie: 0.5, delta: 0.8, stemmed: 0.5 });
});
afterEach(() => vi.unstubAllGlobals());

describe("GET /v1/listeners/{listener}/recommendations", () => {
  it("ranks unplayed tracks by relevance, ties by id", async () => {
    const { recommendations, scoring, nextCursor, cacheControl, model } = await page("");
    expect(
      recommendations.map(({ rank, track, relevance }) => [rank, track.id, relevance]),
    ).toEqual([
      [1, "delta", 0.8],
      [2, "charlie", 0.5],
      [3, "stemmed", 0.5],
    ]);
    expect(scoring).toEqual({ scored: 5, total: 5, failed: 0, reason: null });
    expect({ nextCursor, cacheControl }).toEqual({ nextCursor: null, cacheControl: "no-cache" });
    expect(model.id).toBe("model-zoe");
  });

  it("pages through ties without gap or repetition, with continuous ranks", async () => {
    const pages = await allPages((cursor) =>
      page(`?limit=1${cursor === null ? "" : `&cursor=${cursor}`}`),
    );
    const seen = pages.flatMap(({ recommendations }) => recommendations);
    expect(seen.map(({ rank, track }) => [rank, track.id])).toEqual([
      [1, "delta"],
      [2, "charlie"],
      [3, "stemmed"],
    ]);
  });

  it("returns the existing scores while the worker is unavailable, with the reason", async () => {
    standInForGpuWorker({});
    await score("abel", { alpha: 0.3 });
    await vi.waitFor(async () => {
      const { recommendations, scoring, cacheControl } = await page("", "abel");
      expect(recommendations.map((r) => r.track.id)).toEqual(["alpha"]);
      expect(scoring).toMatchObject({ scored: 1, total: 5, failed: 0 });
      expect(scoring.reason).toMatch(/away/);
      expect(cacheControl).toBe("no-store");
    });
  });

  it("drops the score of a track whose audio has changed", async () => {
    await env.DB.prepare("UPDATE tracks SET sound_sha256 = ? WHERE id = 'delta'")
      .bind("0".repeat(64))
      .run();
    standInForGpuWorker({});
    const { recommendations, scoring } = await page("");
    expect(recommendations.map((r) => r.track.id)).toEqual(["charlie", "stemmed"]);
    expect(scoring).toMatchObject({ scored: 4, total: 5 });
  });

  it.each([
    ["/v1/listeners/zoe/recommendations?limit=101", ["limit"]],
    ["/v1/listeners/zoe/recommendations?cursor=WzEsMl0", ["cursor"]],
    ["/v1/listeners/zoe/recommendations?top=3", ["top"]],
    ["/v1/listeners/_/recommendations", ["listener"]],
  ])("names the invalid field of %s", async (path, fields) => {
    expect(await problemOf(await request(path))).toMatchObject({ status: 400, fields });
  });
});
