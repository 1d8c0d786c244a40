import { DEFAULT_FRONT_END, FrontEnd } from "@lemons/shared/contract/front-end";
import { describe, expect, it } from "vitest";
import { InputError } from "../input-error.ts";
import { cpuRuntime } from "../runtime/node/cpu-runtime.fixture.ts";
import { createFrontEnd, FRONT_ENDS } from "./registry.ts";

/** Settings of very different grids; each kind is tested with those that it supports. */
const SETTINGS: FrontEnd[] = [
  DEFAULT_FRONT_END,
  { ...DEFAULT_FRONT_END, nFft: 1024, hop: 320, nMels: 64, fMin: 50, fMax: 7000 },
  { ...DEFAULT_FRONT_END, sampleRate: 44_100, nFft: 2048, hop: 512, nMels: 128, fMax: 22_050 },
];

const cases = FRONT_ENDS.flatMap((kind) =>
  SETTINGS.filter(kind.supports).map((settings) => ({
    name: `${kind.name}, ${settings.nFft} / ${settings.hop} at ${settings.sampleRate} Hz`,
    kind,
    settings,
  })),
);

describe.each(cases)("front-end $name", ({ kind, settings }) => {
  const frontEnd = kind.create(settings, cpuRuntime);
  const { bands, minSamples, silence } = frontEnd;
  const tone = (samples: number) =>
    Float32Array.from({ length: samples }, (_, n) => Math.sin(n * 0.3) / 2);

  it("is tested with valid settings", () => {
    expect(FrontEnd.safeParse(settings).error).toBeUndefined();
    expect(bands).toBe(settings.nMels);
  });

  it("returns bands x frames finite values", () => {
    for (const samples of [minSamples, 3001, 3001 + settings.hop]) {
      const { data, bands: rows, frames } = frontEnd.transform(tone(samples));
      expect([rows, frames]).toEqual([bands, frontEnd.frameCount(samples)]);
      expect(data).toHaveLength(rows * frames);
      expect(data.every(Number.isFinite)).toBe(true);
    }
  });

  it("returns its silence value for digital silence, and more for a tone", () => {
    const { data } = frontEnd.transform(new Float32Array(5000));
    expect(data.every((value) => value === silence)).toBe(true);
    expect(Math.max(...frontEnd.transform(tone(5000)).data)).toBeGreaterThan(silence);
  });

  it("throws InputError for fewer than minSamples samples", () => {
    expect(() => frontEnd.transform(tone(minSamples - 1))).toThrow(InputError);
    expect(() => frontEnd.transform(new Float32Array())).toThrow(InputError);
  });

  it("keeps no state between calls and leaves the waveform unchanged", () => {
    const waveform = tone(4000);
    const before = frontEnd.transform(waveform).data;
    frontEnd.transform(tone(9000));
    expect(frontEnd.transform(waveform).data).toEqual(before);
    expect(waveform).toEqual(tone(4000));
  });

  it("gives float64 waveforms the same spectrogram", () => {
    const waveform = tone(4000);
    expect(frontEnd.transform(Float64Array.from(waveform))).toEqual(frontEnd.transform(waveform));
  });
});

describe("createFrontEnd", () => {
  it("picks the kind that supports the settings", () => {
    const { data } = createFrontEnd(DEFAULT_FRONT_END, cpuRuntime).transform(
      new Float32Array(2000).fill(0.1),
    );
    expect(data).toHaveLength(256 * 8);
  });

  it("throws for settings that no kind supports", () => {
    const other = { ...DEFAULT_FRONT_END, melScale: "bark" } as unknown as FrontEnd;
    expect(() => createFrontEnd(other, cpuRuntime)).toThrow(/No front-end computes melScale bark/);
  });
});
