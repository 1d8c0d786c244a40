import type { KeyId } from "@lemons/shared/contract/access";
import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import {
  ExplanationRequest,
  type ExplanationType,
} from "@lemons/shared/contract/explanation-request";
import type { ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import type { Listener } from "@lemons/shared/contract/listener";
import { ANONYMOUS, type Viewer } from "../../access/caller.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { findListener } from "../../catalogue/listeners.ts";
import { activeModel } from "../../catalogue/models.ts";
import { readStored } from "../../work/explanations/explanation-store.ts";
import { resolveStanding } from "../../work/explanations/find-explanation.ts";
import { resolveTask } from "../../work/explanations/resolve-task.ts";
import { scoreOfTrack } from "../../work/scoring/track-scores.ts";

/** The score and the explanation of a track for one listener. */
export interface TrackView {
  listener: Listener;
  /** 0 to 1, or null if the listener's model hasn't scored the track yet. */
  relevance: number | null;
  /** The stored explanation of the requested type, or null. */
  explanation: PublishedExplanation | null;
  /** True if the explanation is being computed, or can be read from a response table at once. */
  running: boolean;
}

/**
 * Loads what a page shows of a track for a listener. Computes nothing.
 *
 * @param owner visitor or key whose private tracks are visible too
 * @throws ProblemError unknown-listener, unknown-track, no-model
 */
export async function loadTrackView(
  env: Env,
  listenerId: ListenerId,
  trackId: TrackId,
  type: ExplanationType,
  owner: KeyId | null = null,
): Promise<TrackView> {
  const { DB } = env;
  const viewer: Viewer = { ...ANONYMOUS, owner };
  const [listener, model] = await Promise.all([
    findListener(DB, listenerId, viewer),
    activeModel(DB, listenerId),
  ]);
  if (listener === null) throw new ProblemError({ kind: "unknown-listener", id: listenerId });
  if (model === null) throw new ProblemError({ kind: "no-model", listener: listenerId });
  const request = ExplanationRequest.parse({ listener: listenerId, track: trackId, type });
  const task = await resolveTask(env, request, viewer);
  const [score, standing] = await Promise.all([
    scoreOfTrack(env, model, trackId),
    resolveStanding(env, task),
  ]);
  const explanation =
    standing.kind === "stored" ? (await readStored(standing.stored)).explanation : null;
  return {
    listener,
    relevance: score?.relevance ?? explanation?.relevance ?? null,
    explanation,
    // A table makes the explanation as fast as a page load, so the page needs no button for it.
    running: standing.kind === "running" || standing.kind === "table-available",
  };
}
