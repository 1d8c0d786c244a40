import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { FftRuntime } from "../runtime/runtime.ts";

/** Log-mel spectrogram: index = band x frames + frame. */
export interface LogMel {
  data: Float32Array;
  bands: number;
  frames: number;
}

/** A way of turning waveforms into spectrograms. Every one is registered in `registry.ts` and passes
 * `front-end-contract.test.ts`. */
export interface FrontEndKind {
  name: string;
  /** Returns true if this kind computes exactly what the settings describe. */
  supports(settings: FrontEnd): boolean;
  create(settings: FrontEnd, runtime: FftRuntime): SpectrogramTransform;
}

/** Computes the spectrogram that a model takes. */
export interface SpectrogramTransform {
  bands: number;
  /** Fewest samples that have a spectrogram. */
  minSamples: number;
  /** Value of a band without energy. */
  silence: number;
  /** Returns the number of frames of a waveform of so many samples. */
  frameCount(samples: number): number;
  /**
   * Computes the spectrogram of a mono waveform at the front-end's sample rate.
   *
   * @param waveform full scale -1 to 1, left unchanged
   * @throws InputError for fewer than `minSamples` samples
   */
  transform(waveform: Float32Array | Float64Array): LogMel;
}
