import { setImmediate } from "node:timers/promises";
import { SOURCES } from "@lemons/shared/contract/explanation-request";
import { type Audio, sampleCount } from "../audio/audio.ts";
import { createStft } from "../spectrogram/stft.ts";
import { addBlock, blocksOf } from "./blocks.ts";
import { createMaskedInverse } from "./masked-inverse.ts";
import { residualOf, type SeparatedSources } from "./separated-sources.ts";
import { sourceMasks } from "./source-masks.ts";

/** Bumped whenever the same mix would give other samples: it is part of content addresses. */
export const DSP_VERSION = "1";

/** The window is the power of two next to this: 128 ms at 16 kHz, 93 ms at 44.1 kHz. */
const WINDOW_SECONDS = 0.11;
const FRAMES_PER_WINDOW = 4;

/** Longer audio is taken in blocks, so that memory does not grow with it. */
const ONE_BLOCK_SECONDS = 60;
const BLOCK_SECONDS = 40;
const OVERLAP_SECONDS = 2;

/**
 * Takes a mix apart by soft masks that signal processing alone finds; needs no weights.
 *
 * All channels share the masks. `other` is what the masked sources leave of the mix, so the sources
 * sum to the mix to float32's rounding. Gives way to other work between blocks.
 *
 * @param mix at least one sample
 */
export async function separateByMasks(mix: Audio): Promise<SeparatedSources> {
  const { sampleRate } = mix;
  const length = sampleCount(mix);
  const nFft = 2 ** Math.round(Math.log2(WINDOW_SECONDS * sampleRate));
  const hop = nFft / FRAMES_PER_WINDOW;
  const stft = createStft({ nFft, hop, window: "hann-periodic" });
  const grid = { binHertz: sampleRate / nFft, hopSeconds: hop / sampleRate };
  const stems = SOURCES.map(
    (): Audio => ({ sampleRate, channels: mix.channels.map(() => new Float32Array(length)) }),
  );
  const blocks = blocksOf(
    length,
    ONE_BLOCK_SECONDS * sampleRate,
    BLOCK_SECONDS * sampleRate,
    OVERLAP_SECONDS * sampleRate,
  );
  for (const block of blocks) {
    const spectra = mix.channels.map((samples) =>
      stft.forward(padded(samples.subarray(block.start, block.end), nFft)),
    );
    const masks = sourceMasks(spectra, grid);
    const inverse = createMaskedInverse(nFft, hop, spectra[0]!.frames, block.end - block.start);
    for (const [index, source] of SOURCES.entries()) {
      if (source === "other") continue;
      for (const [channel, spectrum] of spectra.entries()) {
        addBlock(stems[index]!.channels[channel]!, inverse(spectrum, masks[source]), block);
      }
    }
    if (blocks.length > 1) await setImmediate();
  }
  takeRest(mix, stems);
  const residual = residualOf(mix, stems);
  return { sources: [...SOURCES], stems, separator: "dsp", version: DSP_VERSION, residual };
}

/** At least one window of samples, silence behind what there is. */
function padded(samples: Float32Array, least: number): Float32Array {
  if (samples.length >= least) return samples;
  const longer = new Float32Array(least);
  longer.set(samples);
  return longer;
}

/** Makes the last stem what the others leave of the mix. */
function takeRest(mix: Audio, stems: Audio[]): void {
  const rest = stems.at(-1)!;
  for (const [channel, samples] of mix.channels.entries()) {
    const target = rest.channels[channel]!;
    const parts = stems.slice(0, -1).map((stem) => stem.channels[channel]!);
    for (let index = 0; index < samples.length; index++) {
      let sum = 0;
      for (const part of parts) sum += part[index]!;
      target[index] = samples[index]! - sum;
    }
  }
}
