/** Where the sound lies in a decoded file, in samples of the file's own rate. */
export interface EncodedLength {
  sampleRate: number;
  encoderDelaySamples: number;
  samples: number;
}

/**
 * Cuts off what an encoder put before and after the sound. mp3 starts late by the encoder's delay,
 * and a decoder cannot know by how much where the file does not say so.
 *
 * @param channels decoded samples, a channel each
 * @param decodedRate Hz of `channels`; the browser decodes to its own rate
 * @returns views into `channels`, no copies
 */
export function trimEncoderDelay(
  channels: readonly Float32Array<ArrayBuffer>[],
  decodedRate: number,
  { sampleRate, encoderDelaySamples, samples }: EncodedLength,
): Float32Array<ArrayBuffer>[] {
  const ratio = decodedRate / sampleRate;
  const start = Math.round(encoderDelaySamples * ratio);
  const end = Math.round((encoderDelaySamples + samples) * ratio);
  return channels.map((channel) => channel.subarray(start, end));
}
