import { createMp3Encoder, type WasmMediaEncoder } from "wasm-media-encoders";
import { type Audio, sampleCount, toMono } from "./audio.ts";
import { concatenate } from "./bytes.ts";
import type { EncodedAudio } from "./encoded-audio.ts";
import { nearestMp3Kbit } from "./mp3/frame-header.ts";
import { withInfoTag } from "./mp3/info-tag.ts";
import { resample } from "./resample.ts";

/** Samples per call, since the encoder's buffers grow with them. */
const BLOCK_SAMPLES = 65_536;

const MP3_RATES = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000] as const;

/**
 * Encodes mp3 of constant bit rate with LAME. The file has an info tag, with which decoders drop the
 * encoder's and their own delay (1,105 samples together) and the padding at the end, so
 * `encoderDelaySamples` is 0. More than two channels are mixed to one. A sample rate that mp3 lacks
 * is changed to the next higher one, at most 48 kHz.
 *
 * @param options.kbitPerSecond rounded down to a bit rate that exists at the sample rate
 * @throws RangeError if the audio is empty
 */
export async function encodeMp3(
  audio: Audio,
  options: { kbitPerSecond: number },
): Promise<EncodedAudio> {
  if (sampleCount(audio) === 0) throw new RangeError("The audio has no samples to encode.");
  const sampleRate = MP3_RATES.find((rate) => rate >= audio.sampleRate) ?? 48_000;
  const { channels, count } = monoOrStereo(audio);
  const input = {
    sampleRate,
    channels: channels.map((channel) => resample(channel, audio.sampleRate, sampleRate)),
  };
  const encoder = await createMp3Encoder();
  encoder.configure({
    channels: count,
    sampleRate,
    outputSampleRate: sampleRate,
    bitrate: nearestMp3Kbit(options.kbitPerSecond, sampleRate),
  });
  const samples = sampleCount(input);
  return {
    bytes: withInfoTag(encodeBlocks(encoder, input), samples),
    mimeType: "audio/mpeg",
    sampleRate,
    channels: count,
    samples,
    encoderDelaySamples: 0,
  };
}

/** Returns the audio in one or two channels; more are mixed to one. */
function monoOrStereo(audio: Audio): Audio & { count: 1 | 2 } {
  const { sampleRate, channels } = audio;
  if (channels.length === 2) return { sampleRate, channels, count: 2 };
  return { sampleRate, channels: channels.length === 1 ? channels : [toMono(audio)], count: 1 };
}

/** Encodes block by block with a configured encoder. */
function encodeBlocks(encoder: WasmMediaEncoder<"audio/mpeg">, audio: Audio): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let start = 0; start < sampleCount(audio); start += BLOCK_SAMPLES) {
    const block = audio.channels.map((channel) => channel.subarray(start, start + BLOCK_SAMPLES));
    // The encoder reuses the memory of its result.
    parts.push(encoder.encode(block).slice());
  }
  parts.push(encoder.finalize().slice());
  return concatenate(parts);
}
