import { describe, expect, it } from "vitest";
import type { ExamplePlan } from "./plan-epoch.ts";
import { type CropSource, renderExample } from "./render-example.ts";

const LENGTH = 1600;
/** A ramp, and a sine of period 40. */
const tracks = [
  Float32Array.from({ length: 5000 }, (_, i) => i / 10_000),
  Float32Array.from({ length: 5000 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * i) / 40)),
  new Float32Array(LENGTH).fill(0.25),
];
const source: CropSource = {
  samples: (track) => tracks[track]!.length,
  read: (track, start, count) => tracks[track]!.slice(start, start + count),
};

const plain: ExamplePlan & { kind: "crop" } = {
  kind: "crop",
  place: { track: 0, position: 0 },
  gainDb: 0,
  speedPercent: 0,
  noiseDb: null,
  mixed: null,
  noiseSeed: 1,
};
const render = (plan: Partial<typeof plain>) =>
  renderExample({ ...plain, ...plan }, LENGTH, source);

describe("renderExample", () => {
  it("crops at the planned position, from the first sample to the last", () => {
    expect(render({})).toEqual(tracks[0]!.slice(0, LENGTH));
    const last = render({ place: { track: 0, position: 1 - Number.EPSILON } });
    expect(last).toEqual(tracks[0]!.slice(5000 - LENGTH));
    expect(render({ place: { track: 2, position: 0.7 } })).toEqual(tracks[2]);
  });

  it("changes the level", () => {
    const louder = render({ gainDb: 20 });
    expect(louder[100]).toBeCloseTo(10 * tracks[0]![100]!, 6);
  });

  it("plays faster and higher", () => {
    const faster = render({ place: { track: 1, position: 0 }, speedPercent: 10 });
    expect(faster).toHaveLength(LENGTH);
    for (let i = 200; i < LENGTH - 200; i++) {
      const expected = 0.5 * Math.sin((2 * Math.PI * i * 1.1) / 40);
      expect(Math.abs(faster[i]! - expected)).toBeLessThan(1e-4);
    }
    expect(render({ place: { track: 1, position: 0.5 }, speedPercent: -10 })).toHaveLength(LENGTH);
    // A track as short as a crop keeps its speed.
    expect(render({ place: { track: 2, position: 0 }, speedPercent: 10 })).toEqual(tracks[2]);
  });

  it("mixes a second crop in by its share", () => {
    const mixed = render({ mixed: { place: { track: 2, position: 0 }, share: 0.4 } });
    expect(mixed[300]).toBeCloseTo(0.6 * tracks[0]![300]! + 0.4 * 0.25, 6);
  });

  it("adds noise of the planned level, the same each time", () => {
    const place = { track: 2, position: 0 };
    const noisy = render({ place, noiseDb: -40 });
    expect(render({ place, noiseDb: -40 })).toEqual(noisy);
    const power = noisy.reduce((sum, x) => sum + (x - 0.25) ** 2, 0) / LENGTH;
    expect(Math.abs(10 * Math.log10(power) + 40)).toBeLessThan(1);
  });

  it("renders silence, exact or nearly so", () => {
    const silence = (noiseDb: number | null) =>
      renderExample({ kind: "silence", noiseDb, noiseSeed: 5 }, LENGTH, source);
    expect(silence(null)).toEqual(new Float32Array(LENGTH));
    const power = silence(-90).reduce((sum, x) => sum + x * x, 0) / LENGTH;
    expect(Math.abs(10 * Math.log10(power) + 90)).toBeLessThan(1);
  });
});
