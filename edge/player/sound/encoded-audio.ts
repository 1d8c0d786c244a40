import { MessageError } from "../texts/translate.ts";

/** Which stretch of a file is wanted, in seconds. */
export interface Excerpt {
  startSeconds: number;
  seconds: number;
}

/**
 * Decodes encoded audio and cuts an excerpt out, filled up with silence where the file ends early:
 * excerpts of one length stay together, also when they repeat.
 *
 * @param bytes are detached
 * @param sampleRate Hz to decode to
 * @throws MessageError where the browser cannot decode it
 */
export async function decodeExcerpt(
  bytes: ArrayBuffer,
  { startSeconds, seconds }: Excerpt,
  sampleRate: number,
): Promise<AudioBuffer> {
  // An offline context decodes to its own rate and needs neither a sound card nor a gesture.
  const context = new OfflineAudioContext(1, 1, sampleRate);
  let decoded: AudioBuffer;
  try {
    decoded = await context.decodeAudioData(bytes);
  } catch (error) {
    throw new MessageError("problem.decode", {}, { cause: error });
  }
  const { numberOfChannels } = decoded;
  const length = Math.max(1, Math.round(seconds * sampleRate));
  const excerpt = new AudioBuffer({ length, numberOfChannels, sampleRate });
  const start = Math.round(startSeconds * sampleRate);
  for (let channel = 0; channel < numberOfChannels; channel++) {
    const samples = decoded.getChannelData(channel).subarray(start, start + length);
    excerpt.copyToChannel(samples, channel);
  }
  return excerpt;
}
