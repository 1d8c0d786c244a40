import { describe, expect, it } from "vitest";
import { cpuRuntime as runtime } from "../../runtime/node/cpu-runtime.fixture.ts";
import { music } from "../fixtures/music.ts";
import { residualOf } from "../separator.ts";
import { energyOf, siSdr } from "../si-sdr.ts";
import { dsp } from "./dsp.ts";

describe("dsp", () => {
  it("cross-fades the blocks of long audio without a click", async () => {
    const mix = music(4000, 1, 62);
    const stems = await dsp.separate(mix, { runtime });
    expect(residualOf(mix, stems)).toBeLessThanOrEqual(1e-5);
    // A click would show as a jump between neighbouring samples of the bass.
    const bass = stems[dsp.sources.indexOf("bass")]!.channels[0]!;
    let steepest = 0;
    for (let i = 4000; i < bass.length - 4000; i++) {
      steepest = Math.max(steepest, Math.abs(bass[i]! - bass[i - 1]!));
    }
    expect(steepest).toBeLessThan(0.1);
    expect(energyOf([bass])).toBeGreaterThan(0.5 * bass.length * (0.25 ** 2 / 2));
  });

  it("separates a centred voice better in stereo than in mono", async () => {
    const sampleRate = 16_000;
    const length = 4 * sampleRate;
    const tone = (hertz: number) =>
      Float32Array.from(
        { length },
        (_, i) => 0.2 * Math.sin((2 * Math.PI * hertz * i) / sampleRate),
      );
    const voice = tone(500);
    const side = tone(730);
    const half = voice.map((x, i) => x + side[i]! / 2);
    const mono = await dsp.separate({ sampleRate, channels: [half] }, { runtime });
    const left = voice.map((x, i) => x + side[i]!);
    const stereo = await dsp.separate({ sampleRate, channels: [left, voice] }, { runtime });
    const inMono = siSdr([voice], mono[0]!.channels);
    const inStereo = siSdr([voice, voice], stereo[0]!.channels);
    expect(inStereo).toBeGreaterThan(inMono + 1);
  });
});
