import type { BitReader } from "../bit-reader.ts";
import { readHuffman } from "../huffman.ts";
import { SAMPLE_RATES, SCALE_FACTOR_CODE, SPECTRAL_BOOKS } from "./aac-tables.ts";

const LINES = 1024;
export const EIGHT_SHORT = 2;
export const NOISE_BOOK = 13;
const INTENSITY_BOOK = 14;
const INTENSITY_BOOK_IN_PHASE = 15;

/** Thrown for a frame that isn't valid AAC. */
export class AacSyntaxError extends Error {}

/** Windows of a frame and their grouping (ISO 14496-3, section 4.4.2.1). */
export interface WindowInfo {
  /** 0 long, 1 start, 2 eight short windows, 3 stop. */
  sequence: number;
  /** 0 sine, 1 Kaiser-Bessel derived. */
  shape: number;
  /** Scale factor bands with coded lines. */
  maxBand: number;
  /** Windows in each group. */
  groups: number[];
  /** Borders of the bands in one window. */
  borders: readonly number[];
}

/** A temporal noise shaping filter of one window. */
interface TnsFilter {
  window: number;
  start: number;
  end: number;
  isDownward: boolean;
  /** Coefficients of the all-pole filter, the first for the previous line. */
  weights: number[];
}

/** One channel of a frame. */
export interface ChannelStream {
  windows: WindowInfo;
  /** Codebook of each band, group after group: index = group x maxBand + band. */
  books: Uint8Array;
  /** Scale factor, noise energy or intensity position of each band. */
  factors: Int16Array;
  filters: TnsFilter[];
  /** Lines of each window in turn. */
  lines: Float32Array;
}

export function readWindowInfo(reader: BitReader, rateIndex: number): WindowInfo {
  const { long, short } = SAMPLE_RATES[rateIndex]!;
  reader.skip(1);
  const sequence = reader.read(2);
  const shape = reader.read(1);
  if (sequence === EIGHT_SHORT) {
    const maxBand = reader.read(4);
    const grouping = reader.read(7);
    const groups = [1];
    for (let bit = 6; bit >= 0; bit--) {
      if ((grouping >> bit) & 1) groups[groups.length - 1]!++;
      else groups.push(1);
    }
    checkBands(maxBand, short);
    return { sequence, shape, maxBand, groups, borders: short };
  }
  const maxBand = reader.read(6);
  if (reader.read(1) === 1) throw new AacSyntaxError("prediction isn't part of AAC-LC");
  checkBands(maxBand, long);
  return { sequence, shape, maxBand, groups: [1], borders: long };
}

function checkBands(maxBand: number, borders: readonly number[]): void {
  if (maxBand >= borders.length) throw new AacSyntaxError("too many bands");
}

/**
 * Reads an individual_channel_stream (section 4.4.2.7) and scales its lines.
 *
 * @param common windows shared by a channel pair
 * @param random returns noise between -1 and 1 for bands coded as noise
 */
export function readChannelStream(
  reader: BitReader,
  rateIndex: number,
  common: WindowInfo | null,
  random: () => number,
): ChannelStream {
  const globalGain = reader.read(8);
  const windows = common ?? readWindowInfo(reader, rateIndex);
  const books = readSections(reader, windows);
  const factors = readFactors(reader, books, globalGain);
  const pulses = reader.read(1) === 1 ? readPulses(reader, windows) : [];
  const filters = reader.read(1) === 1 ? readFilters(reader, windows, rateIndex) : [];
  if (reader.read(1) === 1) throw new AacSyntaxError("gain control isn't part of AAC-LC");
  const quantised = readLines(reader, windows, books);
  for (const { line, amplitude } of pulses) {
    quantised[line]! += quantised[line]! < 0 ? -amplitude : amplitude;
  }
  const lines = scaleLines(quantised, windows, books, factors, random);
  return { windows, books, factors, filters, lines };
}

function readSections(reader: BitReader, { sequence, maxBand, groups }: WindowInfo): Uint8Array {
  const lengthBits = sequence === EIGHT_SHORT ? 3 : 5;
  const escapeCode = (1 << lengthBits) - 1;
  const books = new Uint8Array(groups.length * maxBand);
  for (let group = 0; group < groups.length; group++) {
    for (let band = 0; band < maxBand; ) {
      const book = reader.read(4);
      if (book === 12) throw new AacSyntaxError("reserved codebook");
      let length = 0;
      let part: number;
      do {
        part = reader.read(lengthBits);
        length += part;
      } while (part === escapeCode && reader.position < reader.end);
      if (length === 0 || band + length > maxBand) throw new AacSyntaxError("section too long");
      books.fill(book, group * maxBand + band, group * maxBand + band + length);
      band += length;
    }
  }
  return books;
}

function readFactors(reader: BitReader, books: Uint8Array, globalGain: number): Int16Array {
  const factors = new Int16Array(books.length);
  let gain = globalGain;
  let noise = globalGain - 90;
  let position = 0;
  let isFirstNoise = true;
  for (const [index, book] of books.entries()) {
    if (book === 0) continue;
    if (book === NOISE_BOOK && isFirstNoise) {
      noise += reader.read(9) - 256;
      isFirstNoise = false;
      factors[index] = noise;
      continue;
    }
    const difference = readHuffman(reader, SCALE_FACTOR_CODE) - 60;
    if (book === NOISE_BOOK) factors[index] = noise += difference;
    else if (book >= INTENSITY_BOOK) factors[index] = position += difference;
    else {
      factors[index] = gain += difference;
      if (gain < 0 || gain > 255) throw new AacSyntaxError("scale factor out of range");
    }
  }
  return factors;
}

function readPulses(reader: BitReader, { sequence, borders }: WindowInfo) {
  if (sequence === EIGHT_SHORT) throw new AacSyntaxError("pulses in short windows");
  const count = reader.read(2) + 1;
  let line = borders[reader.read(6)] ?? LINES;
  return Array.from({ length: count }, () => {
    line += reader.read(5);
    const amplitude = reader.read(4);
    if (line >= LINES) throw new AacSyntaxError("pulse out of range");
    return { line, amplitude };
  });
}

/** Reads the filters of temporal noise shaping (sections 4.4.2.7 and 4.6.9). */
function readFilters(
  reader: BitReader,
  { sequence, maxBand, borders }: WindowInfo,
  rateIndex: number,
): TnsFilter[] {
  const isShort = sequence === EIGHT_SHORT;
  const { tnsLong, tnsShort } = SAMPLE_RATES[rateIndex]!;
  const limit = Math.min(maxBand, isShort ? tnsShort : tnsLong);
  const filters: TnsFilter[] = [];
  for (let window = 0; window < (isShort ? 8 : 1); window++) {
    const count = reader.read(isShort ? 1 : 2);
    const resolution = count > 0 ? reader.read(1) + 3 : 0;
    let bottom = borders.length - 1;
    for (let i = 0; i < count; i++) {
      const top = bottom;
      bottom = Math.max(0, top - reader.read(isShort ? 4 : 6));
      const order = reader.read(isShort ? 3 : 5);
      if (order === 0) continue;
      const isDownward = reader.read(1) === 1;
      const bits = resolution - reader.read(1);
      const coefficients = Array.from({ length: order }, () => {
        const value = reader.readSigned(bits);
        const steps = 2 ** (resolution - 1) + (value >= 0 ? -0.5 : 0.5);
        return Math.sin((value * Math.PI) / 2 / steps);
      });
      const start = borders[Math.min(bottom, limit)]!;
      const end = borders[Math.min(top, limit)]!;
      const weights = predictorWeights(coefficients);
      filters.push({ window, start, end, isDownward, weights });
    }
  }
  return filters;
}

/** Converts reflection coefficients to the weights of a linear predictor. */
function predictorWeights(reflection: readonly number[]): number[] {
  let weights: number[] = [];
  for (const [m, k] of reflection.entries()) {
    weights = [...weights.map((weight, i) => weight + k * weights[m - 1 - i]!), k];
  }
  return weights;
}

/** Filters the lines of each window by its all-pole filters. */
export function applyTns({ filters, lines, windows }: ChannelStream): void {
  const size = windows.sequence === EIGHT_SHORT ? 128 : LINES;
  for (const { window, start, end, isDownward, weights } of filters) {
    const step = isDownward ? -1 : 1;
    const first = window * size + (isDownward ? end - 1 : start);
    for (let n = 0; n < end - start; n++) {
      const at = first + n * step;
      let value = lines[at]!;
      const taps = Math.min(n, weights.length);
      for (let i = 0; i < taps; i++) value -= weights[i]! * lines[at - (i + 1) * step]!;
      lines[at] = value;
    }
  }
}

/** Calls `visit` with each band and its range in each window. */
export function forEachBand(
  { groups, maxBand, borders, sequence }: WindowInfo,
  visit: (index: number, start: number, end: number, window: number) => void,
): void {
  const size = sequence === EIGHT_SHORT ? 128 : LINES;
  let window = 0;
  for (const [group, count] of groups.entries()) {
    for (let band = 0; band < maxBand; band++) {
      for (let w = window; w < window + count; w++) {
        const start = w * size + borders[band]!;
        visit(group * maxBand + band, start, w * size + borders[band + 1]!, w);
      }
    }
    window += count;
  }
}

/** Reads the quantised lines (section 4.4.2.7, spectral_data). */
function readLines(reader: BitReader, windows: WindowInfo, books: Uint8Array): Int32Array {
  const lines = new Int32Array(LINES);
  forEachBand(windows, (index, start, end) => {
    const number = books[index]!;
    if (number === 0 || number >= NOISE_BOOK) return;
    const book = SPECTRAL_BOOKS[number]!;
    const { code, dimensions, base, offset } = book;
    for (let at = start; at < end; at += dimensions) {
      let group = readHuffman(reader, code);
      for (let i = dimensions - 1; i >= 0; i--) {
        lines[at + i] = (group % base) - offset;
        group = Math.floor(group / base);
      }
      if (offset === 0) {
        for (let i = 0; i < dimensions; i++) {
          if (lines[at + i] !== 0 && reader.read(1) === 1) lines[at + i] = -lines[at + i]!;
        }
      }
      if (number === 11) {
        for (let i = 0; i < 2; i++) {
          const value = lines[at + i]!;
          if (Math.abs(value) === 16) lines[at + i] = Math.sign(value) * readEscape(reader);
        }
      }
    }
    if (reader.position > reader.end) throw new AacSyntaxError("frame ends early");
  });
  return lines;
}

function readEscape(reader: BitReader): number {
  let bits = 4;
  while (reader.read(1) === 1) if (++bits > 13) throw new AacSyntaxError("escape too long");
  return 2 ** bits + reader.read(bits);
}

const POWERS = Float64Array.from({ length: 8192 }, (_, i) => i ** (4 / 3));

/** Inverse quantisation, scale factors and noise (sections 4.6.1, 4.6.2 and 4.6.13). */
function scaleLines(
  quantised: Int32Array,
  windows: WindowInfo,
  books: Uint8Array,
  factors: Int16Array,
  random: () => number,
): Float32Array {
  const lines = new Float32Array(LINES);
  forEachBand(windows, (index, start, end) => {
    const book = books[index]!;
    if (book === NOISE_BOOK) {
      let energy = 0;
      for (let i = start; i < end; i++) {
        lines[i] = random();
        energy += lines[i]! ** 2;
      }
      const gain = 2 ** (factors[index]! / 4) / Math.sqrt(energy);
      for (let i = start; i < end; i++) lines[i]! *= gain;
    } else if (book !== 0 && book < NOISE_BOOK) {
      const gain = 2 ** ((factors[index]! - 100) / 4);
      for (let i = start; i < end; i++) {
        const value = quantised[i]!;
        const power = POWERS[Math.abs(value)] ?? Math.abs(value) ** (4 / 3);
        lines[i] = value < 0 ? -power * gain : power * gain;
      }
    }
  });
  return lines;
}

/** Turns middle and side, and intensity stereo, into left and right (sections 4.6.8.1 and 4.6.8.2). */
export function applyAacStereo(
  left: ChannelStream,
  right: ChannelStream,
  usesMiddleSide: (band: number) => boolean,
  isMaskPerBand: boolean,
): void {
  forEachBand(left.windows, (index, start, end) => {
    const book = right.books[index]!;
    if (book >= INTENSITY_BOOK) {
      const isInverted = isMaskPerBand && usesMiddleSide(index);
      const sign = (book === INTENSITY_BOOK_IN_PHASE) !== isInverted ? 1 : -1;
      const gain = sign * 0.5 ** (right.factors[index]! / 4);
      for (let i = start; i < end; i++) right.lines[i] = left.lines[i]! * gain;
    } else if (usesMiddleSide(index) && book < NOISE_BOOK && left.books[index]! < NOISE_BOOK) {
      for (let i = start; i < end; i++) {
        const middle = left.lines[i]!;
        const side = right.lines[i]!;
        left.lines[i] = middle + side;
        right.lines[i] = middle - side;
      }
    } else if (usesMiddleSide(index) && book === NOISE_BOOK && left.books[index] === NOISE_BOOK) {
      // Both channels use the same noise.
      const gain = 2 ** ((right.factors[index]! - left.factors[index]!) / 4);
      for (let i = start; i < end; i++) right.lines[i] = left.lines[i]! * gain;
    }
  });
}
