import { pause } from "../pause.ts";
import { MessageError } from "../texts/translate.ts";

/** Each takes as long as the server holds its answer. */
const MAX_ATTEMPTS = 6;
const MAX_PAUSE_SECONDS = 15;

/**
 * Fetches encoded audio. Some is rendered when it is first asked for: 503 with Retry-After means that
 * it is on its way.
 *
 * @returns null where there is none (404)
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
