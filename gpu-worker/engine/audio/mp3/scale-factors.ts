import type { BitReader } from "../bit-reader.ts";
import type { Granule } from "./side-info.ts";

/** Scale factors in coded order: long bands, then the three windows of each short band. */
export interface ScaleFactors {
  values: Uint8Array;
  /** Values that mean "no intensity stereo" for a band in MPEG 2; 7 in MPEG 1. */
  illegal: Uint8Array;
  hasPretab: boolean;
  /** Number of long bands in front of short ones: 22, or 8 or 6 of a mixed block, or 0. */
  longBands: number;
}

const MAX_FACTORS = 62;

/** Bits of a scale factor in the lower and the upper bands (ISO 11172-3, 2.4.2.7). */
const LENGTHS_MPEG1: readonly (readonly [number, number])[] = [
  [0, 0],
  [0, 1],
  [0, 2],
  [0, 3],
  [3, 0],
  [1, 1],
  [1, 2],
  [1, 3],
  [2, 1],
  [2, 2],
  [2, 3],
  [3, 1],
  [3, 2],
  [3, 3],
  [4, 2],
  [4, 3],
];

/** Bands of each group whose scale factors the second granule may share. */
const SHARED_GROUPS = [6, 5, 5, 5] as const;

export function readScaleFactorsMpeg1(
  reader: BitReader,
  granule: Granule,
  previous: ScaleFactors | null,
  shared: readonly boolean[],
): ScaleFactors {
  const values = new Uint8Array(MAX_FACTORS);
  const [low, high] = LENGTHS_MPEG1[granule.scaleFactorCompress]!;
  const isShort = granule.blockType === 2;
  let at = 0;
  const read = (count: number, bits: number) => {
    for (let i = 0; i < count; i++) values[at++] = reader.read(bits);
  };
  if (isShort) {
    read(granule.isMixed ? 8 + 9 : 18, low);
    read(18, high);
  } else {
    for (const [group, count] of SHARED_GROUPS.entries()) {
      if (previous && shared[group]) {
        values.set(previous.values.subarray(at, at + count), at);
        at += count;
      } else read(count, group < 2 ? low : high);
    }
  }
  return {
    values,
    illegal: new Uint8Array(MAX_FACTORS).fill(7),
    hasPretab: granule.hasPretab,
    longBands: isShort ? (granule.isMixed ? 8 : 0) : 22,
  };
}

/** Numbers of scale factors of each length, by the kind of block: long, short, mixed (13818-3). */
const PARTITIONS: readonly (readonly (readonly number[])[])[] = [
  [
    [6, 5, 5, 5],
    [9, 9, 9, 9],
    [6, 9, 9, 9],
  ],
  [
    [6, 5, 7, 3],
    [9, 9, 12, 6],
    [6, 9, 12, 6],
  ],
  [
    [11, 10, 0, 0],
    [18, 18, 0, 0],
    [15, 18, 0, 0],
  ],
  [
    [7, 7, 7, 0],
    [12, 12, 12, 0],
    [6, 15, 12, 0],
  ],
  [
    [6, 6, 6, 3],
    [12, 9, 9, 6],
    [6, 12, 9, 6],
  ],
  [
    [8, 8, 5, 0],
    [15, 12, 9, 0],
    [6, 18, 9, 0],
  ],
];

/** Lengths of the scale factors of MPEG 2 and the row of PARTITIONS (13818-3, 2.4.3.2). */
function lengthsMpeg2(code: number, isIntensity: boolean): { lengths: number[]; row: number } {
  if (isIntensity) {
    const half = code >> 1;
    if (half < 180) {
      return { lengths: [Math.floor(half / 36), Math.floor((half % 36) / 6), half % 6, 0], row: 3 };
    }
    if (half < 244) {
      const rest = half - 180;
      return { lengths: [rest >> 4, (rest >> 2) & 3, rest & 3, 0], row: 4 };
    }
    return { lengths: [Math.floor((half - 244) / 3), (half - 244) % 3, 0, 0], row: 5 };
  }
  if (code < 400) {
    return {
      lengths: [Math.floor((code >> 4) / 5), (code >> 4) % 5, (code >> 2) & 3, code & 3],
      row: 0,
    };
  }
  if (code < 500) {
    const rest = code - 400;
    return { lengths: [Math.floor((rest >> 2) / 5), (rest >> 2) % 5, rest & 3, 0], row: 1 };
  }
  return { lengths: [Math.floor((code - 500) / 3), (code - 500) % 3, 0, 0], row: 2 };
}

/** @param isIntensity true for the right channel of intensity stereo */
export function readScaleFactorsMpeg2(
  reader: BitReader,
  granule: Granule,
  isIntensity: boolean,
): ScaleFactors {
  const { lengths, row } = lengthsMpeg2(granule.scaleFactorCompress, isIntensity);
  const isShort = granule.blockType === 2;
  const counts = PARTITIONS[row]![isShort ? (granule.isMixed ? 2 : 1) : 0]!;
  const values = new Uint8Array(MAX_FACTORS);
  const illegal = new Uint8Array(MAX_FACTORS);
  let at = 0;
  for (const [part, count] of counts.entries()) {
    for (let i = 0; i < count; i++, at++) {
      values[at] = reader.read(lengths[part]!);
      illegal[at] = (1 << lengths[part]!) - 1;
    }
  }
  return {
    values,
    illegal,
    hasPretab: row === 2,
    longBands: isShort ? (granule.isMixed ? 6 : 0) : 22,
  };
}
