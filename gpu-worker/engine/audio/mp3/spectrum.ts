import type { BitReader } from "../bit-reader.ts";
import { readHuffman } from "../huffman.ts";
import type { ScaleFactors } from "./scale-factors.ts";
import type { Granule } from "./side-info.ts";
import { BIG_VALUE_TABLES, COUNT1_CODES, PRETAB, SCALE_FACTOR_BANDS } from "./tables.ts";

const LINES = 576;

/** |x|^(4/3) of quantised values; linbits reach 15 + 2^13 - 1. */
const POWERS = Float64Array.from({ length: 8207 }, (_, i) => i ** (4 / 3));

/** A band of lines that share a scale factor. */
export interface Band {
  start: number;
  end: number;
  /** Window of a short block; -1 for a long one. */
  window: number;
  /** Index among the scale factors. */
  factor: number;
}

const bandCache = new Map<string, readonly Band[]>();

/** Bands of a granule in coded order. */
export function bandsOf(sampleRate: number, { longBands }: ScaleFactors): readonly Band[] {
  const key = `${sampleRate} ${longBands}`;
  const cached = bandCache.get(key);
  if (cached) return cached;
  const { long, short } = SCALE_FACTOR_BANDS[sampleRate]!;
  const bands: Band[] = [];
  for (let band = 0; band < longBands; band++) {
    bands.push({ start: long[band]!, end: long[band + 1]!, window: -1, factor: band });
  }
  if (longBands < 22) {
    const firstShort = longBands === 0 ? 0 : 3;
    for (let band = firstShort, at = 3 * short[firstShort]!; band < 13; band++) {
      const width = short[band + 1]! - short[band]!;
      for (let window = 0; window < 3; window++, at += width) {
        const factor = longBands + 3 * (band - firstShort) + window;
        bands.push({ start: at, end: at + width, window, factor });
      }
    }
  }
  bandCache.set(key, bands);
  return bands;
}

/**
 * Reads the Huffman codes of a granule and scales them (ISO 11172-3, 2.4.3.4).
 *
 * @param end position after the granule's last bit
 * @param lines 576 lines in coded order, overwritten
 * @returns the number of lines up to the last that isn't zero
 */
export function readSpectrum(
  reader: BitReader,
  end: number,
  granule: Granule,
  factors: ScaleFactors,
  sampleRate: number,
  lines: Float32Array,
): number {
  lines.fill(0);
  const big = Math.min(LINES, granule.bigValues * 2);
  let line = 0;
  for (let region = 0; region < 3; region++) {
    const regionEnd = Math.min(big, granule.regions[region] ?? LINES);
    const table = BIG_VALUE_TABLES[granule.tableSelect[region]!];
    if (!table) {
      line = Math.max(line, regionEnd);
      continue;
    }
    for (; line < regionEnd && reader.position < end; line += 2) {
      const leaf = readHuffman(reader, table.code);
      lines[line] = readValue(reader, leaf >> 4, table.linbits);
      lines[line + 1] = readValue(reader, leaf & 15, table.linbits);
    }
    line = Math.max(line, regionEnd);
  }
  const code = COUNT1_CODES[granule.count1Table]!;
  for (; line + 4 <= LINES && reader.position < end; line += 4) {
    const leaf = readHuffman(reader, code);
    for (let i = 0; i < 4; i++) {
      if ((leaf & (8 >> i)) !== 0) lines[line + i] = reader.read(1) === 1 ? -1 : 1;
    }
    // The last code may use bits of what follows; it doesn't count then.
    if (reader.position > end) lines.fill(0, line, line + 4);
  }
  let count = LINES;
  while (count > 0 && lines[count - 1] === 0) count--;
  scale(lines, granule, factors, sampleRate);
  return count;
}

function readValue(reader: BitReader, small: number, linbits: number): number {
  if (small === 0) return 0;
  const magnitude = small === 15 && linbits > 0 ? 15 + reader.read(linbits) : small;
  const power = POWERS[magnitude]!;
  return reader.read(1) === 1 ? -power : power;
}

function scale(
  lines: Float32Array,
  { globalGain, subblockGain, scaleFactorScale }: Granule,
  factors: ScaleFactors,
  sampleRate: number,
): void {
  for (const { start, end, window, factor } of bandsOf(sampleRate, factors)) {
    const pretab = factors.hasPretab && window < 0 ? PRETAB[factor]! : 0;
    const blockGain = window < 0 ? 0 : 8 * subblockGain[window]!;
    const exponent =
      (globalGain - 210 - blockGain) / 4 - scaleFactorScale * (factors.values[factor]! + pretab);
    const gain = 2 ** exponent;
    for (let i = start; i < end; i++) lines[i]! *= gain;
  }
}

/** Sorts short blocks by frequency: the three windows' lines in turn. */
export function interleaveWindows(
  lines: Float32Array,
  sampleRate: number,
  factors: ScaleFactors,
  scratch: Float32Array,
): void {
  const bands = bandsOf(sampleRate, factors).filter((band) => band.window >= 0);
  for (let i = 0; i < bands.length; i += 3) {
    const { start, end } = bands[i]!;
    const width = end - start;
    for (let window = 0; window < 3; window++) {
      for (let k = 0; k < width; k++) scratch[3 * k + window] = lines[start + window * width + k]!;
    }
    lines.set(scratch.subarray(0, 3 * width), start);
  }
}
