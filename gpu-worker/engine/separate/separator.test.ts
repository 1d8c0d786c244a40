import { describe, expect, it } from "vitest";
import { InputError } from "../input-error.ts";
import { isSeparatorName, SEPARATORS, type SeparatorName, separate } from "./separator.ts";

describe("separate", () => {
  const mix = { sampleRate: 8000, channels: [Float32Array.from({ length: 4000 }, Math.sin)] };

  it("names the separator and its registered version", async () => {
    const found = await separate(mix, "dsp");
    expect(found.separator).toBe("dsp");
    expect(found.version).toBe(SEPARATORS.dsp.version);
    expect(found.sources).toHaveLength(found.stems.length);
  });

  it("refuses audio without samples", async () => {
    const empty = { sampleRate: 8000, channels: [new Float32Array(0)] };
    await expect(separate(empty, "dsp")).rejects.toThrow(InputError);
    await expect(separate({ sampleRate: 8000, channels: [] }, "dsp")).rejects.toThrow(InputError);
  });

  it("refuses separators it does not have", async () => {
    expect(isSeparatorName("toString")).toBe(false);
    await expect(separate(mix, "toString" as SeparatorName)).rejects.toThrow(/Choose one of: dsp/);
  });
});
