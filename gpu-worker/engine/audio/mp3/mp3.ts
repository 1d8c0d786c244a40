import { InputError } from "../../input-error.ts";
import type { Audio } from "../audio.ts";
import { BitReader } from "../bit-reader.ts";
import { type AudioLimits, checkShape } from "../limits.ts";
import { type Mp3Frame, mp3FrameAt } from "./frame-header.ts";
import { findMp3Frames } from "./frames.ts";
import { HybridSynthesis, reduceAlias } from "./hybrid-synthesis.ts";
import {
  readScaleFactorsMpeg1,
  readScaleFactorsMpeg2,
  type ScaleFactors,
} from "./scale-factors.ts";
import { type Granule, readSideInfo } from "./side-info.ts";
import { interleaveWindows, readSpectrum } from "./spectrum.ts";
import { applyStereo } from "./stereo.ts";

/** The main data of a frame starts at most 511 bytes before it. */
const MAX_RESERVOIR = 511;
const MAX_FRAME_BYTES = 2048;

/**
 * Decodes MPEG layer III (ISO 11172-3, 13818-3 and MPEG 2.5). An info tag's encoder delay and
 * padding are dropped together with the decoder's own delay.
 *
 * @param bytes without leading tags
 * @throws InputError if a frame is damaged, cut off or missing, or the file holds several streams
 */
export function decodeMp3(bytes: Uint8Array, limits: AudioLimits): Audio {
  const { header, offsets, skipped } = findMp3Frames(bytes);
  const { sampleRate, channels: count } = header;
  const coded = offsets.length * header.samples;
  checkShape({ sampleRate, channels: count, samples: coded }, limits);
  const samples = coded - skipped.start - skipped.end;
  if (samples <= 0) throw new InputError("The MP3 file holds no audio samples. Export it again.");

  const output = Array.from({ length: count }, () => new Float32Array(coded));
  const decoder = createFrameDecoder(count);
  for (const [index, offset] of offsets.entries()) {
    decoder(bytes, offset, output, index * header.samples);
  }
  const channels = output.map((channel) =>
    samples === coded ? channel : channel.subarray(skipped.start, skipped.start + samples),
  );
  return { sampleRate, channels };
}

/** Creates a decoder that keeps the bit reservoir and the overlap from frame to frame. */
function createFrameDecoder(channels: number) {
  const synthesis = Array.from({ length: channels }, () => new HybridSynthesis());
  const lines = Array.from({ length: channels }, () => new Float32Array(576));
  const scratch = new Float32Array(576);
  const reservoir = new Uint8Array(MAX_RESERVOIR + MAX_FRAME_BYTES);
  let stored = 0;

  return (bytes: Uint8Array, offset: number, output: Float32Array[], position: number): void => {
    const frame = mp3FrameAt(bytes, offset)!;
    const sideStart = offset + frame.sideInfo;
    const info = readSideInfo(new BitReader(bytes, sideStart), frame);
    const main = bytes.subarray(sideStart + frame.mainData - 4, offset + frame.bytes);
    const available = stored >= info.mainDataBegin;
    reservoir.copyWithin(0, Math.max(0, stored - MAX_RESERVOIR), stored);
    stored = Math.min(stored, MAX_RESERVOIR);
    const start = stored - info.mainDataBegin;
    reservoir.set(main, stored);
    stored += main.length;
    const reader = new BitReader(reservoir, Math.max(0, start), stored);
    const factors: (ScaleFactors | null)[] = Array.from({ length: channels }, () => null);
    for (const [index, granules] of info.granules.entries()) {
      const counts = granules.map((granule, channel) => {
        const target = lines[channel]!;
        if (!available) {
          target.fill(0);
          return 0;
        }
        const end = reader.position + granule.bits;
        const isIntensity = frame.intensityStereo && channel === 1;
        const found = frame.mpeg1
          ? readScaleFactorsMpeg1(reader, granule, factors[channel]!, info.shared[channel]!)
          : readScaleFactorsMpeg2(reader, granule, isIntensity);
        factors[channel] = found;
        const lineCount = readSpectrum(reader, end, granule, found, frame.sampleRate, target);
        reader.position = end;
        return lineCount;
      });
      if (available && channels === 2 && (frame.msStereo || frame.intensityStereo)) {
        applyStereo(lines[0]!, lines[1]!, frame, granules[1]!, factors[1]!, counts[1]!);
      }
      for (const [channel, granule] of granules.entries()) {
        const target = lines[channel]!;
        sortAndFilter(target, granule, factors[channel]!, frame, scratch);
        synthesis[channel]!.granule(
          target,
          granule.blockType,
          granule.isMixed ? 2 : 0,
          output[channel]!,
          position + 576 * index,
        );
      }
    }
  };
}

function sortAndFilter(
  lines: Float32Array,
  { blockType, isMixed }: Granule,
  factors: ScaleFactors | null,
  { sampleRate }: Mp3Frame,
  scratch: Float32Array,
): void {
  if (blockType === 2 && factors) interleaveWindows(lines, sampleRate, factors, scratch);
  if (blockType !== 2) reduceAlias(lines, 32);
  else if (isMixed) reduceAlias(lines, 2);
}
