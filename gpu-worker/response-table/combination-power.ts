import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { SegmentBounds } from "@lemons/shared/explanation/segments";
import { periodicHann } from "../spectrogram/framing.ts";
import { createMelFilterbank } from "../spectrogram/mel-filterbank.ts";
import { createRealFft } from "../spectrogram/real-fft.ts";
import { type Components, componentsOf, type Interval } from "./combinations.ts";
import type { Columns } from "./time-window.ts";

/** Waveforms and how they are cut. */
export interface GatedSources {
  /** Mono, all of one length, at the front-end's sample rate. */
  sources: readonly Float32Array[];
  bounds: readonly SegmentBounds[];
  components: Components;
}

/** Mel power of every combination of an interval's components, in float32. */
export interface CombinationPower {
  /**
   * @param frames all of which see no segment outside of the interval
   * @returns [2^bits x frames x bands]: combination, frame, band; good until the next call
   */
  of(interval: Interval, frames: Columns): Float32Array;
}

/**
 * Mel power of sums of components without a transform a sum. The transform is linear, so the power
 * of a sum is |A + B + ...|^2 = sum of auto and cross terms, and the mel filters are linear in
 * that. Each component is transformed once, its moments are kept in float64 (parts may cancel), and
 * every combination costs two additions a band: with t its highest component,
 * P(low + t) = P(low) + D_t(low), D_t(low + u) = D_t(low) + cross_tu.
 */
export function createCombinationPower(
  { sources, bounds, components }: GatedSources,
  frontEnd: FrontEnd,
): CombinationPower {
  const { nFft, hop } = frontEnd;
  const fft = createRealFft(nFft);
  const filters = createMelFilterbank(frontEnd);
  const { bands } = filters;
  const window = periodicHann(nFft);
  const samples = sources[0]!.length;
  const frame = new Float64Array(nFft);
  const product = new Float64Array(fft.bins);
  let buffer = new Float32Array(0);

  /** The windowed frame of one component; false where it is nothing but zeros. */
  function fillFrame(component: number, centre: number): boolean {
    const source = sources[component % components.sources]!;
    const [start, end] = bounds[Math.floor(component / components.sources)]!;
    const begin = centre - nFft / 2;
    let sounds = false;
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

  /** mel[band] = sum of weight x Re(a conj b), doubled where a is not b. */
  function melProduct(a: Float64Array, b: Float64Array, mel: Float64Array): void {
    const factor = a === b ? 1 : 2;
    for (let bin = 0; bin < product.length; bin++) {
      const i = 2 * bin;
      product[bin] = factor * (a[i]! * b[i]! + a[i + 1]! * b[i + 1]!);
    }
    const { first, count, offset, weights } = filters;
    for (let band = 0; band < bands; band++) {
      const bin = first[band]!;
      const row = offset[band]!;
      let sum = 0;
      for (let j = 0; j < count[band]!; j++) sum += weights[row + j]! * product[bin + j]!;
      mel[band] = sum;
    }
  }

  return {
    of(interval, { start, end }) {
      const list = componentsOf(components, interval);
      const combinations = 2 ** list.length;
      const rowSize = (end - start) * bands;
      const size = combinations * rowSize;
      if (buffer.length < size) buffer = new Float32Array(size);
      const result = buffer.subarray(0, size);
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
        for (let top = 0; top < list.length; top++) {
          const count = 2 ** top * bands;
          if (!sounds[top]) {
            power.copyWithin(count, 0, count);
            continue;
          }
          melProduct(spectra[top]!, spectra[top]!, mel);
          difference.set(mel);
          for (let low = 0; low < top; low++) {
            const half = 2 ** low;
            if (!sounds[low]) {
              difference.copyWithin(half * bands, 0, half * bands);
              continue;
            }
            melProduct(spectra[top]!, spectra[low]!, mel);
            addEach(difference, mel, half * bands, bands);
          }
          double(power, difference, count);
        }
        const offset = (column - start) * bands;
        for (let row = 0; row < combinations; row++) {
          copyRow(power, row * bands, result, row * rowSize + offset, bands);
        }
      }
      return result;
    },
  };
}

/** power[count + i] = power[i] + difference[i]. */
function double(power: Float64Array, difference: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) power[count + i] = power[i]! + difference[i]!;
}

function copyRow(
  source: Float64Array,
  from: number,
  target: Float32Array,
  to: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) target[to + i] = source[from + i]!;
}

/** Appends to the first `count` values the same ones with `mel` added, `bands` at a time. */
function addEach(values: Float64Array, mel: Float64Array, count: number, bands: number): void {
  for (let row = 0; row < count; row += bands) {
    for (let band = 0; band < bands; band++)
      values[count + row + band] = values[row + band]! + mel[band]!;
  }
}
