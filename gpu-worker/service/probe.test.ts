import { WorkerProbeLine } from "@lemons/shared/contract/gpu-worker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeWavFloat32 } from "../engine/audio/encode-wav.ts";
import { noise } from "../engine/audio/fixtures/signals.ts";
import { allLines, type ServiceFixture, startServiceFixture } from "./fixtures/service-fixture.ts";

let fixture: ServiceFixture;
beforeAll(async () => {
  fixture = await startServiceFixture();
});
afterAll(() => fixture.close());

describe("POST /v1/probe", () => {
  it("measures a file without a model", async () => {
    const request = { id: "own-song", sound: { audio: fixture.audio } };
    const lines = await allLines(
      await fixture.post("/v1/probe", request, {
        headers: {
          Authorization: "Bearer test-secret-test-secret-test-secret",
          "Content-Type": "application/json",
          "X-Request-Id": "request-of-a-caller",
        },
      }),
    );
    for (const line of lines) WorkerProbeLine.parse(line);
    const { kind, seconds, sampleRate, channels, peaks } = lines.at(-1)!;
    expect({ kind, seconds }).toEqual({ kind: "result", seconds: 4 });
    expect(sampleRate).toBeGreaterThan(8000);
    expect([1, 2]).toContain(channels);
    expect(peaks).toHaveLength(300);
    expect(fixture.log).toContainEqual(
      expect.objectContaining({ event: "job-ended", requestId: "request-of-a-caller" }),
    );
  });

  it("reports why a file can't be decoded", async () => {
    const audio = fixture.store.add(
      "/garbage.wav",
      new TextEncoder().encode("RIFFxxxxWAVEgarbage"),
    );
    const lines = await allLines(
      await fixture.post("/v1/probe", { id: "own-garbage", sound: { audio } }),
    );
    expect(lines.at(-1)).toMatchObject({ kind: "problem", problem: { status: 422 } });
    expect(lines.at(-1)!.problem!.detail).toMatch(/WAV file/);
  });

  it("refuses a track that is too short to be scored", async () => {
    const short = encodeWavFloat32({ sampleRate: 8000, channels: [noise(7000, 1)] });
    const audio = fixture.store.add("/short.wav", short);
    const lines = await allLines(
      await fixture.post("/v1/probe", { id: "own-short", sound: { audio } }),
    );
    expect(lines.at(-1)).toMatchObject({ kind: "problem", problem: { status: 422 } });
    expect(lines.at(-1)!.problem!.detail).toMatch(/too short: it lasts 0\.88 s, at least 1 s/);
  });
});
