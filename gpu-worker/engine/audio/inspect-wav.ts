import { InputError } from "../input-error.ts";
import type { AudioFacts } from "./audio-facts.ts";
import { concatenate, hasText, viewOf } from "./bytes.ts";

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
const BITS: Record<number, number[]> = { [PCM]: [8, 16, 24, 32], [FLOAT]: [32, 64] };

/** Sizes that a program writes when it cannot go back to fill in the real one. */
const UNKNOWN_SIZES = [0, 0xffffffff, 0x7fffffff];

function parseFormat(chunk: Uint8Array) {
  if (chunk.length < 16) throw new InputError("the wav file's fmt chunk is too short");
  const view = viewOf(chunk);
  const declared = view.getUint16(0, true);
  const tag = declared === EXTENSIBLE && chunk.length >= 40 ? view.getUint16(24, true) : declared;
  const channels = view.getUint16(2, true);
  const blockSize = view.getUint16(12, true);
  const bits = view.getUint16(14, true);
  if (!BITS[tag]?.includes(bits)) {
    throw new InputError(
      `the wav file holds format ${tag} with ${bits} bits, not PCM or float; convert it to 16-bit PCM`,
    );
  }
  if (channels === 0 || blockSize !== (channels * bits) / 8) {
    throw new InputError(
      `the wav file's header contradicts itself: ${channels} channels of ${bits} bits in blocks of ${blockSize} bytes`,
    );
  }
  return { sampleRate: view.getUint32(4, true), channels, blockSize };
}

/**
 * RIFF WAVE: the `fmt ` and `data` chunks; all others are left out.
 *
 * @throws InputError where a chunk is missing or cut off, or the samples are not PCM or float.
 */
export function inspectWav(bytes: Uint8Array): AudioFacts {
  const view = viewOf(bytes);
  let format: ReturnType<typeof parseFormat> | undefined;
  let formatChunk = new Uint8Array();
  for (let offset = 12; offset + 8 <= bytes.length; ) {
    const size = view.getUint32(offset + 4, true);
    const body = offset + 8;
    if (hasText(bytes, offset, "data")) {
      if (!format) throw new InputError("the wav file has no fmt chunk before its data");
      const available = bytes.length - body;
      const known = !UNKNOWN_SIZES.includes(size);
      if (known && size > available) {
        throw new InputError(
          `the wav file is truncated: ${available} of ${size} bytes of samples are there`,
        );
      }
      const samples = Math.floor((known ? size : available) / format.blockSize);
      const head = bytes.slice(offset, body);
      viewOf(head).setUint32(4, samples * format.blockSize, true);
      const data = bytes.subarray(body, body + samples * format.blockSize);
      return {
        sampleRate: format.sampleRate,
        channels: format.channels,
        samples,
        fewestSamples: samples,
        payload: concatenate([bytes.subarray(0, 12), formatChunk, head, data]),
      };
    }
    if (hasText(bytes, offset, "fmt ")) {
      format = parseFormat(bytes.subarray(body, body + size));
      formatChunk = bytes.slice(offset, body + size);
    }
    offset = body + size + (size % 2);
  }
  throw new InputError("the wav file has no samples: its data chunk is missing or cut off");
}
