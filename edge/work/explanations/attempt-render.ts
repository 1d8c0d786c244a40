import { DEFAULT_SEPARATOR, NO_SEPARATION } from "@lemons/shared/contract/separator";
import { settingsOf } from "../../base/env.ts";
import { linkExpiry } from "../../worker/object-link.ts";
import { highlightLinks, soundLinks } from "../../worker/request-links.ts";
import { callWorker } from "../../worker/worker-client.ts";
import { WorkerFailure } from "../../worker/worker-failure.ts";
import type { FlightListener } from "../flight/flight.ts";
import type { FlightOrigin } from "../flight/flight-origin.ts";
import { findExplanation, findQuestion } from "./explanation-store.ts";
import { missingHighlights } from "./missing-highlights.ts";
import { dropOrphanedExplanation } from "./private-artefacts.ts";
import type { RenderTask } from "./render-task.ts";

/**
 * One attempt at the audio of a finished explanation.
 *
 * @throws WorkerFailure saying whether another attempt makes sense; the signal's reason on abort
 */
export async function attemptRender(
  env: Env,
  { id }: RenderTask,
  listener: FlightListener,
  signal: AbortSignal,
  { requestId, payer }: FlightOrigin,
): Promise<void> {
  const settings = settingsOf(env);
  const [stored, task] = await Promise.all([
    findExplanation(env.BUCKET, id),
    findQuestion(env.BUCKET, id),
  ]);
  if (stored === null || task === null) {
    throw new WorkerFailure("The explanation is no longer there.", { retryable: false });
  }
  const { explanation } = stored;
  const missing = await missingHighlights(env.BUCKET, explanation);
  if (missing.length === 0) return;
  const expiresAt = linkExpiry();
  const [sound, outputs] = await Promise.all([
    soundLinks(settings, task.sound, expiresAt),
    highlightLinks(settings, id, missing, expiresAt),
  ]);
  await callWorker(
    settings,
    "render",
    {
      id,
      sound,
      separator:
        task.separator.name === NO_SEPARATION.name ? DEFAULT_SEPARATOR : task.separator.name,
      segments: task.question.segments,
      type: explanation.type,
      components: explanation.components,
      outputs,
    },
    {
      signal,
      requestId,
      account: payer?.account,
      onUpdate: ({ progress }) => listener.onProgress(progress),
    },
  );
  if (await dropOrphanedExplanation(env, task)) return;
  const [forgotten] = await missingHighlights(env.BUCKET, explanation);
  if (forgotten !== undefined) {
    throw new WorkerFailure(`The gpu-worker rendered ${forgotten} but did not store it.`, {
      retryable: true,
    });
  }
}
