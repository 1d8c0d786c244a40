import { InputError } from "../input-error.ts";
import type { AudioFacts } from "./audio-facts.ts";
import { hasText, viewOf } from "./bytes.ts";
import { type OggPage, oggPages } from "./ogg-pages.ts";

const OPUS_RATE = 48_000;

/** Samples at 48 kHz of a packet's frames, by its first byte (RFC 6716, table 2). */
function opusFrameSamples(configuration: number): number {
  if (configuration >= 16) return 120 << (configuration & 3);
  if (configuration >= 12) return 480 << (configuration & 1);
  return [480, 960, 1920, 2880][configuration & 3]!;
}

function opusPacketSamples(bytes: Uint8Array, offset: number): number {
  const first = bytes[offset]!;
  const code = first & 3;
  const frames = code === 0 ? 1 : code === 3 ? (bytes[offset + 1] ?? 0) & 63 : 2;
  return frames * opusFrameSamples(first >> 3);
}

function inspectOpus(bytes: Uint8Array, pages: OggPage[], payload: Uint8Array): AudioFacts {
  const head = pages[0]!.body;
  if (pages[0]!.end < head + 19) throw new InputError("the opus file's header is cut off");
  const preSkip = viewOf(bytes).getUint16(head + 10, true);
  const packets = pages.flatMap((page) => page.packets).slice(2);
  const coded = packets.reduce((sum, at) => sum + opusPacketSamples(bytes, at), 0);
  const length = Math.min(coded, pages.at(-1)!.granule) - preSkip;
  return {
    sampleRate: OPUS_RATE,
    channels: bytes[head + 9]!,
    samples: Math.max(0, coded - preSkip),
    fewestSamples: Math.max(1, length),
    payload,
  };
}

function inspectVorbis(bytes: Uint8Array, pages: OggPage[], payload: Uint8Array): AudioFacts {
  const head = pages[0]!.body;
  if (pages[0]!.end < head + 30) throw new InputError("the vorbis file's header is cut off");
  const timed = pages.filter((page) => page.granule > 0);
  const last = timed.at(-1)?.granule ?? 0;
  // A recording of a broadcast starts late: what its first page holds is not known.
  const first = timed.length > 1 ? timed[0]!.granule : 0;
  return {
    sampleRate: viewOf(bytes).getUint32(head + 12, true),
    channels: bytes[head + 11]!,
    samples: last - first,
    fewestSamples: Math.max(1, last - first),
    payload,
  };
}

/**
 * Ogg Vorbis and Ogg Opus, from their pages alone: Opus packets say how long they are, Vorbis pages
 * say where they end.
 *
 * @throws InputError where pages are missing, damaged or cut off, or the file holds several streams.
 */
export function inspectOgg(bytes: Uint8Array): AudioFacts {
  const pages = oggPages(bytes);
  const payload = bytes.subarray(0, pages.at(-1)!.end);
  return hasText(bytes, pages[0]!.body, "OpusHead")
    ? inspectOpus(bytes, pages, payload)
    : inspectVorbis(bytes, pages, payload);
}
