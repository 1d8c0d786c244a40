import type { StemsId } from "@lemons/shared/contract/identifier";
import { Flight, type FlightListener } from "../flight/flight.ts";
import type { FlightOrigin } from "../flight/flight-origin.ts";
import type { FlightState } from "../flight/flight-record.ts";
import { requireAudio } from "../flight/require-audio.ts";
import { attemptStems, missingStems } from "./attempt-stems.ts";
import { StemsTask } from "./stems-task.ts";

/** The one flight of the sources of a sound, named by their id: all explanations of it share them. */
export class StemsJob extends Flight<StemsTask> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, StemsTask);
  }

  protected override async prepare(): Promise<void> {}

  protected override async isFinished(task: StemsTask): Promise<boolean> {
    return (await missingStems(this.env.BUCKET, task)).length === 0;
  }

  protected override attempt(
    task: StemsTask,
    listener: FlightListener,
    signal: AbortSignal,
    origin: FlightOrigin,
  ): Promise<void> {
    return attemptStems(this.env, task, listener, signal, origin);
  }

  protected override view(_asked: StemsTask, state: FlightState): FlightState {
    return state;
  }
}

/** The object that everybody who wants the sources of one sound shares. */
export const stemsJobOf = (env: Env, id: StemsId) => env.STEMS_JOBS.getByName(id);

/**
 * Waits for the sources of a sound, having them rendered where nobody has.
 *
 * @param explanation whose sources are asked for, and the track that it is about
 * @throws ProblemError audio-not-ready, audio-failed, input-unusable
 */
export async function awaitStems(
  env: Env,
  task: StemsTask,
  explanation: { id: string; track: string },
  waitMs: number,
  requestId: string,
): Promise<void> {
  if ((await missingStems(env.BUCKET, task)).length === 0) return;
  const job = stemsJobOf(env, task.id);
  await job.start(task, { requestId, payer: null });
  requireAudio(await job.settled(waitMs), explanation);
}
