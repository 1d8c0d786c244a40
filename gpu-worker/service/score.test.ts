import { WorkerScoreLine } from "@lemons/shared/contract/gpu-worker";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allLines, type ServiceFixture, startServiceFixture } from "./fixtures/service-fixture.ts";

let fixture: ServiceFixture;
beforeAll(async () => {
  fixture = await startServiceFixture();
});
afterAll(() => fixture.close());

async function score(body: object) {
  const lines = await allLines(await fixture.post("/v1/score", body));
  for (const line of lines) WorkerScoreLine.parse(line);
  return lines.filter(({ kind }) => kind !== "heartbeat" && kind !== "progress");
}

describe("POST /v1/score", () => {
  it("scores what it can, and reports why other tracks fail and whether to retry", async () => {
    const garbage = fixture.store.add("/garbage", Buffer.from("not audio"));
    const missing = { url: `${fixture.store.origin}/missing`, sha256: "0".repeat(64) };
    const again = { ...fixture.model, manifest: { ...fixture.model.manifest, id: "same-again" } };
    const [good, bad, away, last] = await score({
      models: [fixture.model, again],
      tracks: [
        { id: "good", sound: { audio: fixture.audio } },
        { id: "bad", sound: { audio: garbage } },
        { id: "away", sound: { audio: missing } },
      ],
    });
    expect(good).toMatchObject({ kind: "score", track: "good" });
    const { scores, peaks } = good as unknown as {
      scores: { model: string; logit: number; relevance: number }[];
      peaks: number[];
    };
    expect(scores.map(({ model }) => model)).toEqual(["fixture", "same-again"]);
    expect(scores[0]!.logit).toBe(scores[1]!.logit);
    expect(scores[0]!.relevance).toBe(sigmoid(scores[0]!.logit));
    expect(Math.max(...peaks)).toBeGreaterThan(0.05);
    expect(bad).toMatchObject({ kind: "track-failed", track: "bad", retryable: false });
    expect(away).toMatchObject({ kind: "track-failed", track: "away", retryable: true });
    expect(last).toMatchObject({ kind: "result", tracks: 1, forwards: 1 });
  });

  it("adds stems up if a track has no file", async () => {
    const halves = { drums: fixture.audio, vocals: fixture.audio };
    const [whole, doubled] = await score({
      models: [fixture.model],
      tracks: [
        { id: "whole", sound: { audio: fixture.audio } },
        { id: "doubled", sound: { stems: halves } },
      ],
    });
    const loudest = (line: unknown) => Math.max(...(line as { peaks: number[] }).peaks);
    expect(loudest(doubled)).toBeCloseTo(Math.min(1, 2 * loudest(whole)), 1);
  });

  it("fails if a model can't be used", async () => {
    const { url, sha256 } = fixture.store.add("/model.txt", Buffer.from("not a model"));
    const manifest = { ...fixture.model.manifest, version: sha256 };
    const [last] = await score({
      models: [{ manifest, url }],
      tracks: [{ id: "good", sound: { audio: fixture.audio } }],
    });
    expect(last).toMatchObject({ problem: { type: "/problems/model-not-usable", status: 422 } });
  });
});
