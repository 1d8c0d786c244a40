import type { Component } from "@lemons/shared/contract/explanation";
import { componentsOf } from "@lemons/shared/explanation/components";
import { topComponents } from "@lemons/shared/explanation/highlights";
import { describe, expect, it } from "vitest";
import type { Audio } from "../audio/audio.ts";
import { decodeAudio } from "../audio/decode.ts";
import { type HighlightInput, renderHighlights, renderTop } from "./highlight.ts";
import { mixOfSources } from "./mix-of-sources.ts";

const RATE = 8000;
const SEGMENT = RATE;
const FADE = 0.01 * RATE;
const START = 5;
const SOURCES = ["drums", "bass"];

function constant(level: number): Audio {
  const channel = () => new Float32Array(5 * SEGMENT).fill(level);
  return { sampleRate: RATE, channels: [channel(), channel()] };
}

const segments = Array.from({ length: 5 }, (_, i) => ({
  startSeconds: START + i,
  endSeconds: START + i + 1,
}));

function inputOf(
  type: "time" | "source" | "time+source",
  weights: Record<number, number>,
  levels = [0.1, 0.2],
): HighlightInput {
  const stems = levels.map(constant);
  const components: Component[] = componentsOf({ type, segments, sources: SOURCES }).map(
    (place) => ({ ...place, weight: weights[place.index] ?? -1, shapley: null }),
  );
  return {
    mix: mixOfSources(stems),
    separated: { sources: SOURCES, stems, separator: "stems", version: "1", residual: 0 },
    startSeconds: START,
    components,
  };
}

function render(input: HighlightInput, count: number): Float32Array {
  return renderTop(topComponents(input.components, { count })!, input).channels[1]!;
}

describe("renderTop", () => {
  it("cuts out one source in one segment, faded at its edges", () => {
    const sound = render(inputOf("time+source", { 5: 0.5 }), 1);
    expect(sound).toHaveLength(SEGMENT);
    expect(sound[0]).toBeLessThan(1e-4);
    expect(sound.at(-1)).toBeLessThan(1e-4);
    expect(sound.subarray(FADE, SEGMENT - FADE).every((x) => x === Math.fround(0.2))).toBe(true);
  });

  it("joins segments that follow each other without a fade, and keeps gaps silent", () => {
    const sound = render(inputOf("time+source", { 0: 0.3, 2: 0.2, 6: 0.1 }), 3);
    expect(sound).toHaveLength(4 * SEGMENT);
    expect(sound.subarray(FADE, 2 * SEGMENT - FADE).every((x) => x === Math.fround(0.1))).toBe(
      true,
    );
    expect(sound.subarray(2 * SEGMENT, 3 * SEGMENT).every((x) => x === 0)).toBe(true);
  });

  it("adds sources that sound together", () => {
    const sound = render(inputOf("time+source", { 2: 0.3, 3: 0.2 }), 3);
    expect(sound).toHaveLength(SEGMENT);
    expect(sound[SEGMENT / 2]).toBeCloseTo(0.3, 6);
  });

  it("plays the mix for time, and the whole snippet for a source", () => {
    const time = render(inputOf("time", { 3: 0.4 }), 1);
    expect(time).toHaveLength(SEGMENT);
    expect(time[SEGMENT / 2]).toBeCloseTo(0.3, 6);
    const source = render(inputOf("source", { 1: 0.4 }), 1);
    expect(source).toHaveLength(5 * SEGMENT);
    expect(source[SEGMENT]).toBeCloseTo(0.2, 6);
  });

  it("turns down what would clip, and nothing else", () => {
    const sound = render(inputOf("time", { 3: 0.4 }, [0.9, 0.6]), 1);
    expect(Math.max(...sound)).toBe(1);
    const loud = render(inputOf("time", { 3: 0.4 }, [0.5, 0.49]), 1);
    expect(Math.max(...loud)).toBeCloseTo(0.99, 6);
  });
});

describe("renderHighlights", () => {
  it("encodes top-1 and top-3 with what a player needs", async () => {
    const [one, three] = await renderHighlights(inputOf("time+source", { 0: 0.3, 3: 0.2, 5: 0.1 }));
    expect(one!.highlight).toMatchObject({
      name: "top-1",
      file: "top-1.mp3",
      components: [0],
      startSeconds: START,
      audio: { sampleRate: RATE, channels: 2, samples: SEGMENT },
    });
    expect(three!.highlight).toMatchObject({
      components: [0, 3, 5],
      audio: { samples: 3 * SEGMENT },
    });
    const { bytes, encoderDelaySamples, samples } = three!.encoded!;
    const decoded = await decodeAudio(bytes);
    expect(decoded.channels[0]!.length).toBeGreaterThanOrEqual(encoderDelaySamples + samples);
  });

  it("has nothing to play where nothing speaks for the track", async () => {
    for (const { highlight, encoded } of await renderHighlights(inputOf("time", {}))) {
      expect(encoded).toBeNull();
      expect(highlight).toMatchObject({ file: null, components: [], audio: null });
    }
  });

  it("looks at one source only where asked", async () => {
    const input = inputOf("time+source", { 0: 0.3, 3: 0.2 });
    const [one] = await renderHighlights({ ...input, querySource: "bass" });
    expect(one!.highlight.components).toEqual([3]);
  });

  it("turns away components of other sources or from outside of the snippet", async () => {
    const input = inputOf("time+source", { 0: 0.3 });
    const { separated } = input;
    const renamed = { ...input, separated: { ...separated, sources: ["piano", "bass"] } };
    await expect(renderHighlights(renamed)).rejects.toThrow(/no source "drums"/);
    await expect(renderHighlights({ ...input, startSeconds: 99 })).rejects.toThrow(/outside/);
  });
});
