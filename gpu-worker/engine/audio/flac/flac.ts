import { InputError } from "../../input-error.ts";
import type { Audio } from "../audio.ts";
import { BitReader } from "../bit-reader.ts";
import { damagedAt } from "../faults.ts";
import { type AudioLimits, checkShape } from "../limits.ts";
import { type FlacFrame, findFlacFrames, readFlacMetadata } from "./frames.ts";

/**
 * Decodes FLAC (RFC 9639). Samples are divided by 2^(bits - 1).
 *
 * @throws InputError if a frame is damaged, cut off or missing, or the file holds several streams
 */
export function decodeFlac(bytes: Uint8Array, limits: AudioLimits): Audio {
  const { info, start } = readFlacMetadata(bytes);
  const { sampleRate, channels: count, totalSamples } = info;
  checkShape({ sampleRate, channels: count, samples: totalSamples }, limits);
  const frames = findFlacFrames(bytes, info, start);
  const samples = frames.reduce((sum, frame) => sum + frame.blockSize, 0);
  checkShape({ sampleRate, channels: count, samples }, limits);
  if (samples === 0) throw new InputError("The FLAC file holds no audio samples. Export it again.");

  const channels = Array.from({ length: count }, () => new Float32Array(samples));
  const blocks = Array.from({ length: count }, () => new Float64Array(65_536));
  let position = 0;
  for (const frame of frames) {
    if (!decodeFrame(bytes, frame, blocks)) throw damagedAt("FLAC", position, sampleRate);
    const scale = 2 ** (1 - frame.bitsPerSample);
    for (let c = 0; c < count; c++) {
      const target = channels[c]!;
      const block = blocks[c]!;
      for (let i = 0; i < frame.blockSize; i++) target[position + i] = block[i]! * scale;
    }
    position += frame.blockSize;
  }
  return { sampleRate, channels };
}

/** Decodes a frame into the blocks. Returns false if it is malformed. */
function decodeFrame(bytes: Uint8Array, frame: FlacFrame, blocks: Float64Array[]): boolean {
  const { body, end, blockSize, assignment, bitsPerSample } = frame;
  const reader = new BitReader(bytes, body, end - 2);
  const count = assignment < 8 ? assignment + 1 : 2;
  for (let c = 0; c < count; c++) {
    const isSide = assignment >= 8 && c === (assignment === 9 ? 0 : 1);
    if (!decodeSubframe(reader, bitsPerSample + (isSide ? 1 : 0), blockSize, blocks[c]!)) {
      return false;
    }
  }
  reader.alignToByte();
  if (reader.position !== reader.end) return false;
  const [first, second] = blocks as [Float64Array, Float64Array];
  if (assignment === 8) for (let i = 0; i < blockSize; i++) second[i] = first[i]! - second[i]!;
  if (assignment === 9) for (let i = 0; i < blockSize; i++) first[i]! += second[i]!;
  if (assignment === 10) {
    for (let i = 0; i < blockSize; i++) {
      const side = second[i]!;
      const middle = first[i]! * 2 + (side % 2 === 0 ? 0 : 1);
      first[i] = (middle + side) / 2;
      second[i] = (middle - side) / 2;
    }
  }
  return true;
}

/** Weights of the fixed predictors of order 0 to 4 (RFC 9639, section 9.2.5). */
const FIXED: readonly (readonly number[])[] = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

function decodeSubframe(
  reader: BitReader,
  frameBits: number,
  blockSize: number,
  output: Float64Array,
): boolean {
  if (reader.read(1) !== 0) return false;
  const type = reader.read(6);
  const wasted = reader.read(1) === 1 ? reader.readUnary() + 1 : 0;
  const bits = frameBits - wasted;
  if (bits < 1 || wasted < 0) return false;
  if (type === 0) output.fill(readWide(reader, bits), 0, blockSize);
  else if (type === 1) for (let i = 0; i < blockSize; i++) output[i] = readWide(reader, bits);
  else if (type >= 8 && type <= 12) {
    if (!predict(reader, bits, blockSize, type - 8, FIXED[type - 8]!, 0, output)) return false;
  } else if (type >= 32) {
    const order = type - 31;
    if (order > blockSize) return false;
    for (let i = 0; i < order; i++) output[i] = readWide(reader, bits);
    const precision = reader.read(4) + 1;
    const shift = reader.readSigned(5);
    if (precision === 16 || shift < 0) return false;
    const weights = Array.from({ length: order }, () => reader.readSigned(precision));
    if (!applyPredictor(reader, blockSize, weights, shift, output)) return false;
  } else return false;
  if (wasted > 0) for (let i = 0; i < blockSize; i++) output[i]! *= 2 ** wasted;
  return reader.position <= reader.end;
}

function predict(
  reader: BitReader,
  bits: number,
  blockSize: number,
  order: number,
  weights: readonly number[],
  shift: number,
  output: Float64Array,
): boolean {
  if (order > blockSize) return false;
  for (let i = 0; i < order; i++) output[i] = readWide(reader, bits);
  return applyPredictor(reader, blockSize, weights, shift, output);
}

/** Reads the residual into the output and adds the prediction from the samples before. */
function applyPredictor(
  reader: BitReader,
  blockSize: number,
  weights: readonly number[],
  shift: number,
  output: Float64Array,
): boolean {
  const order = weights.length;
  if (!readResidual(reader, blockSize, order, output)) return false;
  const scale = 2 ** -shift;
  const coefficients = Float64Array.from(weights);
  for (let i = order; i < blockSize; i++) {
    let sum = 0;
    for (let j = 0; j < order; j++) sum += coefficients[j]! * output[i - 1 - j]!;
    output[i]! += Math.floor(sum * scale);
  }
  return true;
}

/** Reads Rice-coded residuals (RFC 9639, section 9.2.7). Returns false if they are malformed. */
function readResidual(
  reader: BitReader,
  blockSize: number,
  order: number,
  output: Float64Array,
): boolean {
  const method = reader.read(2);
  if (method > 1) return false;
  const parameterBits = method === 0 ? 4 : 5;
  const escapeCode = (1 << parameterBits) - 1;
  const partitionOrder = reader.read(4);
  const partitionSize = blockSize >> partitionOrder;
  if (partitionSize << partitionOrder !== blockSize || partitionSize < order) return false;
  for (let partition = 0, i = order; partition < 1 << partitionOrder; partition++) {
    const end = (partition + 1) * partitionSize;
    const parameter = reader.read(parameterBits);
    if (parameter === escapeCode) {
      const bits = reader.read(5);
      for (; i < end; i++) output[i] = reader.readSigned(bits);
      continue;
    }
    for (; i < end; i++) {
      const quotient = reader.readUnary();
      if (quotient < 0) return false;
      const folded = quotient * 2 ** parameter + reader.read(parameter);
      output[i] = folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
    }
  }
  return true;
}

/** Reads a two's complement number of up to 33 bits, which side channels of 32-bit audio need. */
function readWide(reader: BitReader, bits: number): number {
  if (bits <= 32) return reader.readSigned(bits);
  return reader.readSigned(bits - 32) * 2 ** 32 + reader.read(32);
}
