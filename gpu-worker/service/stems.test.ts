import { WorkerStemsLine } from "@lemons/shared/contract/gpu-worker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeAudio } from "../engine/audio/decode.ts";
import { encodeWavFloat32 } from "../engine/audio/encode-wav.ts";
import { noise } from "../engine/audio/fixtures/signals.ts";
import { allLines, type ServiceFixture, startServiceFixture } from "./fixtures/service-fixture.ts";

const SOURCES = ["vocals", "piano", "drums", "bass", "other"];

let fixture: ServiceFixture;
beforeAll(async () => {
  fixture = await startServiceFixture();
});
afterAll(() => fixture.close());

function stemsBody(sources: readonly string[], more: object = {}): object {
  return {
    id: `${fixture.audio.sha256}-dsp-1`,
    sound: { audio: fixture.audio },
    separator: "dsp",
    outputs: Object.fromEntries(
      sources.map((source) => [source, { url: `${fixture.store.origin}/out/${source}.mp3` }]),
    ),
    ...more,
  };
}

describe("POST /v1/stems", () => {
  it("stores sources that start and end together and add up to the track", async () => {
    const lines = await allLines(await fixture.post("/v1/stems", stemsBody(SOURCES)));
    for (const line of lines) WorkerStemsLine.parse(line);
    expect(lines.at(-1)).toMatchObject({ kind: "result" });
    const { channels } = await decodeAudio(await (await fetch(fixture.audio.url)).bytes());
    const track = channels[0]!;
    const sum = new Float64Array(track.length);
    for (const source of SOURCES) {
      const { bytes, headers } = fixture.store.puts.get(`/out/${source}.mp3`)!;
      expect(headers["content-type"]).toBe("audio/mpeg");
      const stem = (await decodeAudio(bytes)).channels[0]!;
      expect(stem).toHaveLength(track.length);
      stem.forEach((sample, i) => {
        sum[i]! += sample;
      });
    }
    const energy = track.reduce((total, sample) => total + sample ** 2, 0);
    const lost = track.reduce((total, sample, i) => total + (sample - sum[i]!) ** 2, 0);
    // Five lossy files; one sample too late would leave 5 dB or less.
    expect(10 * Math.log10(energy / lost)).toBeGreaterThan(20);
  });

  it("stores only sources with a link", async () => {
    const outputs = { drums: { url: `${fixture.store.origin}/one/drums.mp3` } };
    const lines = await allLines(await fixture.post("/v1/stems", stemsBody([], { outputs })));
    expect(lines.at(-1)).toMatchObject({ stems: [{ source: "drums", sampleRate: 16_000 }] });
  });

  it("keeps the channels and the rate of true stems", async () => {
    const links = ["drums", "other"].map((source, i) => {
      const stereo = [noise(44_100, 2 * i), noise(44_100, 2 * i + 1)];
      const bytes = encodeWavFloat32({ sampleRate: 44_100, channels: stereo });
      return [source, fixture.store.add(`/stems/${source}.wav`, bytes)] as const;
    });
    const sound = { stems: Object.fromEntries(links) };
    const body = stemsBody(["drums", "other"], { sound, separator: "stems" });
    const lines = await allLines(await fixture.post("/v1/stems", body));
    const facts = { sampleRate: 44_100, channels: 2, samples: 44_100 };
    expect(lines.at(-1)).toEqual({
      kind: "result",
      stems: [
        { source: "drums", ...facts },
        { source: "other", ...facts },
      ],
    });
  });
});
