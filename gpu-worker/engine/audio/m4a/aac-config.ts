import { BitReader } from "../bit-reader.ts";
import { damaged, unsupported } from "../faults.ts";
import { SAMPLE_RATES } from "./aac-tables.ts";

export interface AacConfig {
  /** Index into SAMPLE_RATES, whose bands the stream uses. */
  rateIndex: number;
  /** Hz. */
  sampleRate: number;
  channels: number;
}

const OBJECT_TYPES: Readonly<Record<number, string>> = {
  1: "AAC Main",
  3: "AAC SSR",
  4: "AAC LTP",
  5: "HE-AAC (SBR)",
  23: "AAC-LD",
  29: "HE-AAC v2 (parametric stereo)",
  39: "AAC-ELD",
  42: "xHE-AAC (USAC)",
};

/** Channels by channel configuration. */
const CHANNELS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 8];

const LOW_COMPLEXITY = 2;
const SBR_EXTENSION = 0x2b7;

/**
 * Reads an AudioSpecificConfig (ISO 14496-3, section 1.6.2.1).
 *
 * @throws InputError for other object types than AAC-LC
 */
export function readAacConfig(bytes: Uint8Array): AacConfig {
  const reader = new BitReader(bytes);
  const objectType = readObjectType(reader);
  if (objectType !== LOW_COMPLEXITY) {
    throw unsupported(OBJECT_TYPES[objectType] ?? `MPEG-4 audio of object type ${objectType}`);
  }
  const { rateIndex, sampleRate } = readRate(reader);
  const configuration = reader.read(4);
  if (reader.read(1) === 1) throw unsupported("AAC with frames of 960 samples");
  if (reader.read(1) === 1) throw unsupported("Scalable AAC");
  reader.skip(1);
  const channels = configuration === 0 ? readProgramConfig(reader) : CHANNELS[configuration];
  if (!channels) throw damaged("M4A", "its AAC configuration gives no channels");
  if (reader.end - reader.position >= 17 && reader.read(11) === SBR_EXTENSION) {
    const extension = readObjectType(reader);
    if (extension === 5 && reader.read(1) === 1) throw unsupported(OBJECT_TYPES[5]!);
  }
  return { rateIndex, sampleRate, channels };
}

function readObjectType(reader: BitReader): number {
  const type = reader.read(5);
  return type === 31 ? 32 + reader.read(6) : type;
}

function readRate(reader: BitReader): { rateIndex: number; sampleRate: number } {
  const index = reader.read(4);
  if (index < SAMPLE_RATES.length) {
    return { rateIndex: index, sampleRate: SAMPLE_RATES[index]!.sampleRate };
  }
  if (index !== 15) throw damaged("M4A", "its AAC configuration gives no sample rate");
  const sampleRate = reader.read(24);
  // The bands of another rate are those of the next rate below (ISO 14496-3, table 4.82).
  const thresholds = [
    92_017, 75_132, 55_426, 46_009, 37_566, 27_713, 23_004, 18_783, 13_856, 11_502, 9391,
  ];
  const found = thresholds.findIndex((threshold) => sampleRate >= threshold);
  return { rateIndex: found < 0 ? 11 : found, sampleRate };
}

/** Reads a program_config_element (section 4.4.1.1) and returns its number of channels. */
export function readProgramConfig(reader: BitReader): number {
  reader.skip(4 + 2 + 4);
  const [front, side, back] = [reader.read(4), reader.read(4), reader.read(4)];
  const lowFrequency = reader.read(2);
  const data = reader.read(3);
  const coupling = reader.read(4);
  if (reader.read(1) === 1) reader.skip(4);
  if (reader.read(1) === 1) reader.skip(4);
  if (reader.read(1) === 1) reader.skip(3);
  let channels = lowFrequency;
  for (let i = 0; i < front + side + back; i++) {
    channels += reader.read(1) === 1 ? 2 : 1;
    reader.skip(4);
  }
  reader.skip(4 * lowFrequency + 4 * data + 5 * coupling);
  reader.alignToByte();
  reader.skip(8 * reader.read(8));
  return channels;
}
