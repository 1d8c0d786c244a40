import { type EncodedLength, trimEncoderDelay } from "./encoder-delay.ts";
import { encodePcmWave } from "./pcm-wave.ts";
import { peaksOf } from "./waveform.ts";
import { t } from "./words.ts";

/** How far the loading of one audio is. */
export type LoadPhase = "idle" | "fetching" | "decoding" | "ready" | "error";

/** Sound that can be played and drawn. */
export interface LoadedAudio {
  /** Address for a media element; whoever holds it revokes it. */
  objectUrl: string;
  seconds: number;
  peaks: number[];
}

/** An audio that cannot be played, with the reason in words for the listener. */
export class AudioLoadError extends Error {
  override readonly name = "AudioLoadError";
}

/** Peaks kept of a decoded audio: finer than any screen draws them. */
const PEAKS = 1200;
const WAVE_TYPE = "audio/wav";

async function fetchBytes(url: string, signal: AbortSignal): Promise<ArrayBuffer> {
  let response: Response;
  try {
    response = await fetch(url, { signal });
    if (response.ok) return await response.arrayBuffer();
  } catch (error) {
    if (signal.aborted) throw error;
    throw new AudioLoadError(t("problem.network"), { cause: error });
  }
  throw new AudioLoadError(t("problem.audio", { status: response.status }));
}

/**
 * Fetches and decodes an encoded audio and cuts off the encoder's delay. The result is a PCM wave:
 * a media element given the mp3 itself would play the delay too.
 *
 * @param onPhase told before each step
 * @throws AudioLoadError; or the signal's reason once it is aborted
 */
export async function loadAudio(
  url: string,
  length: EncodedLength,
  signal: AbortSignal,
  onPhase: (phase: LoadPhase) => void,
): Promise<LoadedAudio> {
  onPhase("fetching");
  const bytes = await fetchBytes(url, signal);
  onPhase("decoding");
  // An offline context decodes to the file's own rate and needs neither a sound card nor a gesture.
  const context = new OfflineAudioContext(1, 1, length.sampleRate);
  let decoded: AudioBuffer;
  try {
    decoded = await context.decodeAudioData(bytes);
  } catch (error) {
    throw new AudioLoadError(t("problem.decode"), { cause: error });
  }
  signal.throwIfAborted();
  const channels = trimEncoderDelay(
    Array.from({ length: decoded.numberOfChannels }, (_, i) => decoded.getChannelData(i)),
    decoded.sampleRate,
    length,
  );
  const wave = encodePcmWave(channels, decoded.sampleRate);
  return {
    objectUrl: URL.createObjectURL(new Blob([wave], { type: WAVE_TYPE })),
    seconds: channels[0]!.length / decoded.sampleRate,
    peaks: peaksOf(channels, PEAKS),
  };
}
