import { describe, expect, it } from "vitest";
import { separateByMasks } from "./dsp.ts";
import { residualOf } from "./separated-sources.ts";
import { energyOf, siSdr } from "./si-sdr.ts";

/** Tones, glides and noise bursts that differ between channels. */
function music(sampleRate: number, channelCount: number, seconds: number) {
  const length = Math.round(sampleRate * seconds);
  let state = 1;
  const noise = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state / 2 ** 31;
  };
  const channels = Array.from({ length: channelCount }, (_, channel) =>
    Float32Array.from({ length }, (_, i) => {
      const time = i / sampleRate;
      const burst = Math.exp(-((time * 2) % 1) * 30) * noise();
      const bass = Math.sin(2 * Math.PI * 70 * time);
      const voice = Math.sin(2 * Math.PI * 440 * time + 3 * Math.sin(5 * time));
      return 0.3 * burst + 0.25 * bass + (channel ? 0.1 : 0.3) * voice;
    }),
  );
  return { sampleRate, channels };
}

function allFinite(stems: { channels: Float32Array[] }[]): boolean {
  return stems.every((stem) => stem.channels.every((samples) => samples.every(Number.isFinite)));
}

describe("separateByMasks", () => {
  it.each([
    ["44.1 kHz stereo", 44_100, 2, 3],
    ["16 kHz mono", 16_000, 1, 4],
    ["8 kHz mono", 8000, 1, 3],
    ["96 kHz stereo", 96_000, 2, 1],
    ["48 kHz in six channels", 48_000, 6, 0.5],
    ["shorter than a window", 44_100, 2, 0.02],
    ["a single sample", 16_000, 1, 1 / 16_000],
  ])("sums to the mix: %s", async (_, sampleRate, channels, seconds) => {
    const mix = music(sampleRate, channels, seconds);
    const separated = await separateByMasks(mix);
    expect(separated.sources).toEqual(["vocals", "piano", "drums", "bass", "other"]);
    expect(allFinite(separated.stems)).toBe(true);
    expect(residualOf(mix, separated.stems)).toBeLessThanOrEqual(1e-5);
    expect(separated.residual).toBeLessThanOrEqual(1e-5);
    for (const stem of separated.stems) {
      expect(stem.sampleRate).toBe(sampleRate);
      expect(stem.channels.map((samples) => samples.length)).toEqual(
        mix.channels.map((samples) => samples.length),
      );
    }
  });

  it("makes silence of silence", async () => {
    const mix = {
      sampleRate: 16_000,
      channels: [new Float32Array(16_000), new Float32Array(16_000)],
    };
    const { stems } = await separateByMasks(mix);
    for (const stem of stems) expect(energyOf(stem.channels)).toBe(0);
  });

  it("gives the same samples each time", async () => {
    const mix = music(8000, 2, 2);
    expect(await separateByMasks(mix)).toEqual(await separateByMasks(mix));
  });

  it("takes long audio in blocks without a seam", async () => {
    const mix = music(4000, 1, 62);
    const { stems } = await separateByMasks(mix);
    expect(residualOf(mix, stems)).toBeLessThanOrEqual(1e-5);
    // A click at a seam would show as a jump between neighbouring samples of the bass.
    const bass = stems[3]!.channels[0]!;
    let steepest = 0;
    for (let i = 4000; i < bass.length - 4000; i++) {
      steepest = Math.max(steepest, Math.abs(bass[i]! - bass[i - 1]!));
    }
    expect(steepest).toBeLessThan(0.1);
    expect(energyOf([bass])).toBeGreaterThan(0.5 * bass.length * (0.25 ** 2 / 2));
  });

  it("uses the stereo image: a centred voice comes out better than in mono", async () => {
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
    const mono = await separateByMasks({ sampleRate, channels: [half] });
    const left = voice.map((x, i) => x + side[i]!);
    const stereo = await separateByMasks({ sampleRate, channels: [left, voice] });
    const inMono = siSdr([voice], mono.stems[0]!.channels);
    const inStereo = siSdr([voice, voice], stereo.stems[0]!.channels);
    expect(inStereo).toBeGreaterThan(inMono + 1);
  });
});
