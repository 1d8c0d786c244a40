import { describe, expect, it } from "vitest";
import { type Audio, cut, sampleCount, toMono } from "./audio.ts";
import { decodeAudio } from "./decode.ts";
import { encodeMp3 } from "./encode-mp3.ts";
import { encodeWavFloat32 } from "./encode-wav.ts";
import { alignment, fixture, noise } from "./fixtures/signals.ts";
import { resample } from "./resample.ts";

/** Returns music at a sample rate. */
async function excerpt(sampleRate: number, count: number): Promise<Audio> {
  const music = await decodeAudio(fixture("excerpt.wav"));
  const channels = music.channels.slice(0, count).map((x) => resample(x, 16_000, sampleRate));
  return cut({ sampleRate, channels }, 0, Math.round(sampleRate * 0.6) + 77);
}

describe("encodeMp3", () => {
  const cases = [
    [44_100, 2],
    [48_000, 1],
    [22_050, 2],
    [16_000, 1],
    [96_000, 1],
  ] as const;

  it.each(cases)("aligns with the original within 1 ms at %i Hz x %i", async (rate, count) => {
    const audio = await excerpt(rate, count);
    const encoded = await encodeMp3(audio, { kbitPerSecond: 128 });
    const decoded = await decodeAudio(encoded.bytes);
    expect(decoded.sampleRate).toBe(encoded.sampleRate);
    expect(decoded.channels).toHaveLength(encoded.channels);
    expect(sampleCount(decoded)).toBe(encoded.encoderDelaySamples + encoded.samples);
    const original = resample(toMono(audio), rate, encoded.sampleRate);
    const heard = toMono(decoded).subarray(encoded.encoderDelaySamples);
    const { lag, correlation } = alignment(original, heard, Math.ceil(encoded.sampleRate / 500));
    expect(Math.abs(lag) / encoded.sampleRate).toBeLessThan(0.001);
    expect(lag).toBe(0);
    expect(correlation).toBeGreaterThan(0.98);
  });

  it("writes a tag that fits the smallest frames", async () => {
    const audio = { sampleRate: 8000, channels: [noise(5000, 2)] };
    const encoded = await encodeMp3(audio, { kbitPerSecond: 8 });
    expect(sampleCount(await decodeAudio(encoded.bytes))).toBe(5000);
  });

  it("mixes more than two channels to mono", async () => {
    const channels = [1, 2, 3].map((seed) => noise(8000, seed));
    const encoded = await encodeMp3({ sampleRate: 16_000, channels }, { kbitPerSecond: 64 });
    expect(encoded.channels).toBe(1);
  });

  it("throws for empty audio", async () => {
    const empty = { sampleRate: 44_100, channels: [new Float32Array()] };
    await expect(encodeMp3(empty, { kbitPerSecond: 128 })).rejects.toThrow(RangeError);
  });
});

describe("encodeWavFloat32", () => {
  it("keeps every sample exactly, also beyond full scale", async () => {
    const audio = await excerpt(44_100, 2);
    audio.channels[0]![17] = -3.25;
    const decoded = await decodeAudio(encodeWavFloat32(audio));
    expect(decoded).toEqual(audio);
  });
});
