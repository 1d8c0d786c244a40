import { SourceName } from "@lemons/shared/contract/explanation-request";
import { type MixSeparatorName, SEPARATOR_VERSIONS } from "@lemons/shared/contract/separator";
import { describe, expect, it } from "vitest";
import type { Audio } from "../audio/audio.ts";
import { InputError } from "../input-error.ts";
import { cpuRuntime as runtime } from "../runtime/node/cpu-runtime.fixture.ts";
import { music } from "./fixtures/music.ts";
import { isMixSeparator, SEPARATORS, separate } from "./registry.ts";
import { residualOf } from "./separator.ts";
import { energyOf } from "./si-sdr.ts";
import { compareSources } from "./stems.ts";

describe.each(Object.entries(SEPARATORS))("separator %s", (key, separator) => {
  it("is registered under its name, with a version in shared", () => {
    expect(separator.name).toBe(key);
    expect(SEPARATOR_VERSIONS[separator.name]).toMatch(/^\d+$/);
  });

  it("names valid, distinct sources in the common order", () => {
    const { sources } = separator;
    for (const source of sources) expect(SourceName.safeParse(source).success).toBe(true);
    expect(new Set(sources).size).toBe(sources.length);
    expect([...sources].sort(compareSources)).toEqual(sources);
  });

  it.each([
    ["44.1 kHz stereo", 44_100, 2, 3],
    ["16 kHz mono", 16_000, 1, 4],
    ["8 kHz mono", 8000, 1, 3],
    ["96 kHz stereo", 96_000, 2, 1],
    ["48 kHz in six channels", 48_000, 6, 0.5],
    ["20 ms", 44_100, 2, 0.02],
    ["a single sample", 16_000, 1, 1 / 16_000],
  ])("sums to the mix and keeps its shape: %s", async (_, sampleRate, channels, seconds) => {
    const mix = music(sampleRate, channels, seconds);
    const stems = await separator.separate(mix, { runtime });
    expect(stems).toHaveLength(separator.sources.length);
    expect(residualOf(mix, stems)).toBeLessThanOrEqual(1e-5);
    for (const stem of stems) {
      expect(shapeOf(stem)).toEqual(shapeOf(mix));
      expect(stem.channels.every((samples) => samples.every(Number.isFinite))).toBe(true);
    }
  });

  it("returns silence for silence", async () => {
    const silent = () => new Float32Array(16_000);
    const stems = await separator.separate(
      { sampleRate: 16_000, channels: [silent(), silent()] },
      { runtime },
    );
    for (const stem of stems) expect(energyOf(stem.channels)).toBe(0);
  });

  it("returns the same samples each time and leaves the mix unchanged", async () => {
    const mix = music(8000, 2, 2);
    const first = await separator.separate(mix, { runtime });
    expect(await separator.separate(mix, { runtime })).toEqual(first);
    expect(mix).toEqual(music(8000, 2, 2));
  });

  it("reports rising progress up to 1", async () => {
    const fractions: number[] = [];
    await separator.separate(music(4000, 1, 62), {
      runtime,
      onProgress: (done) => fractions.push(done),
    });
    expect(fractions.toSorted((a, b) => a - b)).toEqual(fractions);
    expect(fractions.at(-1)).toBe(1);
  });

  it("stops with the signal's reason", async () => {
    const reason = new Error("cancelled");
    const before = separator.separate(music(8000, 1, 1), {
      runtime,
      signal: AbortSignal.abort(reason),
    });
    await expect(before).rejects.toBe(reason);

    const controller = new AbortController();
    const onProgress = () => controller.abort(reason);
    const long = music(4000, 1, 62);
    const midway = separator.separate(long, { runtime, signal: controller.signal, onProgress });
    await expect(midway).rejects.toBe(reason);
  });
});

describe("separate", () => {
  const names = Object.keys(SEPARATORS) as MixSeparatorName[];

  it.each(names)("names %s, its version and the residual", async (name) => {
    const mix = music(8000, 1, 0.5);
    const separated = await separate(mix, name, { runtime });
    expect(separated).toMatchObject({ separator: name, version: SEPARATOR_VERSIONS[name] });
    expect(separated.sources).toEqual(SEPARATORS[name].sources);
    expect(separated.residual).toBe(residualOf(mix, separated.stems));
  });

  it("refuses audio without samples", async () => {
    for (const channels of [[new Float32Array(0)], []]) {
      const empty = separate({ sampleRate: 8000, channels }, names[0]!, { runtime });
      await expect(empty).rejects.toThrow(InputError);
    }
  });

  it("refuses separators that aren't installed", async () => {
    expect(isMixSeparator("toString")).toBe(false);
    const unknown = separate(music(8000, 1, 0.1), "toString" as MixSeparatorName, { runtime });
    await expect(unknown).rejects.toThrow(`Use one of: ${names.join(", ")}`);
  });
});

function shapeOf({ sampleRate, channels }: Audio): number[] {
  return [sampleRate, ...channels.map((samples) => samples.length)];
}
