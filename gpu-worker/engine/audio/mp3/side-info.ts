import type { BitReader } from "../bit-reader.ts";
import type { Mp3Frame } from "./frame-header.ts";
import { SCALE_FACTOR_BANDS } from "./tables.ts";

/** Side information of one granule of one channel (ISO 11172-3, 2.4.1.7). */
export interface Granule {
  /** Bits of scale factors and Huffman codes together. */
  bits: number;
  bigValues: number;
  globalGain: number;
  scaleFactorCompress: number;
  /** 0 normal, 1 start, 2 three short blocks, 3 stop. */
  blockType: number;
  isMixed: boolean;
  tableSelect: number[];
  subblockGain: number[];
  /** First line of the second and of the third region of big values. */
  regions: [number, number];
  hasPretab: boolean;
  /** Exponent of a scale factor: 0.5 or 1. */
  scaleFactorScale: number;
  count1Table: number;
}

export interface SideInfo {
  /** Bytes before the frame at which its main data starts. */
  mainDataBegin: number;
  /** For each channel: groups of bands whose scale factors the second granule shares. */
  shared: boolean[][];
  /** granules[granule][channel] */
  granules: Granule[][];
}

export function readSideInfo(reader: BitReader, frame: Mp3Frame): SideInfo {
  const { mpeg1, channels } = frame;
  const mainDataBegin = reader.read(mpeg1 ? 9 : 8);
  reader.skip(mpeg1 ? (channels === 1 ? 5 : 3) : channels);
  const shared = Array.from({ length: channels }, () =>
    Array.from({ length: 4 }, () => mpeg1 && reader.read(1) === 1),
  );
  const granules = Array.from({ length: mpeg1 ? 2 : 1 }, () =>
    Array.from({ length: channels }, () => readGranule(reader, frame)),
  );
  return { mainDataBegin, shared, granules };
}

function readGranule(reader: BitReader, { mpeg1, sampleRate }: Mp3Frame): Granule {
  const { long } = SCALE_FACTOR_BANDS[sampleRate]!;
  const bits = reader.read(12);
  const bigValues = reader.read(9);
  const globalGain = reader.read(8);
  const scaleFactorCompress = reader.read(mpeg1 ? 4 : 9);
  let blockType = 0;
  let isMixed = false;
  let tableSelect: number[];
  let subblockGain = [0, 0, 0];
  let regions: [number, number];
  if (reader.read(1) === 1) {
    blockType = reader.read(2);
    isMixed = reader.read(1) === 1;
    tableSelect = [reader.read(5), reader.read(5), 0];
    subblockGain = [reader.read(3), reader.read(3), reader.read(3)];
    regions = [blockType === 2 ? (sampleRate === 8000 ? 72 : 36) : long[8]!, 576];
  } else {
    tableSelect = [reader.read(5), reader.read(5), reader.read(5)];
    const first = reader.read(4) + 1;
    const second = first + reader.read(3) + 1;
    regions = [long[first]!, long[Math.min(22, second)]!];
  }
  const hasPretab = mpeg1 && reader.read(1) === 1;
  const scaleFactorScale = reader.read(1) === 1 ? 1 : 0.5;
  const count1Table = reader.read(1);
  return {
    bits,
    bigValues,
    globalGain,
    scaleFactorCompress,
    blockType,
    isMixed: isMixed && blockType === 2,
    tableSelect,
    subblockGain,
    regions,
    hasPretab,
    scaleFactorScale,
    count1Table,
  };
}
