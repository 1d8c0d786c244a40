import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { ExplanationId } from "@lemons/shared/contract/identifier";
import { Flight, type FlightListener } from "../flight/flight.ts";
import { type FlightOrigin, partOf } from "../flight/flight-origin.ts";
import type { FlightState } from "../flight/flight-record.ts";
import { requireAudio } from "../flight/require-audio.ts";
import { attemptRender } from "./attempt-render.ts";
import { findExplanation } from "./explanation-store.ts";
import { missingHighlights } from "./missing-highlights.ts";
import { RenderTask } from "./render-task.ts";

/** The one flight of an explanation's audio, named by the explanation's id. */
export class RenderJob extends Flight<RenderTask> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, RenderTask);
  }

  protected override async prepare(): Promise<void> {}

  protected override async isFinished({ id }: RenderTask): Promise<boolean> {
    const stored = await findExplanation(this.env.BUCKET, id);
    if (stored === null) return false;
    return (await missingHighlights(this.env.BUCKET, stored.explanation)).length === 0;
  }

  protected override attempt(
    task: RenderTask,
    listener: FlightListener,
    signal: AbortSignal,
    origin: FlightOrigin,
  ): Promise<void> {
    return attemptRender(this.env, task, listener, signal, origin);
  }

  protected override view(_asked: RenderTask, state: FlightState): FlightState {
    return state;
  }
}

/** The object that everybody who wants one explanation's audio shares. */
export const renderJobOf = (env: Env, id: ExplanationId) => env.RENDER_JOBS.getByName(id);

/** Has the audio of an explanation rendered, unless it comes with it or has nothing to play. */
export async function startRendering(
  env: Env,
  { id, highlights }: Pick<PublishedExplanation, "id" | "highlights">,
  origin: FlightOrigin,
): Promise<void> {
  if (!highlights.some(({ file, audio }) => file !== null && audio === null)) return;
  await renderJobOf(env, id).start({ id }, partOf(origin));
}

/**
 * Waits for the audio of an explanation, having it rendered where nobody has.
 *
 * @throws ProblemError audio-not-ready, audio-failed, input-unusable
 */
export async function awaitRendering(
  env: Env,
  explanation: PublishedExplanation,
  waitMs: number,
  requestId: string,
): Promise<void> {
  if ((await missingHighlights(env.BUCKET, explanation)).length === 0) return;
  const { id, track } = explanation;
  const job = renderJobOf(env, id);
  await job.start({ id }, { requestId, payer: null });
  requireAudio(await job.settled(waitMs), { id, track });
}
