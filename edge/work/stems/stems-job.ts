import { SOURCES, SourceName } from "@lemons/shared/contract/explanation-request";
import { StemsId } from "@lemons/shared/contract/identifier";
import { NO_SEPARATION, SeparatorName } from "@lemons/shared/contract/separator";
import { z } from "zod";
import { settingsOf } from "../../base/env.ts";
import { renderedStemKey } from "../../base/object-keys.ts";
import { linkExpiry } from "../../worker/object-link.ts";
import { soundLinks, stemLinks } from "../../worker/request-links.ts";
import { callWorker } from "../../worker/worker-client.ts";
import { WorkerFailure } from "../../worker/worker-failure.ts";
import { defineFlight, type FlightRun } from "../flight/define-flight.ts";
import { requireAudio } from "../flight/require-audio.ts";
import { type TableTask, TaskSound } from "../tables/table-task.ts";

/** The sources of a sound's snippet, to render as audio. */
export const StemsTask = z.object({
  id: StemsId,
  sound: TaskSound,
  separator: SeparatorName,
  sources: z.array(SourceName).min(1),
});
export type StemsTask = z.infer<typeof StemsTask>;

/** The flight of a sound's sources, named by their id. All explanations of the sound share it. */
export const StemsJob = defineFlight({
  schema: StemsTask,
  isFinished: async (env, task) => (await findMissingStems(env.BUCKET, task)).length === 0,
  attempt: attemptStems,
  view: (_task, state) => state,
});
export type StemsJob = InstanceType<typeof StemsJob>;

/** Returns the flight of a sound's sources. */
export const stemsJobOf = (env: Env, id: StemsId) => env.STEMS_JOBS.getByName(id);

/** Returns the sources behind an explanation; null if it was made without separation. */
export function stemsTaskOf({
  sound,
  separator,
}: Pick<TableTask, "sound" | "separator">): StemsTask | null {
  const { name, version } = separator;
  if (name === NO_SEPARATION.name) return null;
  const id = StemsId.parse(`${sound.soundSha256}-${name}-${version}`);
  const sources = name === "stems" ? Object.keys(sound.stems) : [...SOURCES];
  return { id, sound, separator: name, sources };
}

/**
 * Waits for the sources of a sound, and has them rendered if they aren't yet.
 *
 * @param explanation that they are requested for, and its track
 * @throws ProblemError audio-not-ready, audio-failed, input-unusable
 */
export async function awaitStems(
  env: Env,
  task: StemsTask,
  explanation: { id: string; track: string },
  waitMs: number,
  requestId: string,
): Promise<void> {
  if ((await findMissingStems(env.BUCKET, task)).length === 0) return;
  const job = stemsJobOf(env, task.id);
  await job.start(task, { requestId, payer: null });
  requireAudio(await job.settled(waitMs), explanation);
}

/** @throws WorkerFailure that decides whether there is another attempt; the signal's reason on abort */
async function attemptStems(env: Env, task: StemsTask, run: FlightRun): Promise<void> {
  const settings = settingsOf(env);
  const missing = await findMissingStems(env.BUCKET, task);
  if (missing.length === 0) return;
  const { id, separator } = task;
  const { stems } = await run.atWorker(async (call) => {
    const expiresAt = linkExpiry();
    const [sound, outputs] = await Promise.all([
      soundLinks(settings, task.sound, expiresAt),
      stemLinks(settings, id, missing, expiresAt),
    ]);
    const request = { id, sound, separator, outputs };
    return callWorker(settings, "stems", request, {
      ...call,
      onUpdate: ({ progress }) => run.onProgress(progress),
    });
  });
  if (new Set(stems.map(({ samples, sampleRate }) => `${samples} ${sampleRate}`)).size > 1) {
    throw new WorkerFailure("The gpu-worker rendered sources of different lengths.", {
      retryable: true,
    });
  }
  const [notStored] = await findMissingStems(env.BUCKET, task);
  if (notStored !== undefined) {
    throw new WorkerFailure(`The gpu-worker did not store the source ${notStored}.`, {
      retryable: true,
    });
  }
}

/** Returns the sources that aren't in the store. */
async function findMissingStems(
  bucket: R2Bucket,
  { id, sources }: Pick<StemsTask, "id" | "sources">,
): Promise<string[]> {
  const found = await Promise.all(
    sources.map(async (source) => (await bucket.head(renderedStemKey(id, source)))?.size ?? 0),
  );
  return sources.filter((_, i) => found[i] === 0);
}
