import type { Mp3Frame } from "./frame-header.ts";
import type { ScaleFactors } from "./scale-factors.ts";
import type { Granule } from "./side-info.ts";
import { type Band, bandsOf } from "./spectrum.ts";

/** Ratios of left to the sum for intensity positions 0 to 6 (ISO 11172-3, 2.4.3.4.9.3). */
const RATIOS = Array.from({ length: 7 }, (_, position) => {
  if (position === 6) return 1;
  const ratio = Math.tan((position * Math.PI) / 12);
  return ratio / (1 + ratio);
});

/**
 * Turns joint stereo into left and right, before short blocks are reordered.
 *
 * @param factors scale factors of the right channel, which are positions in intensity stereo
 * @param rightCount lines of the right channel up to the last that isn't zero
 */
export function applyStereo(
  left: Float32Array,
  right: Float32Array,
  frame: Mp3Frame,
  granule: Granule,
  factors: ScaleFactors,
  rightCount: number,
): void {
  const bands = bandsOf(frame.sampleRate, factors);
  const isIntensity = frame.intensityStereo
    ? intensityBands(bands, right, rightCount)
    : bands.map(() => false);
  for (const [index, band] of bands.entries()) {
    if (isIntensity[index]) {
      const factor = isLastBand(bands, index) ? previousFactor(bands, index) : band.factor;
      const position = factors.values[factor]!;
      if (position !== factors.illegal[factor]!) {
        const [l, r] = frame.mpeg1
          ? [RATIOS[Math.min(6, position)]!, 1 - RATIOS[Math.min(6, position)]!]
          : mpeg2Gains(position, granule.scaleFactorCompress);
        for (let i = band.start; i < band.end; i++) {
          right[i] = left[i]! * r;
          left[i]! *= l;
        }
        continue;
      }
    }
    if (frame.msStereo) {
      for (let i = band.start; i < band.end; i++) {
        const middle = left[i]! * Math.SQRT1_2;
        const side = right[i]! * Math.SQRT1_2;
        left[i] = middle + side;
        right[i] = middle - side;
      }
    }
  }
}

/** Bands above the last one in which the right channel sounds, for short blocks window by window. */
function intensityBands(
  bands: readonly Band[],
  right: Float32Array,
  rightCount: number,
): boolean[] {
  const isSilent = bands.map(({ start, end }) => {
    for (let i = start; i < Math.min(end, rightCount); i++) if (right[i] !== 0) return false;
    return true;
  });
  const silentFrom = [bands.length, bands.length, bands.length, bands.length];
  let longIsOpen = true;
  const isOpen = [true, true, true];
  for (let index = bands.length - 1; index >= 0; index--) {
    const { window } = bands[index]!;
    if (window >= 0) {
      isOpen[window] &&= isSilent[index]!;
      if (isOpen[window]) silentFrom[window] = index;
      longIsOpen &&= isSilent[index]!;
    } else {
      longIsOpen &&= isSilent[index]!;
      if (longIsOpen) silentFrom[3] = index;
    }
  }
  return bands.map(({ window }, index) => index >= silentFrom[window < 0 ? 3 : window]!);
}

/** The last band has no scale factor of its own. */
function isLastBand(bands: readonly Band[], index: number): boolean {
  return index >= bands.length - (bands.at(-1)!.window < 0 ? 1 : 3);
}

function previousFactor(bands: readonly Band[], index: number): number {
  const { window } = bands[index]!;
  return bands.findLast((band, i) => i < index && band.window === window)!.factor;
}

/** Gains of left and right by position in MPEG 2 (13818-3, 2.4.3.2). */
function mpeg2Gains(position: number, compress: number): [number, number] {
  const base = (compress & 1) === 0 ? 2 ** -0.25 : Math.SQRT1_2;
  if (position === 0) return [1, 1];
  return position % 2 === 1 ? [base ** ((position + 1) / 2), 1] : [1, base ** (position / 2)];
}
