import { OpusDecoder } from "opus-decoder";
import type { Audio } from "../audio.ts";
import { viewOf } from "../bytes.ts";
import { damaged, damagedAt, truncated, unsupported } from "../faults.ts";
import { type AudioLimits, checkShape } from "../limits.ts";
import type { OggStream } from "./stream.ts";

const FILE = "Opus";
const OPUS_RATE = 48_000;

/** Packets decoded at a time. */
const BATCH = 64;

/** Bytes per channel that the decoder accepts in a packet. */
const MAX_PACKET_BYTES = 3840;

/** Samples at 48 kHz of a frame, by the configuration number (RFC 6716, table 2). */
function frameSamples(configuration: number): number {
  if (configuration >= 16) return 120 << (configuration & 3);
  if (configuration >= 12) return 480 << (configuration & 1);
  return [480, 960, 1920, 2880][configuration & 3]!;
}

/** Samples at 48 kHz of a packet (RFC 6716, section 3); 0 if it is malformed. */
export function opusPacketSamples(packet: Uint8Array): number {
  const [first, second] = packet;
  if (first === undefined) return 0;
  const code = first & 3;
  const frames = code === 0 ? 1 : code === 3 ? (second ?? 0) & 63 : 2;
  const samples = frames * frameSamples(first >> 3);
  return samples > 5760 ? 0 : samples;
}

interface OpusHead {
  channels: number;
  /** Samples at 48 kHz that the encoder put in front. */
  preSkip: number;
  gain: number;
  mapping: { streamCount: number; coupledStreamCount: number; channelMappingTable: number[] };
}

/** Reads the identification header (RFC 7845, section 5.1). */
function readHead(bytes: Uint8Array): OpusHead {
  const channels = bytes[9] ?? 0;
  if (bytes.length < 19 || channels === 0) throw damaged(FILE, "its header is malformed");
  const view = viewOf(bytes);
  const head = {
    channels,
    preSkip: view.getUint16(10, true),
    gain: 10 ** (view.getInt16(16, true) / 256 / 20),
  };
  const family = bytes[18]!;
  if (family === 0) {
    if (channels > 2) throw damaged(FILE, "its header is malformed");
    const channelMappingTable = channels === 2 ? [0, 1] : [0];
    const mapping = { streamCount: 1, coupledStreamCount: channels - 1, channelMappingTable };
    return { ...head, mapping };
  }
  if (family !== 1 && family !== 255) throw unsupported("Ambisonic Opus");
  if (bytes.length < 21 + channels) throw damaged(FILE, "its header is malformed");
  const [streamCount, coupledStreamCount] = [bytes[19]!, bytes[20]!];
  const channelMappingTable = [...bytes.subarray(21, 21 + channels)];
  const inputs = streamCount + coupledStreamCount;
  const isValid =
    streamCount > 0 &&
    coupledStreamCount <= streamCount &&
    channelMappingTable.every((input) => input < inputs || input === 255);
  if (!isValid) throw damaged(FILE, "its header is malformed");
  return { ...head, mapping: { streamCount, coupledStreamCount, channelMappingTable } };
}

/**
 * Decodes an Opus stream at 48 kHz (RFC 7845), by libopus in WASM.
 *
 * @throws InputError if a packet is malformed or missing
 */
export async function decodeOpus(stream: OggStream, limits: AudioLimits): Promise<Audio> {
  const [headPacket, , ...packets] = stream.packets;
  const head = readHead(headPacket!.bytes);
  const { channels, preSkip, gain } = head;
  const lengths = packets.map(({ bytes }) => opusPacketSamples(bytes));
  const coded = lengths.reduce((sum, length) => sum + length, 0);
  checkShape({ sampleRate: OPUS_RATE, channels, samples: Math.max(0, coded - preSkip) }, limits);
  const end = endPosition(stream, lengths);
  const length = Math.max(0, end - preSkip);

  const output = Array.from({ length: channels }, () => new Float32Array(length));
  const decoder = new OpusDecoder({ channels, ...head.mapping });
  await decoder.ready;
  try {
    for (let first = 0, position = 0; first < packets.length; first += BATCH) {
      const batch = packets.slice(first, first + BATCH).map(({ bytes }) => bytes);
      if (batch.some((packet) => packet.length > MAX_PACKET_BYTES * channels)) {
        throw damagedAt(FILE, Math.max(0, position - preSkip), OPUS_RATE);
      }
      const { channelData, samplesDecoded, errors } = decoder.decodeFrames(batch);
      const expected = lengths.slice(first, first + BATCH).reduce((sum, n) => sum + n, 0);
      if (errors.length > 0 || samplesDecoded !== expected) {
        throw damagedAt(FILE, Math.max(0, position - preSkip), OPUS_RATE);
      }
      for (const [c, samples] of channelData.entries()) {
        copy(samples, output[c]!, position - preSkip, gain);
      }
      position += samplesDecoded;
    }
  } finally {
    decoder.free();
  }
  return { sampleRate: OPUS_RATE, channels: output };
}

/**
 * Finds where the sound ends among the coded samples: the last page's position says how many of its
 * samples count, relative to where the first page starts (which is later than 0 in an excerpt).
 *
 * @throws InputError if positions and packets contradict each other
 */
function endPosition({ pages }: OggStream, lengths: readonly number[]): number {
  const codedUpTo = new Float64Array(lengths.length + 1);
  for (const [i, length] of lengths.entries()) codedUpTo[i + 1] = codedUpTo[i]! + length;
  const timed = pages.filter((page) => page.granule >= 0 && page.completedPackets > 2);
  const positionOf = (page: OggStream["pages"][number]) => codedUpTo[page.completedPackets - 2]!;
  const [first] = timed;
  const last = timed.at(-1);
  if (!first || !last) return codedUpTo.at(-1)!;
  const offset = first === last ? 0 : first.granule - positionOf(first);
  if (offset < 0) throw damagedAt(FILE, 0, OPUS_RATE);
  for (const page of timed) {
    const isTrimmed = page === last && page.granule - offset < positionOf(page);
    if (page.granule - offset !== positionOf(page) && !isTrimmed && first !== last) {
      throw damagedAt(FILE, positionOf(page), OPUS_RATE);
    }
  }
  const end = Math.min(positionOf(last), last.granule - offset);
  if (end < 0) throw truncated(FILE, "its last page has an invalid position");
  return end;
}

/** Copies the samples that fall inside the target, whose first is at `start` (maybe negative). */
function copy(source: Float32Array, target: Float32Array, start: number, gain: number): void {
  const from = Math.max(0, -start);
  const to = Math.min(source.length, target.length - start);
  for (let i = from; i < to; i++) target[start + i] = source[i]! * gain;
}
