import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { SegmentBounds } from "@lemons/shared/explanation/components";
import type { FftRuntime } from "../../runtime/runtime.ts";
import { periodicHann } from "../../spectrogram/framing.ts";
import { createMelFilterbank, type MelFilterbank } from "../../spectrogram/mel-filterbank.ts";
import { bitsOf, type Components, componentsOf, type SegmentInterval } from "./intervals.ts";
import { type Columns, columnCount } from "./windows.ts";

/** Waveforms and their segments. */
export interface GatedSources {
  /** Mono, all of one length, at the front-end's sample rate. */
  sources: readonly Float32Array[];
  bounds: readonly SegmentBounds[];
  components: Components;
}

/** Frames of an interval, which see no segment outside it. */
export interface IntervalFrames extends SegmentInterval, Columns {}

/** Mel power of every combination of an interval's components, in float32. */
export interface CombinationPower {
  /**
   * Computes several intervals with equal numbers of components at once: combination c of each.
   *
   * @param parts in rising order
   * @param frames that contain all parts; frames outside of the parts are zeros
   * @returns [2^bits x frames x bands]: combination, frame, band; overwritten by the next call
   */
  of(parts: readonly IntervalFrames[], frames: Columns): Float32Array;
}

/**
 * Computes the mel power of sums of components without a transform for each sum. The transform is
 * linear, so the power of a sum is |A + B + ...|^2 = sum of auto and cross terms, in which the mel
 * filters are linear. Each component is transformed once, moments are kept in float64 (parts may
 * cancel), and every combination costs two additions a band: with t its highest component,
 * P(low + t) = P(low) + D_t(low), D_t(low + u) = D_t(low) + cross_tu.
 */
export function createCombinationPower(
  { sources, bounds, components }: GatedSources,
  frontEnd: FrontEnd,
  runtime: FftRuntime,
): CombinationPower {
  const { nFft, hop } = frontEnd;
  const fft = runtime.createRealFft(nFft);
  const filters = createMelFilterbank(frontEnd);
  const { bands } = filters;
  const { lower, upper } = weightsOfBins(filters);
  const window = periodicHann(nFft);
  const samples = sources[0]!.length;
  const frame = new Float64Array(nFft);
  let buffer = new Float32Array(0);

  /** Fills in the windowed frame of one component. @returns false if it is all zeros */
  function fillFrame(component: number, centre: number): boolean {
    const source = sources[component % components.sources]!;
    const [start, end] = bounds[Math.floor(component / components.sources)]!;
    const begin = centre - nFft / 2;
    let sounds = false;
    if (begin >= start && begin + nFft <= end) {
      for (let i = 0; i < nFft; i++) {
        const value = source[begin + i]!;
        if (value !== 0) sounds = true;
        frame[i] = value * window[i]!;
      }
      return sounds;
    }
    for (let i = 0; i < nFft; i++) {
      let sample = begin + i;
      if (sample < 0) sample = -sample;
      else if (sample >= samples) sample = 2 * (samples - 1) - sample;
      const value = sample >= start && sample < end ? source[sample]! : 0;
      if (value !== 0) sounds = true;
      frame[i] = value * window[i]!;
    }
    return sounds;
  }

  /** Computes mel[band] = sum of weight x Re(a conj b), doubled unless a is b. */
  function melProduct(a: Float64Array, b: Float64Array, mel: Float64Array): void {
    const factor = a === b ? 1 : 2;
    mel.fill(0);
    for (let bin = 0; bin < fft.bins; bin++) {
      const i = 2 * bin;
      const product = factor * (a[i]! * b[i]! + a[i + 1]! * b[i + 1]!);
      mel[lower.band[bin]!]! += lower.weight[bin]! * product;
      mel[upper.band[bin]!]! += upper.weight[bin]! * product;
    }
  }

  /** Fills in one part of [combinations x frames x bands]. */
  function fillPart(
    { first, last, start, end }: IntervalFrames,
    frames: Columns,
    result: Float32Array,
  ): void {
    const list = componentsOf(components, { first, last });
    const combinations = 2 ** list.length;
    const rowSize = columnCount(frames) * bands;
    const power = new Float64Array(combinations * bands);
    const difference = new Float64Array(Math.ceil(combinations / 2) * bands);
    const spectra = list.map(() => new Float64Array(2 * fft.bins));
    const mel = new Float64Array(bands);
    for (let column = start; column < end; column++) {
      const sounds = list.map((component, i) => {
        const any = fillFrame(component, column * hop);
        if (any) fft.forward(frame, spectra[i]!);
        return any;
      });
      power.fill(0, 0, bands);
      const offset = (column - frames.start) * bands;
      for (let top = 0; top < list.length; top++) {
        const count = 2 ** top * bands;
        if (sounds[top]) melProduct(spectra[top]!, spectra[top]!, mel);
        else mel.fill(0);
        difference.set(mel);
        for (let low = 0; low < top; low++) {
          const half = 2 ** low * bands;
          if (sounds[top] && sounds[low]) {
            melProduct(spectra[top]!, spectra[low]!, mel);
            addToEach(difference, half, mel, bands);
          } else {
            difference.copyWithin(half, 0, half);
          }
        }
        for (let row = 0; row < 2 ** top; row++) {
          const from = row * bands;
          const to = (2 ** top + row) * rowSize + offset;
          addRow(power, difference, from, count + from, result.subarray(to, to + bands));
        }
      }
    }
  }

  return {
    of(parts, frames) {
      const size = 2 ** bitsOf(components, parts[0]!) * columnCount(frames) * bands;
      if (buffer.length < size) buffer = new Float32Array(size);
      else buffer.fill(0, 0, size);
      const result = buffer.subarray(0, size);
      for (const part of parts) fillPart(part, frames, result);
      return result;
    },
  };
}

/** Appends a copy of the first `count` values with `mel` added to every `bands` of them. */
function addToEach(values: Float64Array, count: number, mel: Float64Array, bands: number): void {
  for (let row = 0; row < count; row += bands) {
    for (let band = 0; band < bands; band++) {
      values[count + row + band] = values[row + band]! + mel[band]!;
    }
  }
}

/** Writes the sum of two rows to row `to`, and in float32 to `result`. */
function addRow(
  power: Float64Array,
  difference: Float64Array,
  from: number,
  to: number,
  result: Float32Array,
): void {
  for (let band = 0; band < result.length; band++) {
    const value = power[from + band]! + difference[from + band]!;
    power[to + band] = value;
    result[band] = value;
  }
}

interface BinWeights {
  band: Int32Array;
  weight: Float64Array;
}

/**
 * Rearranges mel filters by bin. A triangle overlaps only with its neighbours, so a bin belongs to at
 * most two bands.
 */
function weightsOfBins({ bands, bins, first, count, offset, weights }: MelFilterbank): {
  lower: BinWeights;
  upper: BinWeights;
} {
  const empty = () => ({ band: new Int32Array(bins), weight: new Float64Array(bins) });
  const [lower, upper] = [empty(), empty()];
  for (let band = 0; band < bands; band++) {
    for (let i = 0; i < count[band]!; i++) {
      const bin = first[band]! + i;
      const target = lower.weight[bin] === 0 ? lower : upper;
      target.band[bin] = band;
      target.weight[bin] = weights[offset[band]! + i]!;
    }
  }
  return { lower, upper };
}
