import { type EncodedLength, trimEncoderDelay } from "./encoder-delay.ts";
import { pause } from "./pause.ts";
import { encodePcmWave } from "./pcm-wave.ts";
import { peaksOf } from "./waveform.ts";
import { t } from "./words.ts";

/** How far the loading of one audio is. */
export type LoadPhase = "idle" | "fetching" | "rendering" | "decoding" | "ready" | "error";

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
/** Each takes as long as the server holds its answer. */
const MAX_ATTEMPTS = 6;
const MAX_PAUSE_SECONDS = 15;
/** Rate that audio is decoded to where its own is not known. */
const DEFAULT_RATE = 44_100;
const WAVE_TYPE = "audio/wav";

/** Audio is rendered when it is first asked for: 503 with Retry-After means that it is on its way. */
async function fetchBytes(
  url: string,
  signal: AbortSignal,
  onPhase: (phase: LoadPhase) => void,
): Promise<ArrayBuffer> {
  for (let attempt = 1; ; attempt++) {
    let response: Response;
    try {
      response = await fetch(url, { signal });
      if (response.ok) return await response.arrayBuffer();
    } catch (error) {
      if (signal.aborted) throw error;
      throw new AudioLoadError(t("problem.network"), { cause: error });
    }
    const retryAfterSeconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
    if (response.status !== 503 || !(retryAfterSeconds > 0) || attempt === MAX_ATTEMPTS) {
      throw new AudioLoadError(t("problem.audio", { status: response.status }));
    }
    onPhase("rendering");
    await pause(Math.min(retryAfterSeconds, MAX_PAUSE_SECONDS) * 1000, signal);
  }
}

/**
 * Fetches and decodes an encoded audio and cuts off the encoder's delay. The result is a PCM wave:
 * a media element given the mp3 itself would play the delay too.
 *
 * @param length null where nothing is to be cut off
 * @param onPhase told before each step
 * @throws AudioLoadError; or the signal's reason once it is aborted
 */
export async function loadAudio(
  url: string,
  length: EncodedLength | null,
  signal: AbortSignal,
  onPhase: (phase: LoadPhase) => void,
): Promise<LoadedAudio> {
  onPhase("fetching");
  const bytes = await fetchBytes(url, signal, onPhase);
  onPhase("decoding");
  // An offline context decodes to the file's own rate and needs neither a sound card nor a gesture.
  const context = new OfflineAudioContext(1, 1, length?.sampleRate ?? DEFAULT_RATE);
  let decoded: AudioBuffer;
  try {
    decoded = await context.decodeAudioData(bytes);
  } catch (error) {
    throw new AudioLoadError(t("problem.decode"), { cause: error });
  }
  signal.throwIfAborted();
  const whole = Array.from({ length: decoded.numberOfChannels }, (_, i) =>
    decoded.getChannelData(i),
  );
  const channels = length ? trimEncoderDelay(whole, decoded.sampleRate, length) : whole;
  const wave = encodePcmWave(channels, decoded.sampleRate);
  return {
    objectUrl: URL.createObjectURL(new Blob([wave], { type: WAVE_TYPE })),
    seconds: channels[0]!.length / decoded.sampleRate,
    peaks: peaksOf(channels, PEAKS),
  };
}
