import type { KeyId } from "@lemons/shared/contract/access";
import {
  ExplanationRequest,
  type ExplanationType,
} from "@lemons/shared/contract/explanation-request";
import type { ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import { ANONYMOUS, type Viewer } from "../../access/caller.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { findListener } from "../../catalogue/listeners.ts";
import { activeModel } from "../../catalogue/models.ts";
import { readStored } from "../../work/explanations/explanation-store.ts";
import { resolveStanding } from "../../work/explanations/find-explanation.ts";
import { resolveTask } from "../../work/explanations/resolve-task.ts";
import { scoreOfTrack } from "../../work/scoring/fresh-scores.ts";
import type { ComparedListener } from "./compare-page.tsx";

/**
 * What is known of a track for a listener: its score and its explanation, or how far that is.
 *
 * @param owner whose own tracks are there besides everybody's
 * @throws ProblemError unknown-listener, unknown-track, no-model
 */
export async function knownOf(
  env: Env,
  listenerId: ListenerId,
  trackId: TrackId,
  type: ExplanationType,
  owner: KeyId | null = null,
): Promise<ComparedListener> {
  const { DB } = env;
  const viewer: Viewer = { ...ANONYMOUS, owner };
  const [listener, model] = await Promise.all([
    findListener(DB, listenerId, viewer),
    activeModel(DB, listenerId),
  ]);
  if (listener === null) throw new ProblemError({ kind: "unknown-listener", id: listenerId });
  if (model === null) throw new ProblemError({ kind: "no-model", listener: listenerId });
  const question = ExplanationRequest.parse({ listener: listenerId, track: trackId, type });
  const asked = await resolveTask(DB, question, viewer);
  const [score, standing] = await Promise.all([
    scoreOfTrack(env, model, trackId),
    resolveStanding(env, asked),
  ]);
  const explanation =
    standing.kind === "stored" ? (await readStored(standing.stored)).explanation : null;
  return {
    listener,
    relevance: score?.relevance ?? explanation?.relevance ?? null,
    explanation,
    // With a table it takes no longer than a page, so that no button needs to be pressed for it.
    running: standing.kind === "running" || standing.kind === "table-available",
  };
}
