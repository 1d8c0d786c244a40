import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { FftRuntime } from "../runtime/runtime.ts";
import { frameCount, minimumSamples, periodicHann, reflectPad } from "./framing.ts";
import type { FrontEndKind, LogMel } from "./front-end.ts";
import { createMelFilterbank } from "./mel-filterbank.ts";

const MIN_POWER = 1e-10;

/** Level of a band without energy: 10 log10(1e-10) dB. */
export const SILENCE_DB = -100;

/** HTK mel bands of the power spectrum, in dB: torchaudio's conventions. */
export const htkDecibels: FrontEndKind = {
  name: "htk, power, dB",
  supports: ({ melScale, norm, power, log, center, padMode, window }) =>
    melScale === "htk" &&
    norm === null &&
    power === 2 &&
    log === "10*log10(max(x,1e-10))" &&
    center === true &&
    padMode === "reflect" &&
    window === "hann-periodic",
  create: (settings, runtime) => ({
    bands: settings.nMels,
    minSamples: minimumSamples(settings.nFft),
    silence: SILENCE_DB,
    frameCount: (samples) => frameCount(samples, settings.hop),
    transform: createLogMel(settings, runtime),
  }),
};

/**
 * Creates the transform of LEMONS's own models: power of the centred STFT, mel bands,
 * 10 log10(max(x, 1e-10)), in float64 up to the stored result. Equals torchaudio's MelSpectrogram
 * followed by AmplitudeToDB(top_db=None).
 *
 * @returns a function from a mono waveform at `frontEnd.sampleRate` to bands x
 *   (1 + floor(samples / hop)) dB; it throws InputError for nFft / 2 samples or fewer
 */
export function createLogMel(
  frontEnd: FrontEnd,
  runtime: FftRuntime,
): (waveform: Float32Array | Float64Array) => LogMel {
  const { nFft, hop } = frontEnd;
  const fft = runtime.createRealFft(nFft);
  const { bands, first, count, offset, weights } = createMelFilterbank(frontEnd);
  const window = periodicHann(nFft);
  const frame = new Float64Array(nFft);
  const spectrum = new Float64Array(2 * fft.bins);
  const power = new Float64Array(fft.bins);

  return (waveform) => {
    const padded = reflectPad(waveform, nFft);
    const frames = frameCount(waveform.length, hop);
    const data = new Float32Array(bands * frames);
    for (let k = 0; k < frames; k++) {
      const start = k * hop;
      for (let n = 0; n < nFft; n++) frame[n] = padded[start + n]! * window[n]!;
      fft.forward(frame, spectrum);
      for (let bin = 0; bin < power.length; bin++) {
        const real = spectrum[2 * bin]!;
        const imaginary = spectrum[2 * bin + 1]!;
        power[bin] = real * real + imaginary * imaginary;
      }
      for (let band = 0; band < bands; band++) {
        const row = offset[band]!;
        const end = row + count[band]!;
        let bin = first[band]!;
        let sum = 0;
        for (let j = row; j < end; j++) sum += weights[j]! * power[bin++]!;
        data[band * frames + k] = sum > MIN_POWER ? 10 * Math.log10(sum) : SILENCE_DB;
      }
    }
    return { data, bands, frames };
  };
}
