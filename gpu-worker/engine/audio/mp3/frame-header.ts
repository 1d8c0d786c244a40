const KBIT_MPEG1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320] as const;
const KBIT_MPEG2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160] as const;
const RATES_MPEG1 = [44_100, 48_000, 32_000];

/** The header of an MPEG layer III frame. */
export interface Mp3Frame {
  /** Bytes of the whole frame, header included. */
  bytes: number;
  /** Samples per channel. */
  samples: number;
  /** Hz. */
  sampleRate: number;
  channels: number;
  /** False for the lower sample rates of MPEG 2 and 2.5, whose frames have one granule. */
  mpeg1: boolean;
  /** Joint stereo: middle and side instead of left and right. */
  msStereo: boolean;
  intensityStereo: boolean;
  /** Offset in the frame of the side information, after the header and its checksum. */
  sideInfo: number;
  /** Offset in the frame of the info tag, and of the main data of frames without a checksum. */
  mainData: number;
}

/**
 * Reads the layer III frame header at `offset` (ISO 11172-3, 2.4.1.3; 13818-3 for the lower rates).
 *
 * @returns null if there is none; free format (no bit rate in the header) counts as none
 */
export function mp3FrameAt(bytes: Uint8Array, offset: number): Mp3Frame | null {
  if (offset + 4 > bytes.length) return null;
  if (bytes[offset] !== 0xff || (bytes[offset + 1]! & 0xe6) !== 0xe2) return null;
  const version = (bytes[offset + 1]! >> 3) & 3;
  const kbitCode = bytes[offset + 2]! >> 4;
  const rateCode = (bytes[offset + 2]! >> 2) & 3;
  if (version === 1 || kbitCode === 0 || kbitCode === 15 || rateCode === 3) return null;
  const mpeg1 = version === 3;
  const mode = bytes[offset + 3]! >> 6;
  const extension = (bytes[offset + 3]! >> 4) & 3;
  const mono = mode === 3;
  const sampleRate = RATES_MPEG1[rateCode]! / (mpeg1 ? 1 : version === 2 ? 2 : 4);
  const kbit = (mpeg1 ? KBIT_MPEG1 : KBIT_MPEG2)[kbitCode]!;
  const padding = (bytes[offset + 2]! >> 1) & 1;
  const sideInformation = mpeg1 ? (mono ? 17 : 32) : mono ? 9 : 17;
  return {
    bytes: Math.floor(((mpeg1 ? 144 : 72) * kbit * 1000) / sampleRate) + padding,
    samples: mpeg1 ? 1152 : 576,
    sampleRate,
    channels: mono ? 1 : 2,
    mpeg1,
    msStereo: mode === 1 && (extension & 2) !== 0,
    intensityStereo: mode === 1 && (extension & 1) !== 0,
    sideInfo: (bytes[offset + 1]! & 1) === 0 ? 6 : 4,
    mainData: 4 + sideInformation,
  };
}

/** Returns true if a layer III header of free format, without a bit rate, is at `offset`. */
export function isFreeFormat(bytes: Uint8Array, offset: number): boolean {
  if (bytes[offset] !== 0xff || ((bytes[offset + 1] ?? 0) & 0xe6) !== 0xe2) return false;
  const third = bytes[offset + 2] ?? 0xff;
  return third >> 4 === 0 && ((third >> 2) & 3) !== 3 && ((bytes[offset + 1]! >> 3) & 3) !== 1;
}

/** Constant bit rates in kbit/s that the encoder offers. */
export type Mp3Kbit = Exclude<
  (typeof KBIT_MPEG1)[number] | (typeof KBIT_MPEG2)[number],
  0 | 56 | 144
>;

/** Returns the highest bit rate up to `kbit` that exists at this sample rate, else the lowest. */
export function nearestMp3Kbit(kbit: number, sampleRate: number): Mp3Kbit {
  const all = [...(sampleRate >= 32_000 ? KBIT_MPEG1 : KBIT_MPEG2)].filter(
    (k) => k !== 0 && k !== 56 && k !== 144,
  );
  return all.findLast((k) => k <= kbit) ?? all[0]!;
}
