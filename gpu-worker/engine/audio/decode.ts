import decoders from "audio-decode";
import { InputError } from "../input-error.ts";
import type { Audio } from "./audio.ts";
import type { AudioFacts } from "./audio-facts.ts";
import { type AudioFormat, detectFormat } from "./audio-format.ts";
import { inspect } from "./inspect.ts";
import {
  type AudioLimits,
  DEFAULT_AUDIO_LIMITS,
  MAX_DECODED_SAMPLES,
  MAX_SAMPLE_RATE,
  MIN_SAMPLE_RATE,
} from "./limits.ts";

/** Bytes given to a decoder at a time, so that a bomb is found out after one piece of it. */
const CHUNK_BYTES: Record<AudioFormat, number> = {
  wav: Number.POSITIVE_INFINITY, // checked to the byte before
  mp3: 16_384,
  m4a: 16_384,
  oga: 4096,
  opus: 4096,
  // Its decoder loses short last frames of a file that comes in pieces; every frame was counted before.
  flac: Number.POSITIVE_INFINITY,
};

const NAMES: Record<AudioFormat, string> = {
  wav: "the wav file",
  mp3: "the mp3 file",
  m4a: "the m4a file",
  oga: "the ogg vorbis file",
  opus: "the opus file",
  flac: "the flac file",
};

function checkShape(
  facts: Pick<AudioFacts, "sampleRate" | "channels" | "samples">,
  limits: AudioLimits,
): void {
  const { sampleRate, channels, samples } = facts;
  if (!(sampleRate >= MIN_SAMPLE_RATE && sampleRate <= MAX_SAMPLE_RATE)) {
    throw new InputError(
      `the audio has a sample rate of ${sampleRate} Hz; it must be between ${MIN_SAMPLE_RATE} and ${MAX_SAMPLE_RATE} Hz`,
    );
  }
  if (channels < 1) throw new InputError("the audio has no channels");
  if (channels > limits.maxChannels) {
    throw new InputError(
      `the audio has ${channels} channels, at most ${limits.maxChannels} are allowed; mix it down first`,
    );
  }
  if (samples === null) return;
  if (samples > limits.maxSeconds * sampleRate) {
    throw new InputError(
      `the audio is longer than ${limits.maxSeconds} s, the longest allowed; cut it first`,
    );
  }
  if (samples * channels > MAX_DECODED_SAMPLES) {
    throw new InputError(
      `the audio would need ${Math.round((samples * channels * 4) / 1e6)} MB when decoded, more than the ${Math.round((MAX_DECODED_SAMPLES * 4) / 1e6)} MB allowed; use fewer channels or a lower sample rate`,
    );
  }
}

/** Decoded pieces; a decoder may give one channel while both are still the same. */
interface Pieces {
  sampleRate: number;
  samples: number;
  pieces: Float32Array[][];
}

async function decodePieces(
  format: AudioFormat,
  bytes: Uint8Array,
  limits: AudioLimits,
): Promise<Pieces> {
  const result: Pieces = { sampleRate: 0, samples: 0, pieces: [] };
  const add = (piece: { channelData: Float32Array[]; sampleRate: number }) => {
    const samples = piece.channelData[0]?.length ?? 0;
    if (samples === 0) return;
    if (result.sampleRate !== 0 && piece.sampleRate !== result.sampleRate) {
      throw new InputError("the audio changes its sample rate on the way; convert it to one rate");
    }
    result.sampleRate = piece.sampleRate;
    result.samples += samples;
    result.pieces.push(piece.channelData);
    const channels = piece.channelData.length;
    checkShape({ sampleRate: piece.sampleRate, channels, samples: result.samples }, limits);
  };

  const decoder = await decoders[format]();
  try {
    const size = Math.min(CHUNK_BYTES[format], bytes.length);
    for (let start = 0; start < bytes.length; start += size) {
      add(await decoder(bytes.slice(start, start + size)));
    }
    add(await decoder());
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${NAMES[format]} is damaged: its decoder gave up`, { cause: error });
  } finally {
    decoder.free();
  }
  return result;
}

function join({ sampleRate, samples, pieces }: Pieces): Audio {
  const count = Math.max(...pieces.map((piece) => piece.length));
  const channels = Array.from({ length: count }, (_, c) => {
    const channel = new Float32Array(samples);
    let offset = 0;
    for (const piece of pieces) {
      channel.set(piece[c % piece.length]!, offset);
      offset += piece[0]!.length;
    }
    return channel;
  });
  return { sampleRate, channels };
}

function checkSamples(audio: Audio): void {
  for (const channel of audio.channels) {
    for (let i = 0; i < channel.length; i++) {
      if (!Number.isFinite(channel[i]!)) {
        const seconds = (i / audio.sampleRate).toFixed(3);
        throw new InputError(
          `the audio holds ${channel[i]} at ${seconds} s, which is not a sound pressure; export it again`,
        );
      }
    }
  }
}

/**
 * Decodes a whole file: wav (PCM or float), mp3, Ogg Vorbis, Opus, FLAC, m4a (AAC or ALAC). What
 * the headers tell is held against the limits before anything is decoded, what comes out while it
 * is decoded. Two channels that are the same may come out as one.
 *
 * @param limits lower or other limits than {@link DEFAULT_AUDIO_LIMITS}.
 * @throws InputError where the file is too large, too long, of no known format, truncated, damaged,
 *   or without samples, or where a sample is not a finite number.
 */
export async function decodeAudio(
  file: Uint8Array,
  limits: Partial<AudioLimits> = {},
): Promise<Audio> {
  const all = { ...DEFAULT_AUDIO_LIMITS, ...limits };
  if (file.length > all.maxBytes) {
    throw new InputError(
      `the audio file has ${file.length} bytes, at most ${all.maxBytes} are allowed; cut it or encode it smaller`,
    );
  }
  const { format, bytes } = detectFormat(file);
  const facts = inspect(format, bytes);
  checkShape(facts, all);
  if (facts.samples === 0) throw new InputError(`${NAMES[format]} holds no audio samples`);

  const pieces = await decodePieces(format, facts.payload, all);
  if (pieces.samples === 0) {
    throw new InputError(`${NAMES[format]} holds no audio samples that can be decoded`);
  }
  if (pieces.samples < facts.fewestSamples) {
    throw new InputError(
      `${NAMES[format]} is truncated or damaged: ${pieces.samples} of ${facts.fewestSamples} samples could be decoded`,
    );
  }
  const audio = join(pieces);
  checkSamples(audio);
  return audio;
}
