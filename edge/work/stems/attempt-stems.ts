import { settingsOf } from "../../base/env.ts";
import { renderedStemKey } from "../../base/object-keys.ts";
import { linkExpiry } from "../../worker/object-link.ts";
import { soundLinks, stemLinks } from "../../worker/request-links.ts";
import { callWorker } from "../../worker/worker-client.ts";
import { WorkerFailure } from "../../worker/worker-failure.ts";
import type { FlightListener } from "../flight/flight.ts";
import type { FlightOrigin } from "../flight/flight-origin.ts";
import type { StemsTask } from "./stems-task.ts";

/**
 * One attempt at the sources of a sound.
 *
 * @throws WorkerFailure saying whether another attempt makes sense; the signal's reason on abort
 */
export async function attemptStems(
  env: Env,
  task: StemsTask,
  listener: FlightListener,
  signal: AbortSignal,
  { requestId, payer }: FlightOrigin,
): Promise<void> {
  const settings = settingsOf(env);
  const missing = await missingStems(env.BUCKET, task);
  if (missing.length === 0) return;
  const { id, separator } = task;
  const expiresAt = linkExpiry();
  const [sound, outputs] = await Promise.all([
    soundLinks(settings, task.sound, expiresAt),
    stemLinks(settings, id, missing, expiresAt),
  ]);
  const request = { id, sound, separator, outputs };
  const { stems } = await callWorker(settings, "stems", request, {
    signal,
    requestId,
    account: payer?.account,
    onUpdate: ({ progress }) => listener.onProgress(progress),
  });
  if (new Set(stems.map(({ samples, sampleRate }) => `${samples} ${sampleRate}`)).size > 1) {
    throw new WorkerFailure("The gpu-worker rendered sources of different lengths.", {
      retryable: true,
    });
  }
  const [forgotten] = await missingStems(env.BUCKET, task);
  if (forgotten !== undefined) {
    throw new WorkerFailure(`The gpu-worker did not store the source ${forgotten}.`, {
      retryable: true,
    });
  }
}

/** Sources that are not in the store. */
export async function missingStems(
  bucket: R2Bucket,
  { id, sources }: Pick<StemsTask, "id" | "sources">,
): Promise<string[]> {
  const found = await Promise.all(
    sources.map(async (source) => (await bucket.head(renderedStemKey(id, source)))?.size ?? 0),
  );
  return sources.filter((_, i) => found[i] === 0);
}
