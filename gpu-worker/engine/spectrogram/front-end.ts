import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { FftRuntime } from "../runtime/runtime.ts";
import { htkDecibels, type LogMel } from "./log-mel.ts";

/** A way of turning waveforms into spectrograms. Every one passes `front-end-contract.test.ts`. */
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

/** The installed kinds; the first that supports a model's settings computes its spectrograms. */
export const FRONT_ENDS: readonly FrontEndKind[] = [htkDecibels];

/**
 * Creates the transform that a model's front-end settings describe.
 *
 * @throws RangeError if no installed kind supports them
 */
export function createFrontEnd(settings: FrontEnd, runtime: FftRuntime): SpectrogramTransform {
  const kind = FRONT_ENDS.find((each) => each.supports(settings));
  if (!kind) {
    const { melScale, norm, power, log } = settings;
    throw new RangeError(
      `No front-end computes melScale ${melScale}, norm ${norm}, power ${power} and log ${log}.`,
    );
  }
  return kind.create(settings, runtime);
}
