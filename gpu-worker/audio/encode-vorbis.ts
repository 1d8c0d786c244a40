import { createOggEncoder } from "wasm-media-encoders";
import { type Audio, sampleCount } from "./audio.ts";
import { encodeBlocks, monoOrStereo } from "./encode-blocks.ts";
import type { EncodedAudio } from "./encoded-audio.ts";

/**
 * Ogg Vorbis at the audio's own sample rate. Decodes to the same number of samples, without delay.
 * More than two channels are mixed to one.
 *
 * @param options.quality -1 to 10; 5 is about 160 kbit/s for stereo at 44.1 kHz.
 * @throws RangeError where the audio is empty.
 */
export async function encodeVorbis(
  audio: Audio,
  options: { quality: number },
): Promise<EncodedAudio> {
  if (sampleCount(audio) === 0) throw new RangeError("there are no samples to encode");
  const input = monoOrStereo(audio);
  const encoder = await createOggEncoder();
  encoder.configure({
    channels: input.count,
    sampleRate: input.sampleRate,
    vbrQuality: options.quality,
  });
  return {
    bytes: encodeBlocks(encoder, input),
    mimeType: "audio/ogg",
    sampleRate: input.sampleRate,
    channels: input.count,
    samples: sampleCount(input),
    encoderDelaySamples: 0,
  };
}
