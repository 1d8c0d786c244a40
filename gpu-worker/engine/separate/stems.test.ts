import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Audio } from "../audio/audio.ts";
import { InputError } from "../input-error.ts";
import { residualOf } from "./separator.ts";
import { compareSources, MAX_STEMS, RESIDUAL_TOLERANCE, stemsOf } from "./stems.ts";

const RATE = 8000;

function audio(channels: number[][], sampleRate = RATE): Audio {
  return { sampleRate, channels: channels.map((samples) => Float32Array.from(samples)) };
}

function tone(hertz: number, samples: number, sampleRate: number): Audio {
  const channel = Array.from({ length: samples }, (_, i) =>
    Math.sin((2 * Math.PI * hertz * i) / sampleRate),
  );
  return audio([channel], sampleRate);
}

describe("stemsOf", () => {
  it("orders known sources, then other names, then other", async () => {
    const names = ["other", "zither", "bass", "accordion", "vocals", "drums"];
    const stems = new Map(names.map((name) => [name, audio([[0.1]])]));
    const { sources, separator } = await stemsOf(null, stems);
    expect(sources).toEqual(["vocals", "drums", "bass", "accordion", "zither", "other"]);
    expect(separator).toBe("stems");
    expect([...names].sort(compareSources)).toEqual(sources);
  });

  it("returns stems that sum to the mix unchanged", async () => {
    const mix = audio([[0.5, -0.25]]);
    const stems = new Map([
      ["drums", audio([[0.25, -0.5]])],
      ["bass", audio([[0.25, 0.25]])],
    ]);
    const found = await stemsOf(mix, stems);
    expect(found.sources).toEqual(["drums", "bass"]);
    expect(found.residual).toBe(0);
    expect(found.stems[0]).toEqual(stems.get("drums"));
  });

  it("reports a difference within the tolerance and keeps the stems", async () => {
    const off = RESIDUAL_TOLERANCE / 2;
    const found = await stemsOf(audio([[0.5]]), new Map([["drums", audio([[0.5 - off]])]]));
    expect(found.sources).toEqual(["drums"]);
    expect(found.residual).toBeCloseTo(off, 6);
  });

  it("adds a larger difference to other, or makes other, without changing the given arrays", async () => {
    const mix = audio([[0.5, 0.5]]);
    const drums = audio([[0.25, 0.5]]);
    const made = await stemsOf(mix, new Map([["drums", drums]]));
    expect(made.sources).toEqual(["drums", "other"]);
    expect(made.residual).toBe(0.25);
    expect([...made.stems[1]!.channels[0]!]).toEqual([0.25, 0]);
    const other = audio([[0.125, 0]]);
    const there = await stemsOf(
      mix,
      new Map([
        ["other", other],
        ["drums", drums],
      ]),
    );
    expect([...there.stems[1]!.channels[0]!]).toEqual([0.25, 0]);
    expect([...other.channels[0]!]).toEqual([0.125, 0]);
  });

  it("always sums to the mix within the tolerance", async () => {
    const samples = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), {
      minLength: 5,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(samples, samples, samples, async (mix, drums, bass) => {
        const stems = new Map([
          ["drums", audio([drums])],
          ["bass", audio([bass])],
        ]);
        const whole = audio([mix, mix]);
        const found = await stemsOf(whole, stems);
        expect(residualOf(whole, found.stems)).toBeLessThanOrEqual(RESIDUAL_TOLERANCE);
      }),
    );
  });

  it("pads, cuts and copies stems to the mix's shape", async () => {
    const second = Array<number>(RATE).fill(0.25);
    const mix = audio([second.map((x) => 2 * x), second.map((x) => 2 * x)]);
    const short = audio([second.slice(3)]);
    const long = audio([
      [...second, 0.9],
      [...second, 0.9],
    ]);
    const found = await stemsOf(
      mix,
      new Map([
        ["drums", short],
        ["bass", long],
      ]),
    );
    expect(found.stems.map((stem) => stem.channels.map((c) => c.length))).toEqual(
      Array(3).fill([RATE, RATE]),
    );
    expect(found.stems[2]!.channels[1]!.at(-1)).toBe(0.25);
  });

  it("resamples to the mix's rate, or to the highest rate without a mix", async () => {
    const low = tone(100, 4000, 8000);
    const high = tone(100, 8000, 16_000);
    const found = await stemsOf(high, new Map([["vocals", low]]));
    expect(found.stems[0]!.sampleRate).toBe(16_000);
    expect(Math.abs(found.stems[0]!.channels[0]![4001]! - high.channels[0]![4001]!)).toBeLessThan(
      1e-3,
    );
    const alone = await stemsOf(
      null,
      new Map([
        ["vocals", low],
        ["bass", high],
      ]),
    );
    expect(alone.stems.map((stem) => [stem.sampleRate, stem.channels[0]!.length])).toEqual([
      [16_000, 8000],
      [16_000, 8000],
    ]);
  });

  it("accepts silent stems", async () => {
    const found = await stemsOf(audio([[0, 0]]), new Map([["vocals", audio([[0, 0]])]]));
    expect(found.residual).toBe(0);
  });

  it.each<[string, Map<string, Audio>, RegExp]>([
    ["no stems", new Map(), /no stems/],
    ["a bad name", new Map([["Lead Vocals", audio([[0]])]]), /Lead Vocals.*lower-case/],
    ["a stem that is too long", new Map([["bass", audio([Array(RATE).fill(0)])]]), /longer/],
    ["stereo stems of a mono mix", new Map([["bass", audio([[0], [0]])]]), /2 channels/],
    [
      "too many",
      new Map(Array.from({ length: MAX_STEMS + 1 }, (_, i) => [`s${i}`, audio([[0]])])),
      /the limit is 8/,
    ],
    [
      "a residual without room for other",
      new Map(Array.from({ length: MAX_STEMS }, (_, i) => [`s${i}`, audio([[0]])])),
      /no room/,
    ],
  ])("refuses %s", async (_, stems, message) => {
    const refused = stemsOf(audio([[0.5]]), stems);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(message);
  });

  it("refuses stems without samples", async () => {
    await expect(stemsOf(null, new Map([["bass", audio([[]])]]))).rejects.toThrow(InputError);
  });
});
