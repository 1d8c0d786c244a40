import { InputError } from "../../input-error.ts";
import type { Audio } from "../audio.ts";
import { hasText, textAt, viewOf } from "../bytes.ts";
import { damaged, severalStreams, truncated, unsupported } from "../faults.ts";
import type { AudioLimits } from "../limits.ts";
import { decodePcm, type PcmFormat } from "./pcm.ts";

const EXTENSIBLE = 0xfffe;

/** Bytes 2 to 15 of the sub-format GUIDs whose first two bytes are a format tag. */
const SUB_FORMAT_TAIL = [0, 0, 0, 0, 16, 0, 128, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

/** Names of format tags that aren't decoded. */
const CODECS: Readonly<Record<number, string>> = {
  2: "Microsoft ADPCM",
  17: "IMA ADPCM",
  49: "GSM 6.10",
  80: "MPEG layer I/II",
  85: "MP3",
  353: "WMA",
  354: "WMA Pro",
  8192: "AC-3",
  61868: "FLAC",
};

/** Sizes of streaming writers that can't seek back to fill in the real one. */
const UNKNOWN_SIZES: readonly number[] = [0xffffffff, 0x7fffffff, 0x7ffff000, 0x80000000];

/** Chunks that writers put after the samples. */
const KNOWN_CHUNKS = "LIST id3  ID3  bext cue  smpl fact junk JUNK PAD  iXML cart afsp inst"
  .match(/.{4}.?/g)!
  .map((id) => id.slice(0, 4));

interface Chunk {
  id: string;
  body: number;
  size: number;
}

/**
 * Decodes RIFF WAVE, RF64, BW64 and RIFX: PCM of 8 to 32 bits, float of 32 or 64 bits, A-law and
 * mu-law, plain or extensible.
 *
 * @throws InputError if a chunk is missing or cut off, the codec isn't supported, or the file holds
 *   several recordings
 */
export function decodeWav(bytes: Uint8Array, limits: AudioLimits): Audio {
  const littleEndian = !hasText(bytes, 0, "RIFX");
  const view = viewOf(bytes);
  let format: PcmFormat | undefined;
  let longSize: number | undefined;
  for (let offset = 12; offset + 8 <= bytes.length; ) {
    const id = textAt(bytes, offset, 4);
    const size = view.getUint32(offset + 4, littleEndian);
    const chunk = { id, body: offset + 8, size };
    if (id === "data") {
      if (!format) throw damaged("WAV", "it has no fmt chunk before its samples");
      return decodePcm(samplesOf(bytes, chunk, format, longSize, littleEndian), format, limits);
    }
    if (id === "fmt ") {
      format = parseFormat(bytes.subarray(chunk.body, chunk.body + size), littleEndian);
    }
    if (id === "ds64" && size >= 24) longSize = Number(view.getBigUint64(chunk.body + 8, true));
    if (id === "LIST" && hasText(bytes, chunk.body, "wavl")) {
      throw unsupported("A WAV file with a list of sound pieces (wavl)");
    }
    offset = nextChunk(bytes, chunk);
  }
  throw truncated("WAV", "its samples are missing");
}

/** Chunks have even lengths, but some writers leave the padding byte out. */
function nextChunk(bytes: Uint8Array, { body, size }: Chunk): number {
  const end = body + size;
  return size % 2 === 1 && !isChunkId(bytes, end) ? end + 1 : end;
}

function isChunkId(bytes: Uint8Array, offset: number): boolean {
  return /^[\w ]{4}$/.test(textAt(bytes, offset, 4));
}

function parseFormat(chunk: Uint8Array, littleEndian: boolean): PcmFormat {
  if (chunk.length < 16) throw damaged("WAV", "its fmt chunk is too short");
  const view = viewOf(chunk);
  const channels = view.getUint16(2, littleEndian);
  const sampleRate = view.getUint32(4, littleEndian);
  const blockSize = view.getUint16(12, littleEndian);
  const bits = view.getUint16(14, littleEndian);
  let tag = view.getUint16(0, littleEndian);
  if (tag === EXTENSIBLE && chunk.length >= 40) {
    if (!SUB_FORMAT_TAIL.every((byte, i) => chunk[26 + i] === byte)) {
      throw unsupported("A WAV file with a private sub-format");
    }
    tag = view.getUint16(24, littleEndian);
  }
  const encoding = encodingOf(tag, bits);
  const bytesPerSample = Math.ceil(bits / 8);
  if (channels === 0 || blockSize !== channels * bytesPerSample) {
    throw damaged(
      "WAV",
      `its header contradicts itself (${channels} channels of ${bits} bits in blocks of ${blockSize} bytes)`,
    );
  }
  return { sampleRate, channels, bytesPerSample, encoding, littleEndian };
}

function encodingOf(tag: number, bits: number): PcmFormat["encoding"] {
  if (tag === 1 && bits >= 1 && bits <= 8) return "unsigned";
  if (tag === 1 && bits > 8 && bits <= 32) return "signed";
  if (tag === 3 && (bits === 32 || bits === 64)) return "float";
  if (tag === 6 && bits === 8) return "alaw";
  if (tag === 7 && bits === 8) return "ulaw";
  const codec = CODECS[tag] ?? (tag === 1 ? "PCM" : tag === 3 ? "float" : `format ${tag}`);
  throw unsupported(`A WAV file with ${codec} of ${bits} bits`);
}

/** The bytes of the data chunk, checked against the file's length and what follows. */
function samplesOf(
  bytes: Uint8Array,
  { body, size }: Chunk,
  format: PcmFormat,
  longSize: number | undefined,
  littleEndian: boolean,
): Uint8Array {
  const available = bytes.length - body;
  if (size === 0xffffffff && longSize !== undefined && longSize > 0) size = longSize;
  else if (UNKNOWN_SIZES.includes(size) && size > available) {
    return bytes.subarray(body, endOfStreamedSamples(bytes, body, littleEndian));
  } else if (size === 0 && available > 0 && !endsInChunks(bytes, body, littleEndian)) {
    return bytes.subarray(body, endOfStreamedSamples(bytes, body, littleEndian));
  }
  if (size > available) {
    const { sampleRate, channels, bytesPerSample } = format;
    const seconds = available / (sampleRate * channels * bytesPerSample);
    throw truncated("WAV", `it ends after ${seconds.toFixed(1)} s, ${available} of ${size} bytes`);
  }
  refuseMoreSound(bytes, { id: "data", body, size }, littleEndian);
  if (size === 0) throw new InputError("The WAV file holds no audio samples. Export it again.");
  return bytes.subarray(body, body + size);
}

/** @throws InputError if a chunk behind the samples holds sound, too */
function refuseMoreSound(bytes: Uint8Array, samples: Chunk, littleEndian: boolean): void {
  const view = viewOf(bytes);
  for (let offset = nextChunk(bytes, samples); offset + 8 <= bytes.length; ) {
    const id = textAt(bytes, offset, 4);
    if (id === "data") throw severalStreams("WAV", "it has several data chunks");
    if (/^RIF[FX]|RF64|BW64$/.test(id)) throw severalStreams("WAV", "another WAV file follows");
    if (!isChunkId(bytes, offset)) return;
    const size = view.getUint32(offset + 4, littleEndian);
    offset = nextChunk(bytes, { id, body: offset + 8, size });
  }
}

/** Returns true if chunks of known kinds fill the file exactly from `offset`. */
function endsInChunks(bytes: Uint8Array, offset: number, littleEndian: boolean): boolean {
  const view = viewOf(bytes);
  let at = offset;
  while (at + 8 <= bytes.length && KNOWN_CHUNKS.includes(textAt(bytes, at, 4))) {
    at = nextChunk(bytes, {
      id: "",
      body: at + 8,
      size: view.getUint32(at + 4, littleEndian),
    });
  }
  return at > offset && (at === bytes.length || at === bytes.length + 1);
}

/** The end of samples of unknown size: the file's end, or the chunks at its end. */
function endOfStreamedSamples(bytes: Uint8Array, body: number, littleEndian: boolean): number {
  for (let at = bytes.length - 8; at >= body; at--) {
    const isKnown = bytes[at + 1]! >= 0x33 && KNOWN_CHUNKS.includes(textAt(bytes, at, 4));
    if (isKnown && endsInChunks(bytes, at, littleEndian)) {
      // An earlier chunk may start the same sequence.
      let first = at;
      for (let earlier = at - 8; earlier >= body && earlier > at - 65_536; earlier--) {
        const id = textAt(bytes, earlier, 4);
        if (KNOWN_CHUNKS.includes(id) && endsInChunks(bytes, earlier, littleEndian)) {
          first = earlier;
        }
      }
      return first;
    }
    if (bytes.length - at > 1_048_576) break;
  }
  return bytes.length;
}
