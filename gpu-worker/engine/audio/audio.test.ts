import { snippetOfTrack } from "@lemons/shared/audio/snippet";
import { describe, expect, it } from "vitest";
import { cut, durationSeconds, toMono } from "./audio.ts";
import { waveformPeaks } from "./peaks.ts";
import { centreSnippet } from "./snippet.ts";

const audio = {
  sampleRate: 4,
  channels: [Float32Array.of(0, 0.5, -1, 0.25), Float32Array.of(0, 0.5, 0, -0.25)],
};

describe("audio", () => {
  it("returns the duration and the mean of the channels", () => {
    expect(durationSeconds(audio)).toBe(1);
    expect(toMono(audio)).toEqual(Float32Array.of(0, 0.5, -0.5, 0));
  });

  it("is cut by samples within its length", () => {
    expect(cut(audio, 1, 2).channels[1]).toEqual(Float32Array.of(0.5, 0));
    expect(() => cut(audio, 2, 3)).toThrow(RangeError);
    expect(() => cut(audio, -1, 1)).toThrow(RangeError);
    expect(() => cut(audio, 0.5, 1)).toThrow(RangeError);
  });
});

describe("centreSnippet", () => {
  it("returns the centre of a longer track", () => {
    const long = { sampleRate: 10, channels: [Float32Array.from({ length: 101 }, (_, i) => i)] };
    const snippet = centreSnippet(long, 5);
    expect(snippet).toMatchObject({ startSeconds: 2.5, seconds: 5 });
    expect(snippet.audio.channels[0]![0]).toBe(25);
    expect(snippet.audio.channels[0]).toHaveLength(50);
  });

  it("returns a shorter track whole", () => {
    expect(centreSnippet(audio)).toEqual({ audio, startSeconds: 0, seconds: 1 });
  });

  it.each([11, 29.99, 30, 31.234, 95.7])("agrees with the shared rule for %d s", (trackSeconds) => {
    const sampleRate = 441;
    const samples = Math.round(trackSeconds * sampleRate);
    const track = { sampleRate, channels: [new Float32Array(samples)] };
    const rule = snippetOfTrack(samples / sampleRate);
    const snippet = centreSnippet(track);
    expect(Math.abs(snippet.startSeconds - rule.startSeconds)).toBeLessThan(1 / sampleRate);
    expect(snippet.seconds).toBeCloseTo(rule.seconds, 9);
  });
});

describe("waveformPeaks", () => {
  it("returns the loudest sample of any channel in each bucket, at most 1", () => {
    expect(waveformPeaks(audio, 2)).toEqual([0.5, 1]);
    expect(waveformPeaks(audio, 4)).toEqual([0, 0.5, 1, 0.25]);
    expect(waveformPeaks(audio, 8)).toHaveLength(8);
    expect(waveformPeaks({ sampleRate: 1, channels: [Float32Array.of(-4)] }, 1)).toEqual([1]);
  });
});
