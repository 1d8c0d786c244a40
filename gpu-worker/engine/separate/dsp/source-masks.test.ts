import { describe, expect, it } from "vitest";
import { cpuRuntime } from "../../runtime/node/cpu-runtime.fixture.ts";
import { createStft } from "../../spectrogram/stft.ts";
import { sourceMasks } from "./source-masks.ts";

const RATE = 16_000;
const stft = createStft({ nFft: 2048, hop: 512, window: "hann-periodic" }, cpuRuntime);
const GRID = { binHertz: RATE / 2048, hopSeconds: 512 / RATE };

/** A low tone, a tone in the voice's register and clicks, 3 s. */
function scene() {
  const length = 3 * RATE;
  const tone = (hertz: number) =>
    Float32Array.from({ length }, (_, i) => 0.3 * Math.sin((2 * Math.PI * hertz * i) / RATE));
  const clicks = new Float32Array(length);
  for (let at = 4000; at < length; at += 8000) clicks[at] = 0.9;
  return { bass: tone(60), voice: tone(600), clicks };
}

describe("sourceMasks", () => {
  const sounds = scene();
  const mix = sounds.bass.map((x, i) => x + sounds.voice[i]! + sounds.clicks[i]!);
  const masks = sourceMasks([stft.forward(mix)], GRID);
  const { bins } = stft.forward(mix);
  const at = (mask: Float32Array, sample: number, hertz: number) =>
    mask[Math.round(sample / 512) * bins + Math.round(hertz / GRID.binHertz)]!;

  it("assigns each sound to its source", () => {
    expect(at(masks.bass, 1.6 * RATE, 60)).toBeGreaterThan(0.9);
    expect(at(masks.drums, 20_000, 3000)).toBeGreaterThan(0.9);
    const voiced = at(masks.vocals, 1.6 * RATE, 600);
    expect(voiced).toBeGreaterThan(at(masks.drums, 1.6 * RATE, 600));
    expect(voiced).toBeGreaterThan(at(masks.bass, 1.6 * RATE, 600));
  });

  it("keeps shares at 0 or more and their sum at 1 or less", () => {
    let least = 1;
    let most = 0;
    for (let i = 0; i < masks.drums.length; i++) {
      const { vocals, piano, drums, bass } = masks;
      least = Math.min(least, vocals[i]!, piano[i]!, drums[i]!, bass[i]!);
      most = Math.max(most, vocals[i]! + piano[i]! + drums[i]! + bass[i]!);
    }
    expect(least).toBeGreaterThanOrEqual(0);
    expect(most).toBeLessThanOrEqual(1 + 1e-6);
  });
});
