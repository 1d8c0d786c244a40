import { reset, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { RecommendationPage } from "@lemons/shared/contract/recommendation";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { logitOfHead } from "@lemons/shared/model/linear-head";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findEncoder } from "../../catalogue/encoders.ts";
import { activeModel } from "../../catalogue/models.ts";
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
import { scoreOfTrack } from "./fresh-scores.ts";

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
// Scoring that was started here must not go on in other files.
afterAll(() => reset());

describe("scoring the catalogue from features", () => {
  it("asks once a track for all listeners of the encoder, by a link to the encoder", async () => {
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

  it("knows the score of a track that the listener has heard", async () => {
    standInForGpuWorker({ features: poolWell });
    await run();
    const zoe = (await activeModel(env.DB, "zoe"))!;
    const logit = logitOfHead(HEAD, Float32Array.from(featuresOf("alpha")));
    expect(await scoreOfTrack(env, zoe, "alpha")).toEqual({ logit, relevance: sigmoid(logit) });
    expect(await scoreOfTrack(env, zoe, "omega")).toBeNull();
    // Kept are scores of tracks not heard only.
    expect(await countOf("scores")).toBe(3 + 4);
  });

  it("scores a new head without the gpu-worker, and that listener's only", async () => {
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

  it("scores anew once a listener has heard something else", async () => {
    standInForGpuWorker({ features: poolWell });
    await run();
    await page();
    await env.DB.exec("DELETE FROM listens WHERE listener = 'zoe' AND track = 'alpha'");
    expect(ids(await page())).toContain("alpha");
    await env.DB.exec("INSERT INTO listens VALUES ('zoe', 'alpha', 2)");
    expect(ids(await page())).not.toContain("alpha");
  });

  it("is done in the background for listeners whom nobody asks for", async () => {
    standInForGpuWorker({ features: poolWell });
    await run();
    const { results } = await env.DB.prepare(
      `SELECT models.scored_revision AS scored, encoders.revision FROM models
       JOIN encoders ON encoders.version = models.encoder_version WHERE models.active = 1`,
    ).all<{ scored: number; revision: number }>();
    expect(results).toHaveLength(2);
    for (const { scored, revision } of results) expect(scored).toBe(revision);
  });

  it("asks for a few tracks at a time, and appends to the block", async () => {
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

  it("keeps what arrived before the connection broke, and asks for the rest only", async () => {
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

  it("is not held up by a song of a key that brings down the gpu-worker", async () => {
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

  it("leaves out a track that failed", async () => {
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
    ["a track that was not asked for", [line("omega")], /omega/],
    ["too few numbers", [featuresLine("alpha", [1, 2, 3])], /12 bytes where 16/],
    ["no numbers", [featuresLine("alpha", [1, 2, Number.NaN, 4])], /not finite/],
    ["nothing", [], /no answer for alpha/],
  ])("does not take %s for an answer", async (_what, answer, reason) => {
    standInForGpuWorker({ features: () => lines([...answer, FEATURES_RESULT]) });
    await run();
    const { scoring } = await page();
    expect(scoring).toMatchObject({ scored: 0, total: 5 });
    expect(scoring.reason).toMatch(reason);
  });

  it("asks again for tracks whose sound has changed, and keeps to the new", async () => {
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
  ])("has a block computed again that is %s", async (_what, damage) => {
    const log = vi.spyOn(console, "error").mockReturnValue();
    standInForGpuWorker({ features: poolWell });
    await run();
    await damage();
    await env.DB.exec("UPDATE models SET scored_revision = NULL");
    await page();
    expect(log).toHaveBeenCalledWith(expect.stringContaining("is forgotten"));
    const zoe = (await activeModel(env.DB, "zoe"))!;
    expect(await scoreOfTrack(env, zoe, "alpha")).toBeNull();
    await run();
    expect((await page()).scoring).toMatchObject({ scored: 5 });
    expect(ids(await page())).toEqual(ranked(HEAD, ["charlie", "delta", "stemmed"]));
  });
});
