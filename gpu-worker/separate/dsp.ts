import { SOURCES } from "@lemons/shared/contract/explanation-request";
import { type Audio, sampleCount, toMono } from "../audio/audio.ts";
import { createStft } from "../spectrogram/stft.ts";
import { harmonicPercussive } from "./harmonic-percussive.ts";
import { residualOf, type SeparatedSources } from "./separated-sources.ts";

/** Bumped whenever the same mix would give other samples: it is part of content addresses. */
export const DSP_VERSION = "1";

const WINDOW_SECONDS = 0.093;

/** Soft masks by signal processing alone: needs no weights, and its sources sum to the mix. */
export function separateByMasks(mix: Audio): SeparatedSources {
  const nFft = 2 ** Math.round(Math.log2(WINDOW_SECONDS * mix.sampleRate));
  const hop = nFft / 4;
  const stft = createStft({ nFft, hop, window: "hann" });
  const { frames, bins, real, imaginary } = stft.forward(toMono(mix));
  const values = real.map((x, i) => Math.hypot(x, imaginary[i]!));
  const { harmonic, percussive } = harmonicPercussive({ frames, bins, values }, 17, 31);
  const masks = SOURCES.map(() => new Float32Array(values.length));
  for (let i = 0; i < values.length; i++) {
    const frequency = ((i % bins) * mix.sampleRate) / nFft;
    const h = harmonic[i]! ** 2;
    const drums = percussive[i]! ** 2 / (h + percussive[i]! ** 2 + 1e-20);
    const low = 1 / (1 + (frequency / 220) ** 8);
    const voice = (1 - low) / (1 + (frequency / 4000) ** 4) / 3;
    const tonal = 1 - drums;
    masks[2]![i] = drums;
    masks[3]![i] = tonal * low;
    masks[0]![i] = tonal * voice;
    masks[1]![i] = tonal * voice;
  }
  const stems = SOURCES.map((): Audio => ({ sampleRate: mix.sampleRate, channels: [] }));
  for (const samples of mix.channels) {
    const spectrum = stft.forward(samples);
    const rest = samples.slice();
    for (const [index, stem] of stems.slice(0, -1).entries()) {
      const mask = masks[index]!;
      const masked = {
        ...spectrum,
        real: spectrum.real.map((x, i) => x * mask[i]!),
        imaginary: spectrum.imaginary.map((x, i) => x * mask[i]!),
      };
      const source = stft.inverse(masked, sampleCount(mix));
      stem.channels.push(source);
      for (let i = 0; i < rest.length; i++) rest[i]! -= source[i]!;
    }
    stems.at(-1)!.channels.push(rest);
  }
  const residual = residualOf(mix, stems);
  return { sources: [...SOURCES], stems, separator: "dsp", version: DSP_VERSION, residual };
}
