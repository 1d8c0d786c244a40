import { InputError } from "../../input-error.ts";
import type { Audio } from "../audio.ts";
import { hasText, textAt, viewOf } from "../bytes.ts";
import { damaged, severalStreams, truncated, unsupported } from "../faults.ts";
import type { AudioLimits } from "../limits.ts";
import { decodePcm, type PcmFormat } from "./pcm.ts";

type Layout = Pick<PcmFormat, "encoding" | "littleEndian"> & { bits?: number };

/** AIFF-C compression types that are plain samples. */
const LAYOUTS: Readonly<Record<string, Layout>> = {
  NONE: { encoding: "signed", littleEndian: false },
  twos: { encoding: "signed", littleEndian: false },
  sowt: { encoding: "signed", littleEndian: true },
  "raw ": { encoding: "unsigned", littleEndian: false, bits: 8 },
  in24: { encoding: "signed", littleEndian: false, bits: 24 },
  in32: { encoding: "signed", littleEndian: false, bits: 32 },
  "23ni": { encoding: "signed", littleEndian: true, bits: 32 },
  fl32: { encoding: "float", littleEndian: false, bits: 32 },
  FL32: { encoding: "float", littleEndian: false, bits: 32 },
  fl64: { encoding: "float", littleEndian: false, bits: 64 },
  FL64: { encoding: "float", littleEndian: false, bits: 64 },
  alaw: { encoding: "alaw", littleEndian: false, bits: 8 },
  ALAW: { encoding: "alaw", littleEndian: false, bits: 8 },
  ulaw: { encoding: "ulaw", littleEndian: false, bits: 8 },
  ULAW: { encoding: "ulaw", littleEndian: false, bits: 8 },
};

/**
 * Decodes AIFF and AIFF-C: PCM of 8 to 32 bits in either byte order, float, A-law and mu-law.
 *
 * @throws InputError if a chunk is missing or cut off, the compression isn't supported, or the file
 *   holds several recordings
 */
export function decodeAiff(bytes: Uint8Array, limits: AudioLimits): Audio {
  const view = viewOf(bytes);
  const isCompressed = hasText(bytes, 8, "AIFC");
  let common: { format: PcmFormat; frames: number } | undefined;
  let sound: Uint8Array | undefined;
  for (let offset = 12; offset + 8 <= bytes.length; ) {
    const id = textAt(bytes, offset, 4);
    const size = view.getUint32(offset + 4);
    const body = offset + 8;
    if (id === "COMM") {
      common = parseCommon(bytes.subarray(body, body + size), isCompressed);
    } else if (id === "SSND") {
      if (sound) throw severalStreams("AIFF", "it has several sound chunks");
      const start = body + 8 + (body + 8 <= bytes.length ? view.getUint32(body) : 0);
      sound = bytes.subarray(start, Math.max(start, body + size));
    } else if (id === "FORM") {
      throw severalStreams("AIFF", "another AIFF file follows");
    } else if (!/^[\x20-\x7e]{4}$/.test(id)) {
      break;
    }
    offset = body + size + (size % 2);
  }
  if (!common) throw damaged("AIFF", "it has no COMM chunk");
  const { format, frames } = common;
  if (frames === 0) throw new InputError("The AIFF file holds no audio samples. Export it again.");
  const needed = frames * format.channels * format.bytesPerSample;
  const available = sound?.length ?? 0;
  if (available < needed) {
    const seconds = available / format.bytesPerSample / format.channels / format.sampleRate;
    throw truncated(
      "AIFF",
      `it ends after ${seconds.toFixed(1)} s, ${available} of ${needed} bytes`,
    );
  }
  return decodePcm(sound!.subarray(0, needed), format, limits);
}

function parseCommon(
  chunk: Uint8Array,
  isCompressed: boolean,
): { format: PcmFormat; frames: number } {
  if (chunk.length < (isCompressed ? 22 : 18)) throw damaged("AIFF", "its COMM chunk is too short");
  const view = viewOf(chunk);
  const channels = view.getUint16(0);
  const compression = isCompressed ? textAt(chunk, 18, 4) : "NONE";
  const layout = LAYOUTS[compression];
  if (!layout) throw unsupported(`An AIFF file with ${compression.trim()} compression`);
  const bits = layout.bits ?? view.getUint16(6);
  if (channels === 0 || bits < 1 || bits > 64 || (bits > 32 && layout.encoding !== "float")) {
    throw damaged("AIFF", `its header gives ${channels} channels of ${bits} bits`);
  }
  const sampleRate = extendedFloat(view, 8);
  return {
    frames: view.getUint32(2),
    format: { sampleRate, channels, bytesPerSample: Math.ceil(bits / 8), ...layout },
  };
}

/** An 80-bit IEEE extended number, rounded to a whole number of hertz. */
function extendedFloat(view: DataView, offset: number): number {
  const exponent = (view.getUint16(offset) & 0x7fff) - 16_383 - 63;
  return Math.round(Number(view.getBigUint64(offset + 2)) * 2 ** exponent);
}
