import { InputError } from "../input-error.ts";
import { type Audio, sampleCount } from "./audio.ts";
import { formatPosition } from "./faults.ts";
import { detectFormat } from "./format.ts";
import { type AudioLimits, DEFAULT_AUDIO_LIMITS } from "./limits.ts";

/** Loudest sample that is sound: +60 dBFS. Louder ones are integers that are labelled as floats. */
const MAX_LEVEL = 1000;

/** Below this share of the channels' energy (-90 dB), their mean counts as silence. */
const CANCELLED_SHARE = 1e-9;

/**
 * Decodes a whole file: WAV, RF64, AIFF, FLAC, MP3, Ogg Vorbis, Opus, and AAC or FLAC in MP4. The
 * headers are checked against the limits before anything is decoded. Integer samples of any depth
 * have a full scale of -1 to 1.
 *
 * @param limits limits other than {@link DEFAULT_AUDIO_LIMITS}
 * @throws InputError if the file is too large, too long, unsupported, truncated, damaged or without
 *   samples, holds several streams, or a sample isn't finite or is louder than +60 dBFS
 */
export async function decodeAudio(
  file: Uint8Array,
  limits: Partial<AudioLimits> = {},
): Promise<Audio> {
  const all = { ...DEFAULT_AUDIO_LIMITS, ...limits };
  if (file.length > all.maxBytes) {
    throw new InputError(
      `The audio file has ${file.length} bytes; the limit is ${all.maxBytes}. Use a shorter excerpt or a smaller encoding.`,
    );
  }
  const { decode, bytes } = detectFormat(file);
  const audio = await decode(bytes, all);
  if (sampleCount(audio) === 0) {
    throw new InputError("The audio file holds no audio samples. Export it again.");
  }
  checkSamples(audio);
  return audio;
}

function checkSamples({ sampleRate, channels }: Audio): void {
  for (const channel of channels) {
    for (let i = 0; i < channel.length; i++) {
      const sample = channel[i]!;
      if (Math.abs(sample) <= MAX_LEVEL) continue;
      const position = formatPosition(i, sampleRate);
      throw new InputError(
        Number.isFinite(sample)
          ? `The audio reaches ${levelOf(sample)} dBFS at ${position}; the limit is +60 dBFS. Export it again with samples between -1 and 1.`
          : `The audio has a sample of ${sample} at ${position}. Export it again.`,
      );
    }
  }
}

function levelOf(sample: number): string {
  return `+${(20 * Math.log10(Math.abs(sample))).toFixed(0)}`;
}

/** Returns what the listener of decoded audio should know: sentences for people. */
export function audioWarnings(audio: Audio): string[] {
  return cancelsInMono(audio)
    ? [
        "The channels cancel each other out (like L = -R), so the model hears silence. Invert one channel.",
      ]
    : [];
}

/**
 * Returns true if the channels sound but cancel each other out in their mean, as L = -R does: models
 * hear the mean, so they hear silence.
 */
export function cancelsInMono({ channels }: Audio): boolean {
  if (channels.length < 2) return false;
  let ofMean = 0;
  let ofChannels = 0;
  for (let i = 0; i < channels[0]!.length; i++) {
    let sum = 0;
    for (const channel of channels) {
      sum += channel[i]!;
      ofChannels += channel[i]! ** 2;
    }
    ofMean += sum ** 2;
  }
  return ofChannels > 0 && ofMean / channels.length <= CANCELLED_SHARE * ofChannels;
}
