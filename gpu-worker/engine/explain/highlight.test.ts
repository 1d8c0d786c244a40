import type { Component } from "@lemons/shared/contract/explanation";
import { componentsOf } from "@lemons/shared/explanation/components";
import { topComponents } from "@lemons/shared/explanation/highlights";
import { describe, expect, it } from "vitest";
import type { Audio } from "../audio/audio.ts";
import { decodeAudio } from "../audio/decode.ts";
import { applyGates, type HighlightInput, renderHighlights, renderTop } from "./highlight.ts";
import { mixOfSources } from "./snippet-sources.ts";

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
  it("renders one source in one segment, faded at its edges", () => {
    const sound = render(inputOf("time+source", { 5: 0.5 }), 1);
    expect(sound).toHaveLength(SEGMENT);
    expect(sound[0]).toBeLessThan(1e-4);
    expect(sound.at(-1)).toBeLessThan(1e-4);
    expect(sound.subarray(FADE, SEGMENT - FADE).every((x) => x === Math.fround(0.2))).toBe(true);
  });

  it("joins adjacent segments without a fade, and keeps gaps silent", () => {
    const sound = render(inputOf("time+source", { 0: 0.3, 2: 0.2, 6: 0.1 }), 3);
    expect(sound).toHaveLength(4 * SEGMENT);
    expect(sound.subarray(FADE, 2 * SEGMENT - FADE).every((x) => x === Math.fround(0.1))).toBe(
      true,
    );
    expect(sound.subarray(2 * SEGMENT, 3 * SEGMENT).every((x) => x === 0)).toBe(true);
  });

  it("adds sources of one segment", () => {
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

  it("turns down only sound that would clip", () => {
    const sound = render(inputOf("time", { 3: 0.4 }, [0.9, 0.6]), 1);
    expect(Math.max(...sound)).toBe(1);
    const loud = render(inputOf("time", { 3: 0.4 }, [0.5, 0.49]), 1);
    expect(Math.max(...loud)).toBeCloseTo(0.99, 6);
  });
});

describe("renderHighlights", () => {
  it("encodes top-1 and top-3 with the facts that a player needs", async () => {
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

  it("renders nothing if no component has a positive weight", async () => {
    for (const { highlight, encoded } of await renderHighlights(inputOf("time", {}))) {
      expect(encoded).toBeNull();
      expect(highlight).toMatchObject({ file: null, components: [], audio: null });
    }
  });

  it("restricts highlights to the queried source", async () => {
    const input = inputOf("time+source", { 0: 0.3, 3: 0.2 });
    const [one] = await renderHighlights({ ...input, querySource: "bass" });
    expect(one!.highlight.components).toEqual([3]);
  });

  it("rejects components of unknown sources or outside of the snippet", async () => {
    const input = inputOf("time+source", { 0: 0.3 });
    const { separated } = input;
    const renamed = { ...input, separated: { ...separated, sources: ["piano", "bass"] } };
    await expect(renderHighlights(renamed)).rejects.toThrow(/no source "drums"/);
    await expect(renderHighlights({ ...input, startSeconds: 99 })).rejects.toThrow(/outside/);
  });
});

const GATE_RATE = 1000;
const GATE_FADE = 10;

function gated(length: number, spans: { start: number; end: number }[]): Float32Array {
  const into = new Float32Array(length);
  applyGates({ from: new Float32Array(length).fill(1), into, spans, sampleRate: GATE_RATE });
  return into;
}

describe("applyGates", () => {
  it("fades over 10 ms at each edge and keeps the samples between", () => {
    const sound = gated(100, [{ start: 20, end: 80 }]);
    expect(sound.subarray(0, 20).every((x) => x === 0)).toBe(true);
    expect(sound.subarray(80).every((x) => x === 0)).toBe(true);
    expect(sound.subarray(20 + GATE_FADE, 80 - GATE_FADE).every((x) => x === 1)).toBe(true);
    for (let i = 0; i < GATE_FADE; i++) {
      const expected = 0.5 - 0.5 * Math.cos((Math.PI * (i + 0.5)) / GATE_FADE);
      expect(sound[20 + i]).toBeCloseTo(expected, 6);
      expect(sound[79 - i]).toBeCloseTo(expected, 6);
    }
  });

  it("crossfades neighbours to the full level", () => {
    const out = gated(100, [{ start: 0, end: 50 }]);
    const back = gated(100, [{ start: 50 - GATE_FADE, end: 100 }]);
    for (let i = 50 - GATE_FADE; i < 50; i++) expect(out[i]! + back[i]!).toBeCloseTo(1, 6);
  });

  it("adds to existing samples, and shortens the fades of a very short span", () => {
    const into = new Float32Array(8).fill(0.5);
    const from = new Float32Array(8).fill(1);
    applyGates({ from, into, spans: [{ start: 2, end: 6 }], sampleRate: GATE_RATE });
    expect([into[0], into[1], into[6], into[7]]).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(into[2]).toBeCloseTo(0.5 + 0.1464, 3);
    expect(into[3]).toBeCloseTo(0.5 + 0.8536, 3);
  });
});
