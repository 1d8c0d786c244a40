import { createMp3Encoder } from "wasm-media-encoders";
import { type Audio, sampleCount } from "./audio.ts";
import { encodeBlocks, monoOrStereo } from "./encode-blocks.ts";
import type { EncodedAudio } from "./encoded-audio.ts";
import { nearestMp3Kbit } from "./mp3-frame.ts";
import { withInfoTag } from "./mp3-info-tag.ts";
import { resample } from "./resample.ts";

const MP3_RATES = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000] as const;

/**
 * Mp3 of constant bit rate, by LAME. The file has an info tag, by which decoders drop the encoder's
 * and their own delay (1,105 samples together) and the padding at the end, so that
 * `encoderDelaySamples` is 0. More than two channels are mixed to one; a sample rate that mp3 does
 * not know is changed to the next higher one that it does, at most 48 kHz.
 *
 * @param options.kbitPerSecond rounded down to a bit rate that exists at the sample rate.
 * @throws RangeError where the audio is empty.
 */
export async function encodeMp3(
  audio: Audio,
  options: { kbitPerSecond: number },
): Promise<EncodedAudio> {
  if (sampleCount(audio) === 0) throw new RangeError("there are no samples to encode");
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
