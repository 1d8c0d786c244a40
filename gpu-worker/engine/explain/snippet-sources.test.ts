import { describe, expect, it } from "vitest";
import type { Audio } from "../audio/audio.ts";
import { InputError } from "../input-error.ts";
import { cpuRuntime } from "../runtime/node/cpu-runtime.fixture.ts";
import { mixOfSources, type SnippetSourcesInput, snippetSources } from "./snippet-sources.ts";

const RATE = 8000;

/** A slow ramp, whose samples identify their time. */
function ramp(seconds: number, slope: number, sampleRate = RATE): Audio {
  const length = Math.round(seconds * sampleRate);
  return {
    sampleRate,
    channels: [Float32Array.from({ length }, (_, i) => (slope * i) / sampleRate / 1000)],
  };
}

function input(change: Partial<SnippetSourcesInput>): SnippetSourcesInput {
  const base = {
    runtime: cpuRuntime,
    mix: null,
    stems: null,
    audioSha256: "b".repeat(64),
    needsSources: true,
  };
  return { ...base, separator: "stems", ...change };
}

describe("snippetSources", () => {
  it("cuts mix and stems at the same position", async () => {
    const stems = new Map([
      ["bass", ramp(50, 1)],
      ["drums", ramp(50, 3)],
    ]);
    const mix = mixOfSources([...stems.values()]);
    for (const given of [mix, null]) {
      const found = await snippetSources(input({ mix: given, stems }));
      expect(found).toMatchObject({ startSeconds: 10, seconds: 30, trackSeconds: 50 });
      expect(found.separated.residual).toBeLessThan(1e-6);
      expect(found.mix.channels[0]![0]).toBeCloseTo(0.04, 6);
      expect(found.separated.stems.map((stem) => stem.channels[0]![0])).toEqual([
        expect.closeTo(0.03, 6),
        expect.closeTo(0.01, 6),
      ]);
    }
  });

  it("aligns stems of another sample rate with the mix", async () => {
    const found = await snippetSources(
      input({ mix: ramp(40, 2), stems: new Map([["bass", ramp(40, 2, 2 * RATE)]]) }),
    );
    const middle = found.separated.stems[0]!.channels[0]![15 * RATE]!;
    expect(middle).toBeCloseTo(found.mix.channels[0]![15 * RATE]!, 5);
  });

  it("rejects a stem of another length, even if only the centre is heard", async () => {
    const stems = new Map([
      ["bass", ramp(50, 1)],
      ["drums", ramp(45, 1)],
    ]);
    const asked = snippetSources(input({ mix: ramp(50, 2), stems }));
    await expect(asked).rejects.toThrow(InputError);
    await expect(asked).rejects.toThrow(/"drums" is 5\.000 s shorter/);
  });

  it("does not separate if no sources are needed", async () => {
    const mix = ramp(2, 1);
    const found = await snippetSources(input({ mix, separator: "dsp", needsSources: false }));
    expect(found.separated).toMatchObject({ sources: ["mix"], separator: "none" });
    expect(found.separated.stems[0]).toBe(found.mix);
  });
});
