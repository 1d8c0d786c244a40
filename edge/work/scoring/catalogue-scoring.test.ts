import { createScheduledController, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { WorkerScoreRequest } from "@lemons/shared/contract/gpu-worker";
import { RecommendationPage } from "@lemons/shared/contract/recommendation";
import { TrackDetail } from "@lemons/shared/contract/track";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import worker from "../../index.ts";
import { catalogueTrack, FOLDER, seed, wholeModel } from "../../test/catalogue.ts";
import { lines, standInForGpuWorker } from "../../test/gpu-worker-stand-in.ts";
import { request } from "../../test/request.ts";

/** A model without a head is its own encoder. */
const ZOES = "7".repeat(64);
const MODELS = [wholeModel("zoe", "7"), wholeModel("abel", "8")];

const RESULT = { kind: "result", tracks: 1, forwards: 1, seconds: 0.1 };

const scoreLine = (asked: WorkerScoreRequest, track: string, relevance = 0.5) => ({
  kind: "score",
  track,
  peaks: [0, 0.5, 1],
  scores: asked.models.map(({ manifest }) => ({ model: manifest.id, logit: 0, relevance })),
});

/** A worker that scores every track it is given. */
const scoreWell = (asked: WorkerScoreRequest) =>
  lines([...asked.tracks.map(({ id }) => scoreLine(asked, id)), RESULT]);

const scoring = () => env.CATALOGUE_SCORING.getByName(ZOES);

/** Runs the scoring until it finishes or pauses. */
async function run(): Promise<void> {
  await scoring().ensure(ZOES);
  await runDurableObjectAlarm(scoring());
}

async function progress() {
  const response = await request("/v1/listeners/zoe/recommendations");
  return RecommendationPage.parse(await response.json()).scoring;
}

// Delays retries as far as possible, so that the tests trigger them.
beforeEach(async () => {
  await seed({ ...FOLDER, models: MODELS });
  vi.spyOn(Math, "random").mockReturnValue(0.999);
});

afterEach(async () => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  await env.DB.exec("DELETE FROM scores");
  await env.DB.exec("DELETE FROM score_failures");
});

describe("scoring the catalogue under a model without a head", () => {
  it("requests each track once, and stores scores and waveforms", async () => {
    const calls = standInForGpuWorker({ score: scoreWell });
    await run();
    expect(calls.score).toHaveLength(1);
    expect(calls.score[0]?.models.map(({ manifest }) => manifest.id)).toEqual(["model-zoe"]);
    expect(calls.score[0]?.tracks).toHaveLength(5);
    expect(await progress()).toEqual({ scored: 5, total: 5, failed: 0, reason: null });
    const track = TrackDetail.parse(await (await request("/v1/tracks/alpha")).json());
    expect(track.peaks).toEqual([0, 0.5, 1]);
  });

  it("requests eight tracks at a time", async () => {
    const more = Array.from({ length: 12 }, (_, i) => catalogueTrack(`more-${i}`, "9"));
    const tracks = [...FOLDER.catalogue.tracks, ...more];
    await seed({ ...FOLDER, models: MODELS, catalogue: { format: 1, tracks } });
    const calls = standInForGpuWorker({ score: scoreWell });
    await run();
    expect(calls.score.map((asked) => asked.tracks.length)).toEqual([8, 8, 1]);
    expect(await progress()).toMatchObject({ scored: 17, total: 17 });
    await env.DB.exec("DELETE FROM tracks WHERE id LIKE 'more-%'");
  });

  it("keeps what arrived before the connection broke, and requests only the rest", async () => {
    const calls = standInForGpuWorker({
      score: (asked, call) =>
        call === 1
          ? lines([scoreLine(asked, "alpha"), scoreLine(asked, "charlie")], { end: "break" })
          : scoreWell(asked),
    });
    await run();
    expect(await progress()).toMatchObject({ scored: 2, total: 5 });
    expect((await progress()).reason).toMatch(/broke off/);
    await runDurableObjectAlarm(scoring());
    expect(calls.score[1]?.tracks.map(({ id }) => id)).toEqual(["bravo", "delta", "stemmed"]);
    expect(await progress()).toMatchObject({ scored: 5, reason: null });
  });

  it("waits for a place in the queue however often it is full, but pauses if the worker stays away", async () => {
    const full = () =>
      Response.json({ title: "The worker is busy", detail: "8 jobs are ahead." }, { status: 429 });
    standInForGpuWorker({ score: (asked, call) => (call <= 12 ? full() : scoreWell(asked)) });
    await run();
    for (let turn = 1; turn <= 12; turn++) await runDurableObjectAlarm(scoring());
    expect(await scoring().pause()).toBeNull();
    expect(await progress()).toMatchObject({ scored: 5, reason: null });

    await env.DB.exec("DELETE FROM scores");
    standInForGpuWorker({});
    await run();
    for (let turn = 1; turn < 8; turn++) await runDurableObjectAlarm(scoring());
    expect((await scoring().pause())?.reason).toMatch(/can't be reached/);
  });

  it.each([
    ["a day", false, 23 * 3600],
    ["minutes", true, 60],
  ])("skips a track that failed, and retries it after %s", async (_when, retryable, seconds) => {
    const failed = { kind: "track-failed", track: "bravo", reason: "Zero samples.", retryable };
    const calls = standInForGpuWorker({
      score: (asked, call) =>
        call === 1
          ? lines([
              ...asked.tracks
                .filter(({ id }) => id !== "bravo")
                .map(({ id }) => scoreLine(asked, id)),
              failed,
              RESULT,
            ])
          : scoreWell(asked),
    });
    await run();
    expect(await progress()).toEqual({ scored: 4, total: 5, failed: 1, reason: null });
    await run();
    expect(calls.score).toHaveLength(1);

    const { retry_at } = (await env.DB.prepare("SELECT retry_at FROM score_failures").first<{
      retry_at: string;
    }>())!;
    expect(Date.parse(retry_at) - Date.now()).toBeGreaterThan(seconds * 1000);
    await env.DB.exec("UPDATE score_failures SET retry_at = '2000-01-01T00:00:00.000Z'");
    await run();
    expect(calls.score[1]?.tracks.map(({ id }) => id)).toEqual(["bravo"]);
    expect(await progress()).toEqual({ scored: 5, total: 5, failed: 0, reason: null });
  });

  it.each([
    [
      "a track that was not requested",
      (asked: WorkerScoreRequest) => [scoreLine(asked, "omega")],
      /omega/,
    ],
    [
      "a model that was not requested",
      (asked: WorkerScoreRequest) => [
        { ...scoreLine(asked, "alpha"), scores: [{ model: "model-x", logit: 0, relevance: 0.5 }] },
      ],
      /model-x/,
    ],
    [
      "a track without its score",
      (asked: WorkerScoreRequest) => [{ ...scoreLine(asked, "alpha"), scores: [] }],
      /each model/,
    ],
    ["nothing", () => [], /without alpha/],
  ])("rejects an answer with %s", async (_what, answer, reason) => {
    standInForGpuWorker({ score: (asked) => lines([...answer(asked), RESULT]) });
    await run();
    expect(await progress()).toMatchObject({ scored: 0, total: 5 });
    expect((await progress()).reason).toMatch(reason);
    standInForGpuWorker({ score: scoreWell });
    await run();
    expect(await progress()).toMatchObject({ scored: 5, reason: null });
  });

  it("starts on a schedule", async () => {
    const calls = standInForGpuWorker({ score: scoreWell });
    const controller = createScheduledController();
    await worker.scheduled(controller, env);
    await runDurableObjectAlarm(scoring());
    expect(calls.score).toHaveLength(1);
    expect(await progress()).toMatchObject({ scored: 5 });
  });
});
