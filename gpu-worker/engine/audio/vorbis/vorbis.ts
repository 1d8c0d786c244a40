import type { Audio } from "../audio.ts";
import { hasText, viewOf } from "../bytes.ts";
import { damaged, damagedAt, truncated } from "../faults.ts";
import { createImdct } from "../imdct.ts";
import { type AudioLimits, checkShape } from "../limits.ts";
import type { OggStream } from "../ogg/stream.ts";
import { SetupError } from "./codebook.ts";
import { decodeSpectra } from "./decode-block.ts";
import { bitLength, PacketReader } from "./packet-reader.ts";
import { readSetup, type Setup } from "./setup.ts";

const FILE = "Ogg Vorbis";

/** A packet of sound and its window. */
interface Block {
  packet: Uint8Array;
  isLong: boolean;
  /** Position of the first sample that the block completes, and their number. */
  start: number;
  samples: number;
}

/**
 * Decodes a Vorbis stream (Vorbis I specification).
 *
 * @throws InputError if a packet is malformed or missing
 */
export function decodeVorbis(stream: OggStream, limits: AudioLimits): Audio {
  const { packets, pages } = stream;
  const head = packets[0]!.bytes;
  if (head.length < 30) throw truncated(FILE, "its header is cut off");
  const channels = head[11]!;
  const sampleRate = viewOf(head).getUint32(12, true);
  const sizes = [1 << (head[28]! & 15), 1 << (head[28]! >> 4)] as const;
  if (sizes[0] < 64 || sizes[1] < sizes[0] || sizes[1] > 8192) {
    throw damaged(FILE, "its header gives invalid block sizes");
  }
  checkShape({ sampleRate, channels, samples: 0 }, limits);
  const setup = parseSetup(packets[2]?.bytes, channels);
  const blocks = planBlocks(stream, setup, sizes);
  const last = blocks.at(-1);
  const coded = last ? last.start + last.samples : 0;
  checkShape({ sampleRate, channels, samples: coded }, limits);

  // A stream that starts within a broadcast has an offset; one whose first page is trimmed a delay.
  const timed = pages.filter((page) => page.granule >= 0 && page.completedPackets > 0);
  const codedUpTo = (page: (typeof timed)[number]) => {
    const block = blocks[page.completedPackets - 4];
    return block ? block.start + block.samples : 0;
  };
  const first = timed.find((page) => page.completedPackets > 3);
  const lastPage = timed.at(-1);
  const startsAt = first && first !== lastPage ? first.granule - codedUpTo(first) : 0;
  for (const page of timed) {
    if (page === lastPage || page.completedPackets <= 3) continue;
    const position = codedUpTo(page);
    if (page.granule - startsAt !== position) throw damagedAt(FILE, position, sampleRate);
  }
  const end = lastPage && lastPage.completedPackets > 3 ? lastPage.granule - startsAt : coded;
  if (end > coded) throw damagedAt(FILE, coded, sampleRate);
  const skipped = Math.max(0, -startsAt);
  const length = Math.max(0, end - skipped);

  const decoded = Array.from({ length: channels }, () => new Float32Array(coded));
  decodeBlocks(blocks, setup, sizes, decoded);
  return {
    sampleRate,
    channels: decoded.map((channel) =>
      skipped === 0 && length === coded ? channel : channel.subarray(skipped, skipped + length),
    ),
  };
}

function parseSetup(packet: Uint8Array | undefined, channels: number): Setup {
  if (!packet || !hasText(packet, 0, "\x05vorbis")) throw damaged(FILE, "it has no setup header");
  const reader = new PacketReader(packet);
  reader.position = 56;
  try {
    return readSetup(reader, channels);
  } catch (error) {
    if (error instanceof SetupError) throw damaged(FILE, error.message);
    throw error;
  }
}

/** Finds the length of every packet from its mode, so that the length is known before decoding. */
function planBlocks(
  { packets }: OggStream,
  setup: Setup,
  sizes: readonly [number, number],
): Block[] {
  const modeBits = bitLength(setup.modes.length - 1);
  const blocks: Block[] = [];
  let previous = 0;
  let position = 0;
  for (const { bytes } of packets.slice(3)) {
    const reader = new PacketReader(bytes);
    const isHeader = reader.read(1) === 1;
    const mode = setup.modes[reader.read(modeBits)];
    if (isHeader || !mode || bytes.length === 0) {
      // An empty packet stands for no sound.
      blocks.push({ packet: new Uint8Array(), isLong: false, start: position, samples: 0 });
      continue;
    }
    const size = sizes[mode.isLong ? 1 : 0];
    const samples = previous === 0 ? 0 : previous / 4 + size / 4;
    blocks.push({ packet: bytes, isLong: mode.isLong, start: position, samples });
    position += samples;
    previous = size;
  }
  return blocks;
}

function decodeBlocks(
  blocks: Block[],
  setup: Setup,
  sizes: readonly [number, number],
  output: Float32Array[],
): void {
  const spectra = output.map(() => new Float32Array(sizes[1] / 2));
  const windows = sizes.map(createSlope);
  const imdcts = sizes.map(createImdct);
  const samples = new Float32Array(sizes[1]);
  const tails = output.map(() => new Float32Array(sizes[1] / 2));
  const modeBits = bitLength(setup.modes.length - 1);
  let previous = 0;
  for (const { packet, isLong, start, samples: count } of blocks) {
    if (packet.length === 0) continue;
    const reader = new PacketReader(packet);
    reader.position = 1;
    const mode = setup.modes[reader.read(modeBits)]!;
    const isLongBefore = isLong && reader.read(1) === 1;
    const isLongAfter = isLong && reader.read(1) === 1;
    const size = sizes[isLong ? 1 : 0];
    const half = size / 2;
    decodeSpectra(reader, setup, setup.mappings[mode.mapping]!, half, spectra);
    for (const [channel, target] of output.entries()) {
      imdcts[isLong ? 1 : 0]!(spectra[channel]!, 0, samples);
      const tail = tails[channel]!;
      if (count > 0) {
        const kept = Math.min(count, previous / 2);
        for (let i = 0; i < kept; i++) target[start + i] = tail[i]!;
        addRising(samples, half, windows[isLongBefore ? 1 : 0]!, target, start + count);
      }
      keepFalling(samples, half, windows[isLongAfter ? 1 : 0]!, tail);
    }
    previous = size;
  }
}

/** The rising half of the Vorbis window (section 4.3.1). */
function createSlope(size: number): Float32Array {
  return Float32Array.from({ length: size / 2 }, (_, n) => {
    const inner = Math.sin((Math.PI * (n + 0.5)) / size);
    return Math.sin((Math.PI / 2) * inner * inner);
  });
}

/** Adds the first half of a block under its rising slope, so that it ends at `end`. */
function addRising(
  samples: Float32Array,
  half: number,
  slope: Float32Array,
  target: Float32Array,
  end: number,
): void {
  const flat = (half - slope.length) / 2;
  const start = end - half;
  for (let i = 0; i < slope.length; i++) {
    target[start + flat + i]! += samples[flat + i]! * slope[i]!;
  }
  for (let i = half - flat; i < half; i++) target[start + i]! += samples[i]!;
}

/** Stores the second half of a block under its falling slope. */
function keepFalling(
  samples: Float32Array,
  half: number,
  slope: Float32Array,
  tail: Float32Array,
): void {
  const flat = (half - slope.length) / 2;
  for (let i = 0; i < flat; i++) tail[i] = samples[half + i]!;
  for (let i = 0; i < slope.length; i++) {
    tail[flat + i] = samples[half + flat + i]! * slope[slope.length - 1 - i]!;
  }
  tail.fill(0, half - flat, half);
}
