import type { Audio } from "../audio.ts";
import { viewOf } from "../bytes.ts";
import { type AudioLimits, checkShape } from "../limits.ts";

/** How samples are stored. Integers are left-justified in whole bytes. */
export interface PcmFormat {
  /** Hz. */
  sampleRate: number;
  channels: number;
  /** Bytes of a sample: 1 to 4 for integers, 4 or 8 for floats, 1 for the others. */
  bytesPerSample: number;
  encoding: "signed" | "unsigned" | "float" | "alaw" | "ulaw";
  littleEndian: boolean;
}

/**
 * Decodes interleaved samples. Integers are divided by 2^(bits - 1), so full scale is -1 to 1 at any
 * depth, and wav, aiff and flac files of one recording give the same samples.
 *
 * @param data whole frames; an incomplete last frame is ignored
 */
export function decodePcm(data: Uint8Array, format: PcmFormat, limits: AudioLimits): Audio {
  const { sampleRate, channels: count, bytesPerSample } = format;
  const samples = Math.floor(data.length / (bytesPerSample * count));
  checkShape({ sampleRate, channels: count, samples }, limits);
  const read = sampleReader(data, format);
  const channels = Array.from({ length: count }, (_, channel) => {
    const result = new Float32Array(samples);
    const step = bytesPerSample * count;
    for (let i = 0, at = channel * bytesPerSample; i < samples; i++, at += step) {
      result[i] = read(at);
    }
    return result;
  });
  return { sampleRate, channels };
}

function sampleReader(
  data: Uint8Array,
  { encoding, bytesPerSample, littleEndian }: PcmFormat,
): (offset: number) => number {
  const view = viewOf(data);
  if (encoding === "alaw" || encoding === "ulaw") {
    const table = encoding === "alaw" ? alawTable() : ulawTable();
    return (at) => table[data[at]!]!;
  }
  if (encoding === "float") {
    return bytesPerSample === 4
      ? (at) => view.getFloat32(at, littleEndian)
      : (at) => view.getFloat64(at, littleEndian);
  }
  if (encoding === "unsigned") return (at) => (data[at]! - 128) / 128;
  switch (bytesPerSample) {
    case 1:
      return (at) => view.getInt8(at) / 2 ** 7;
    case 2:
      return (at) => view.getInt16(at, littleEndian) / 2 ** 15;
    case 3:
      return littleEndian
        ? (at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 2 ** 23
        : (at) => ((view.getInt8(at) << 16) | view.getUint16(at + 1)) / 2 ** 23;
    default:
      return (at) => view.getInt32(at, littleEndian) / 2 ** 31;
  }
}

/** ITU-T G.711, A-law: 13-bit values, scaled to full scale 1. */
function alawTable(): Float32Array {
  return Float32Array.from({ length: 256 }, (_, code) => {
    const bits = code ^ 0x55;
    const exponent = (bits >> 4) & 7;
    const mantissa = ((bits & 15) << 4) + (exponent === 0 ? 8 : 0x108);
    const magnitude = exponent > 1 ? mantissa << (exponent - 1) : mantissa;
    return ((bits & 0x80) === 0 ? -magnitude : magnitude) / 2 ** 15;
  });
}

/** ITU-T G.711, mu-law: 14-bit values, scaled to full scale 1. */
function ulawTable(): Float32Array {
  return Float32Array.from({ length: 256 }, (_, code) => {
    const bits = ~code & 0xff;
    const magnitude = ((((bits & 15) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
    return ((bits & 0x80) === 0 ? magnitude : -magnitude) / 2 ** 15;
  });
}
