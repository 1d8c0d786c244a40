import type { Highlight, PublishedExplanation } from "@lemons/shared/contract/explanation";
import { ExplanationId } from "@lemons/shared/contract/identifier";
import { DEFAULT_SEPARATOR, NO_SEPARATION } from "@lemons/shared/contract/separator";
import { z } from "zod";
import { settingsOf } from "../../base/env.ts";
import { linkExpiry } from "../../worker/object-link.ts";
import { highlightLinks, soundLinks } from "../../worker/request-links.ts";
import { callWorker } from "../../worker/worker-client.ts";
import { WorkerFailure } from "../../worker/worker-failure.ts";
import { defineFlight, type FlightRun } from "../flight/define-flight.ts";
import { type FlightOrigin, partOf } from "../flight/flight-record.ts";
import { requireAudio } from "../flight/require-audio.ts";
import { findExplanation, findTask, hasHighlight } from "./explanation-store.ts";
import { dropOrphanedExplanation } from "./private-artefacts.ts";

/** The audio of a finished explanation; everything else about it is in the store. */
export const RenderTask = z.object({ id: ExplanationId });
export type RenderTask = z.infer<typeof RenderTask>;

/** The flight of an explanation's audio, named by the explanation's id. */
export const RenderJob = defineFlight({
  schema: RenderTask,
  async isFinished(env, { id }) {
    const stored = await findExplanation(env.BUCKET, id);
    if (stored === null) return false;
    return (await findMissingHighlights(env.BUCKET, stored.explanation)).length === 0;
  },
  attempt: attemptRender,
  view: (_task, state) => state,
});
export type RenderJob = InstanceType<typeof RenderJob>;

/** Returns the flight of an explanation's audio. */
export const renderJobOf = (env: Env, id: ExplanationId) => env.RENDER_JOBS.getByName(id);

/** Starts rendering an explanation's audio, unless the gpu-worker has stored it or nothing is to play. */
export async function startRendering(
  env: Env,
  { id, highlights }: Pick<PublishedExplanation, "id" | "highlights">,
  origin: FlightOrigin,
): Promise<void> {
  if (!highlights.some(({ file, audio }) => file !== null && audio === null)) return;
  await renderJobOf(env, id).start({ id }, partOf(origin));
}

/**
 * Waits for the audio of an explanation, and has it rendered if it isn't yet.
 *
 * @throws ProblemError audio-not-ready, audio-failed, input-unusable
 */
export async function awaitRendering(
  env: Env,
  explanation: PublishedExplanation,
  waitMs: number,
  requestId: string,
): Promise<void> {
  if ((await findMissingHighlights(env.BUCKET, explanation)).length === 0) return;
  const { id, track } = explanation;
  const job = renderJobOf(env, id);
  await job.start({ id }, { requestId, payer: null });
  requireAudio(await job.settled(waitMs), { id, track });
}

/** @throws WorkerFailure that decides whether there is another attempt; the signal's reason on abort */
async function attemptRender(env: Env, { id }: RenderTask, run: FlightRun): Promise<void> {
  const settings = settingsOf(env);
  const [stored, task] = await Promise.all([
    findExplanation(env.BUCKET, id),
    findTask(env.BUCKET, id),
  ]);
  if (stored === null || task === null) {
    throw new WorkerFailure("The explanation has been removed.", { retryable: false });
  }
  const { explanation } = stored;
  const missing = await findMissingHighlights(env.BUCKET, explanation);
  if (missing.length === 0) return;
  await run.atWorker(async (call) => {
    const expiresAt = linkExpiry();
    const [sound, outputs] = await Promise.all([
      soundLinks(settings, task.sound, expiresAt),
      highlightLinks(settings, id, missing, expiresAt),
    ]);
    const request = {
      id,
      sound,
      separator:
        task.separator.name === NO_SEPARATION.name ? DEFAULT_SEPARATOR : task.separator.name,
      segments: task.question.segments,
      type: explanation.type,
      components: explanation.components,
      outputs,
    };
    await callWorker(settings, "render", request, {
      ...call,
      onUpdate: ({ progress }) => run.onProgress(progress),
    });
  });
  if (await dropOrphanedExplanation(env, task)) return;
  const [notStored] = await findMissingHighlights(env.BUCKET, explanation);
  if (notStored !== undefined) {
    throw new WorkerFailure(`The gpu-worker rendered ${notStored} but did not store it.`, {
      retryable: true,
    });
  }
}

/** Returns the highlights whose audio an explanation promises and the store doesn't hold. */
async function findMissingHighlights(
  bucket: R2Bucket,
  { id, highlights }: Pick<PublishedExplanation, "id" | "highlights">,
): Promise<Highlight["name"][]> {
  const promised = highlights.filter(({ file, audio }) => file !== null && audio === null);
  const isStored = await Promise.all(promised.map(({ name }) => hasHighlight(bucket, id, name)));
  return promised.filter((_, i) => !isStored[i]).map(({ name }) => name);
}
