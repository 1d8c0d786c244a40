import { pause } from "../disposal-scope.ts";
import { MessageError } from "../texts/translate.ts";

/** The server holds each request for some seconds while it renders. */
const MAX_ATTEMPTS = 6;
const MAX_PAUSE_SECONDS = 15;

/**
 * Fetches encoded audio. The server renders some of it on the first request and sends 503 with
 * Retry-After meanwhile; that is retried.
 *
 * @returns null if the audio doesn't exist (404)
 * @throws MessageError; or the signal's reason once it is aborted
 */
export async function fetchAudio(
  url: string | URL,
  signal: AbortSignal,
): Promise<ArrayBuffer | null> {
  for (let attempt = 1; ; attempt++) {
    let response: Response;
    try {
      response = await fetch(url, { signal });
      if (response.ok) return await response.arrayBuffer();
    } catch (error) {
      if (signal.aborted) throw error;
      throw new MessageError("problem.network", {}, { cause: error });
    }
    await response.body?.cancel();
    if (response.status === 404) return null;
    const retryAfterSeconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
    if (response.status !== 503 || !(retryAfterSeconds > 0) || attempt === MAX_ATTEMPTS) {
      throw new MessageError("problem.status", { status: response.status });
    }
    await pause(Math.min(retryAfterSeconds, MAX_PAUSE_SECONDS) * 1000, signal);
  }
}

/** A span of a file, seconds. */
export interface Excerpt {
  startSeconds: number;
  seconds: number;
}

/**
 * Decodes an excerpt of encoded audio. A file that ends early is padded with silence, so all excerpts
 * of a track have the same length and repeat in step.
 *
 * @param bytes detached by this call
 * @param sampleRate Hz to decode to
 * @throws MessageError if the browser can't decode the audio
 */
export async function decodeExcerpt(
  bytes: ArrayBuffer,
  { startSeconds, seconds }: Excerpt,
  sampleRate: number,
): Promise<AudioBuffer> {
  // An offline context decodes to its own rate without a sound card or a user gesture.
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
