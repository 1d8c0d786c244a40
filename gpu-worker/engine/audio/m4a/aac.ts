import { BitReader } from "../bit-reader.ts";
import { unsupported } from "../faults.ts";
import { type AacConfig, readProgramConfig } from "./aac-config.ts";
import { AacFilterbank } from "./aac-filterbank.ts";
import {
  AacSyntaxError,
  applyAacStereo,
  applyTns,
  type ChannelStream,
  readChannelStream,
  readWindowInfo,
} from "./aac-stream.ts";

/** Samples per channel of a frame. */
export const AAC_FRAME_SAMPLES = 1024;

const ELEMENTS = { SCE: 0, CPE: 1, CCE: 2, LFE: 3, DSE: 4, PCE: 5, FIL: 6, END: 7 } as const;

/** Decodes a frame into the outputs at `position`; throws AacSyntaxError if it is malformed. */
export type AacFrameDecoder = (
  frame: Uint8Array,
  output: readonly Float32Array[],
  position: number,
) => void;

/** Creates a decoder of AAC-LC frames (ISO 14496-3, section 4), which keeps the overlap. */
export function createAacDecoder({ rateIndex, channels }: AacConfig): AacFrameDecoder {
  const filterbanks = Array.from({ length: channels }, () => new AacFilterbank());
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
    return seed / 2 ** 31;
  };
  return (frame, output, position) => {
    const reader = new BitReader(frame);
    let channel = 0;
    const finish = (stream: ChannelStream) => {
      const filterbank = filterbanks[channel];
      if (!filterbank) throw new AacSyntaxError("too many channels");
      applyTns(stream);
      filterbank.synthesise(stream, output[channel]!, position);
      channel++;
    };
    for (;;) {
      if (reader.position + 3 > reader.end) throw new AacSyntaxError("frame ends early");
      const element = reader.read(3);
      if (element === ELEMENTS.END) break;
      if (element === ELEMENTS.SCE || element === ELEMENTS.LFE) {
        reader.skip(4);
        finish(readChannelStream(reader, rateIndex, null, random));
      } else if (element === ELEMENTS.CPE) {
        reader.skip(4);
        for (const stream of readPair(reader, rateIndex, random)) finish(stream);
      } else if (element === ELEMENTS.DSE) skipData(reader);
      else if (element === ELEMENTS.FIL) skipFill(reader);
      else if (element === ELEMENTS.PCE) readProgramConfig(reader);
      else throw unsupported("AAC with coupling channels");
    }
    if (channel !== channels) throw new AacSyntaxError("channels are missing");
  };
}

function readPair(
  reader: BitReader,
  rateIndex: number,
  random: () => number,
): [ChannelStream, ChannelStream] {
  const common = reader.read(1) === 1 ? readWindowInfo(reader, rateIndex) : null;
  let mask = 0;
  const perBand: boolean[] = [];
  if (common) {
    mask = reader.read(2);
    if (mask === 3) throw new AacSyntaxError("reserved stereo mask");
    if (mask === 1) {
      for (let i = 0; i < common.groups.length * common.maxBand; i++) {
        perBand.push(reader.read(1) === 1);
      }
    }
  }
  const left = readChannelStream(reader, rateIndex, common, random);
  const right = readChannelStream(reader, rateIndex, common, random);
  if (common) {
    applyAacStereo(left, right, (band) => mask === 2 || perBand[band] === true, mask === 1);
  }
  return [left, right];
}

function skipData(reader: BitReader): void {
  reader.skip(4);
  const isAligned = reader.read(1) === 1;
  let count = reader.read(8);
  if (count === 255) count += reader.read(8);
  if (isAligned) reader.alignToByte();
  reader.skip(8 * count);
}

/** Skips padding and dynamic range data. @throws InputError for spectral band replication */
function skipFill(reader: BitReader): void {
  let count = reader.read(4);
  if (count === 15) count += reader.read(8) - 1;
  const type = count > 0 ? reader.peek32() >>> 28 : 0;
  if (type === 13 || type === 14) throw unsupported("HE-AAC (SBR)");
  reader.skip(8 * count);
}
