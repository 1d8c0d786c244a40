import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import { RecommendationPage } from "@lemons/shared/contract/recommendation";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { logitOfHead } from "@lemons/shared/model/linear-head";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findEncoder } from "../../catalogue/encoders.ts";
import { activeModel } from "../../catalogue/models.ts";
import { scoreFailure } from "../../catalogue/scores.ts";
import { catalogueTrack, ENCODER, FOLDER, seed, splitModel } from "../../test/catalogue.ts";
import {
  FEATURES_RESULT,
  featuresLine,
  featuresOf,
  lines,
  poolWell,
  standInForGpuWorker,
} from "../../test/gpu-worker-stand-in.ts";
import { makeKey } from "../../test/keys.ts";
import { request } from "../../test/request.ts";
import { HEAD, OTHER_HEAD } from "../../test/table.ts";
import { scoreOfTrack } from "./track-scores.ts";

const line = (track: string) => featuresLine(track, featuresOf(track));
const scoring = () => env.CATALOGUE_SCORING.getByName(ENCODER);

async function run(): Promise<void> {
  await scoring().ensure(ENCODER);
  await runDurableObjectAlarm(scoring());
}

async function page(listener = "zoe") {
  const response = await request(`/v1/listeners/${listener}/recommendations`);
  return RecommendationPage.parse(await response.json());
}

const ids = ({ recommendations }: RecommendationPage) => recommendations.map((r) => r.track.id);

/** Tracks by what a head makes of their features. */
function ranked(head: typeof HEAD, tracks: string[]): string[] {
  const logit = (track: string) => logitOfHead(head, Float32Array.from(featuresOf(track)));
  return tracks.toSorted((a, b) => logit(b) - logit(a));
}

const countOf = async (table: string) =>
  (await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<{ n: number }>())!.n;

beforeEach(async () => {
  await seed();
  vi.spyOn(Math, "random").mockReturnValue(0.999);
});

afterEach(async () => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  for (const table of ["scores", "score_failures", "features"]) {
    await env.DB.exec(`DELETE FROM ${table}`);
  }
  await env.DB.exec("UPDATE models SET scored_revision = NULL, scored_at = NULL");
  for (const block of [0, 1]) await env.BUCKET.delete(`features/${ENCODER}/${block}.bin`);
});

describe("scoring the catalogue from features", () => {
  it("requests each track once for all listeners of an encoder", async () => {
    const calls = standInForGpuWorker({ features: poolWell });
    await run();
    expect(calls.features).toHaveLength(1);
    expect(calls.score).toHaveLength(0);
    const [asked] = calls.features;
    expect((await findEncoder(env.DB, ENCODER))?.silence).toEqual(Float32Array.of(-2, -2, -2, -2));
    expect(asked?.tracks).toHaveLength(5);
    expect(asked?.encoder.version).toBe(ENCODER);
    expect(asked?.encoder.url).toContain(`/objects/encoders/${ENCODER}/encoder.onnx?`);
    const [zoe, abel] = [await page("zoe"), await page("abel")];
    expect(zoe.scoring).toEqual({ scored: 5, total: 5, failed: 0, reason: null });
    expect(ids(zoe)).toEqual(ranked(HEAD, ["charlie", "delta", "stemmed"]));
    expect(ids(abel)).toEqual(ranked(OTHER_HEAD, ["alpha", "bravo", "delta", "stemmed"]));
    const [first] = zoe.recommendations;
    const logit = logitOfHead(HEAD, Float32Array.from(featuresOf(first!.track.id)));
    expect(first).toMatchObject({ logit, relevance: sigmoid(logit) });
    expect(calls.features).toHaveLength(1);
  });

  it("returns the score of a heard track", async () => {
    standInForGpuWorker({ features: poolWell });
    await run();
    const zoe = (await activeModel(env.DB, ListenerId.parse("zoe")))!;
    const logit = logitOfHead(HEAD, Float32Array.from(featuresOf("alpha")));
    expect(await scoreOfTrack(env, zoe, TrackId.parse("alpha"))).toEqual({
      logit,
      relevance: sigmoid(logit),
    });
    expect(await scoreOfTrack(env, zoe, TrackId.parse("omega"))).toBeNull();
    // Stored are only scores of unheard tracks.
    expect(await countOf("scores")).toBe(3 + 4);
  });

  it("scores a new head without the gpu-worker, and only for its listener", async () => {
    standInForGpuWorker({ features: poolWell });
    await run();
    const before = await page("abel");
    await seed({ ...FOLDER, models: [splitModel("zoe", "9", OTHER_HEAD), FOLDER.models[1]!] });
    const calls = standInForGpuWorker({});
    const after = await page("zoe");
    expect(after.model.version).toBe("9".repeat(64));
    expect(after.scoring).toMatchObject({ scored: 5, reason: null });
    expect(ids(after)).toEqual(ranked(OTHER_HEAD, ["charlie", "delta", "stemmed"]));
    expect(await page("abel")).toEqual(before);
    expect(calls.sent).toHaveLength(0);
  });

  it("updates the scores when a listening history changes", async () => {
    standInForGpuWorker({ features: poolWell });
    await run();
    await page();
    await env.DB.exec("DELETE FROM listens WHERE listener = 'zoe' AND track = 'alpha'");
    expect(ids(await page())).toContain("alpha");
    await env.DB.exec("INSERT INTO listens VALUES ('zoe', 'alpha', 2)");
    expect(ids(await page())).not.toContain("alpha");
  });

  it("scores all listeners in the background", async () => {
    standInForGpuWorker({ features: poolWell });
    await run();
    const { results } = await env.DB.prepare(
      `SELECT models.scored_revision AS scored, encoders.revision FROM models
       JOIN encoders ON encoders.version = models.encoder_version WHERE models.active = 1`,
    ).all<{ scored: number; revision: number }>();
    expect(results).toHaveLength(2);
    for (const { scored, revision } of results) expect(scored).toBe(revision);
  });

  it("requests eight tracks at a time, and appends them to the block", async () => {
    const more = Array.from({ length: 12 }, (_, i) => catalogueTrack(`more-${i}`, "9"));
    const tracks = [...FOLDER.catalogue.tracks, ...more];
    await seed({ ...FOLDER, catalogue: { format: 1, tracks } });
    const calls = standInForGpuWorker({ features: poolWell });
    await run();
    expect(calls.features.map((asked) => asked.tracks.length)).toEqual([8, 8, 1]);
    const { results } = await env.DB.prepare(
      "SELECT block, count(*) AS tracks, max(row) AS last FROM features GROUP BY block",
    ).all();
    expect(results).toEqual([{ block: 0, tracks: 17, last: 16 }]);
    expect((await page()).recommendations).toHaveLength(10);
    await env.DB.exec("DELETE FROM tracks WHERE id LIKE 'more-%'");
  });

  it("keeps what arrived before the connection broke, and requests only the rest", async () => {
    const calls = standInForGpuWorker({
      features: (asked, call) =>
        call === 1
          ? lines([line("alpha"), line("charlie")], { end: "break" })
          : poolWell(asked, call),
    });
    await run();
    // While features keep coming, scores are renewed every two seconds.
    await env.DB.exec("UPDATE models SET scored_at = '2000-01-01T00:00:00.000Z'");
    expect((await page()).scoring).toMatchObject({ scored: 2, total: 5 });
    expect(ids(await page())).toEqual(["charlie"]);
    expect((await page()).scoring.reason).toMatch(/broke off/);
    await runDurableObjectAlarm(scoring());
    expect(calls.features[1]?.tracks.map(({ id }) => id)).toEqual(["bravo", "delta", "stemmed"]);
    expect((await page()).scoring).toMatchObject({ scored: 5, reason: null });
    expect(ids(await page())).toEqual(ranked(HEAD, ["charlie", "delta", "stemmed"]));
  });

  it("continues after an uploaded song crashes the gpu-worker", async () => {
    const owner = await makeKey(["read", "upload"]);
    const id = `own-${"0".repeat(40)}`;
    await env.DB.prepare(
      `INSERT INTO tracks (id, title, artist, seconds, audio_sha256, audio_type, sound_sha256, licence,
         changes, origin, tags, stems, owner) SELECT ?1, title, artist, seconds, audio_sha256, audio_type,
         sound_sha256, licence, changes, origin, tags, stems, ?2 FROM tracks WHERE id = 'alpha'`,
    )
      .bind(id, owner.id)
      .run();
    const calls = standInForGpuWorker({
      features: (asked, call) =>
        asked.tracks.some((each) => each.id === id)
          ? lines([], { end: "break" })
          : poolWell(asked, call),
    });
    await run();
    expect((await page()).scoring).toEqual({ scored: 5, total: 5, failed: 0, reason: null });
    expect(calls.features.map(({ tracks }) => tracks.length).sort()).toEqual([1, 5]);
    const scores = await request(`/v1/tracks/${id}/scores`, { headers: owner.headers });
    expect(await scores.json()).toMatchObject({
      scores: [],
      missing: ["zoe", "abel"],
      reason: expect.stringMatching(/broke off/),
    });
    await env.DB.exec(`DELETE FROM tracks WHERE owner IS NOT NULL`);
  });

  it("skips a catalogue track that crashes the gpu-worker twice", async () => {
    const calls = standInForGpuWorker({
      features: ({ tracks }) => {
        const crashAt = tracks.findIndex(({ id }) => id === "charlie");
        const answered = crashAt === -1 ? tracks : tracks.slice(0, crashAt);
        const found = answered.map(({ id }) => line(id));
        return crashAt === -1 ? lines([...found, FEATURES_RESULT]) : lines(found, { end: "break" });
      },
    });
    await run();
    expect((await page()).scoring).toMatchObject({ scored: 2, failed: 0 });
    await runDurableObjectAlarm(scoring());
    expect(calls.features.map(({ tracks }) => tracks.map(({ id }) => id))).toEqual([
      ["alpha", "bravo", "charlie", "delta", "stemmed"],
      ["charlie", "delta", "stemmed"],
      ["delta", "stemmed"],
    ]);
    expect((await page()).scoring).toEqual({ scored: 4, total: 5, failed: 1, reason: null });
    expect(await scoreFailure(env.DB, ENCODER, TrackId.parse("charlie"))).toMatch(/crashed twice/);
  });

  it("skips a track that failed", async () => {
    const failed = { kind: "track-failed", track: "bravo", reason: "Zero.", retryable: false };
    const calls = standInForGpuWorker({
      features: ({ tracks }) =>
        lines([
          ...tracks.filter(({ id }) => id !== "bravo").map(({ id }) => line(id)),
          failed,
          FEATURES_RESULT,
        ]),
    });
    await run();
    expect((await page()).scoring).toEqual({ scored: 4, total: 5, failed: 1, reason: null });
    await run();
    expect(calls.features).toHaveLength(1);
  });

  it.each<[string, object[], RegExp]>([
    ["a track that was not requested", [line("omega")], /omega/],
    ["too few numbers", [featuresLine("alpha", [1, 2, 3])], /12 bytes of features instead of 16/],
    ["no numbers", [featuresLine("alpha", [1, 2, Number.NaN, 4])], /not finite/],
    ["nothing", [], /without alpha/],
  ])("rejects an answer with %s", async (_what, answer, reason) => {
    standInForGpuWorker({ features: () => lines([...answer, FEATURES_RESULT]) });
    await run();
    const { scoring } = await page();
    expect(scoring).toMatchObject({ scored: 0, total: 5 });
    expect(scoring.reason).toMatch(reason);
  });

  it("requests tracks again whose sound changed", async () => {
    standInForGpuWorker({ features: poolWell });
    await run();
    await env.DB.prepare("UPDATE tracks SET sound_sha256 = ? WHERE id = 'delta'")
      .bind("0".repeat(64))
      .run();
    const calls = standInForGpuWorker({
      features: () => lines([featuresLine("delta", [9, -9, 9, -9]), FEATURES_RESULT]),
    });
    expect(ids(await page())).not.toContain("delta");
    await run();
    expect(calls.features.flatMap(({ tracks }) => tracks.map(({ id }) => id))).toEqual(["delta"]);
    expect(ids(await page())[0]).toBe("delta");
  });

  it.each([
    ["damaged", () => env.BUCKET.put(`features/${ENCODER}/0.bin`, "no block")],
    ["lost", () => env.BUCKET.delete(`features/${ENCODER}/0.bin`)],
  ])("computes a %s block again", async (_what, damage) => {
    const log = vi.spyOn(console, "error").mockReturnValue();
    standInForGpuWorker({ features: poolWell });
    await run();
    await damage();
    await env.DB.exec("UPDATE models SET scored_revision = NULL");
    await page();
    expect(log).toHaveBeenCalledWith(expect.stringContaining("deleting block 0"));
    const zoe = (await activeModel(env.DB, ListenerId.parse("zoe")))!;
    expect(await scoreOfTrack(env, zoe, TrackId.parse("alpha"))).toBeNull();
    await run();
    expect((await page()).scoring).toMatchObject({ scored: 5 });
    expect(ids(await page())).toEqual(ranked(HEAD, ["charlie", "delta", "stemmed"]));
  });
});
