import { describe, expect, it } from "vitest";
import { noise } from "../response-table/noise.fixture.ts";
import { createNodeRuntime } from "../runtime/node/node-runtime.ts";
import { resample } from "./resample.ts";
import { resampleTogether } from "./resample-together.ts";

const runtime = createNodeRuntime({ provider: "cpu", threads: 2 });

describe("resampleTogether", () => {
  it.each([
    [44_100, 16_000, 30_011],
    [48_000, 16_000, 20_000],
    [22_050, 16_000, 9_999],
    [8_000, 16_000, 4_001],
    [16_000, 16_000, 1_000],
    [44_101, 16_000, 5_000],
    [96_000, 16_000, 700],
    [44_100, 16_000, 3],
  ])("gives what resampling one by one gives, from %i to %i Hz", async (from, to, samples) => {
    const signals = noise(samples, 3, 2);
    const together = await resampleTogether(
      signals.map((signal) => [signal]),
      from,
      to,
      runtime,
    );
    signals.forEach((signal, i) => {
      const alone = resample(signal, from, to);
      expect(together[i]!.length).toBe(alone.length);
      const difference = alone.reduce(
        (most, x, at) => Math.max(most, Math.abs(x - together[i]![at]!)),
        0,
      );
      expect(difference).toBeLessThan(2e-6);
    });
  });

  it.each([1, 2, 3])("takes the mean of %i channels", async (count) => {
    const channels = noise(9_999, count, 4);
    const mean = Float32Array.from(channels[0]!, (_, i) => {
      return channels.reduce((sum, channel) => sum + channel[i]!, 0) / count;
    });
    const [found] = await resampleTogether([channels], 44_100, 16_000, runtime);
    const [expected] = await resampleTogether([[mean]], 44_100, 16_000, runtime);
    expect(found).toEqual(expected);
  });

  it("keeps digital silence", async () => {
    const [silence] = await resampleTogether([[new Float32Array(44_100)]], 44_100, 16_000, runtime);
    expect(silence!.every((x) => x === 0)).toBe(true);
  });

  it("refuses rates that are none", async () => {
    await expect(resampleTogether([[new Float32Array(9)]], 0, 16_000, runtime)).rejects.toThrow(
      RangeError,
    );
  });
});
