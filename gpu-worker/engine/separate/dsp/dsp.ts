import { SOURCES } from "@lemons/shared/contract/explanation-request";
import { type Audio, sampleCount } from "../../audio/audio.ts";
import { createStft } from "../../spectrogram/stft.ts";
import type { SeparateOptions, Separator } from "../separator.ts";
import { addBlock, splitIntoBlocks } from "./blocks.ts";
import { createMaskedInverse } from "./masked-inverse.ts";
import { sourceMasks } from "./source-masks.ts";

/** The window is the nearest power of two: 128 ms at 16 kHz, 93 ms at 44.1 kHz. */
const WINDOW_SECONDS = 0.11;
const FRAMES_PER_WINDOW = 4;

/** Longer audio is separated in blocks, which bounds the memory. */
const ONE_BLOCK_SECONDS = 60;
const BLOCK_SECONDS = 40;
const OVERLAP_SECONDS = 2;

/**
 * Separation by soft masks from signal processing alone; needs no weights. docs/separation.md
 * describes the method and its measured quality.
 *
 * All channels share the masks. `other` is the mix minus the masked sources, so the sources sum to
 * the mix within float32 rounding.
 */
export const dsp: Separator = { name: "dsp", sources: SOURCES, separate };

async function separate(
  mix: Audio,
  { runtime, signal, onProgress }: SeparateOptions,
): Promise<Audio[]> {
  const { sampleRate } = mix;
  const length = sampleCount(mix);
  const nFft = 2 ** Math.round(Math.log2(WINDOW_SECONDS * sampleRate));
  const hop = nFft / FRAMES_PER_WINDOW;
  const stft = createStft({ nFft, hop, window: "hann-periodic" }, runtime);
  const grid = { binHertz: sampleRate / nFft, hopSeconds: hop / sampleRate };
  const stems = SOURCES.map(
    (): Audio => ({ sampleRate, channels: mix.channels.map(() => new Float32Array(length)) }),
  );
  const blocks = splitIntoBlocks(length, {
    oneBlock: ONE_BLOCK_SECONDS * sampleRate,
    target: BLOCK_SECONDS * sampleRate,
    overlap: OVERLAP_SECONDS * sampleRate,
  });
  for (const [done, block] of blocks.entries()) {
    signal?.throwIfAborted();
    if (done > 0) await runtime.yieldToEvents();
    const spectra = mix.channels.map((samples) =>
      stft.forward(padToLength(samples.subarray(block.start, block.end), nFft)),
    );
    const masks = sourceMasks(spectra, grid);
    const inverse = createMaskedInverse(
      nFft,
      hop,
      spectra[0]!.frames,
      block.end - block.start,
      runtime,
    );
    for (const [index, source] of SOURCES.entries()) {
      if (source === "other") continue;
      for (const [channel, spectrum] of spectra.entries()) {
        addBlock(stems[index]!.channels[channel]!, inverse(spectrum, masks[source]), block);
      }
    }
    onProgress?.((done + 1) / blocks.length);
  }
  setLastToRemainder(mix, stems);
  return stems;
}

/** Appends silence up to `length` samples; returns longer signals as they are. */
function padToLength(samples: Float32Array, length: number): Float32Array {
  if (samples.length >= length) return samples;
  const longer = new Float32Array(length);
  longer.set(samples);
  return longer;
}

/** Sets the last stem to the mix minus the other stems. */
function setLastToRemainder(mix: Audio, stems: readonly Audio[]): void {
  const last = stems.at(-1)!;
  for (const [channel, samples] of mix.channels.entries()) {
    const target = last.channels[channel]!;
    const parts = stems.slice(0, -1).map((stem) => stem.channels[channel]!);
    for (let index = 0; index < samples.length; index++) {
      let sum = 0;
      for (const part of parts) sum += part[index]!;
      target[index] = samples[index]! - sum;
    }
  }
}
