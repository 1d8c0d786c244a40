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
import { findExplanation } from "../../work/explanations/explanation-store.ts";
import { explanationJobOf } from "../../work/explanations/find-explanation.ts";
import { resolveTask } from "../../work/explanations/resolve-task.ts";
import { isActive } from "../../work/flight/flight-record.ts";
import { scoreOfTrack } from "../../work/scoring/fresh-scores.ts";
import { tableAtHand } from "../../work/tables/table-at-hand.ts";
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
  const { DB, BUCKET } = env;
  const viewer: Viewer = { ...ANONYMOUS, owner };
  const [listener, model] = await Promise.all([
    findListener(DB, listenerId, viewer),
    activeModel(DB, listenerId),
  ]);
  if (listener === null) throw new ProblemError({ kind: "unknown-listener", id: listenerId });
  if (model === null) throw new ProblemError({ kind: "no-model", listener: listenerId });
  const question = ExplanationRequest.parse({ listener: listenerId, track: trackId, type });
  const asked = await resolveTask(DB, question, viewer);
  const { id } = asked;
  const [score, stored, status, table] = await Promise.all([
    scoreOfTrack(env, model, trackId),
    findExplanation(BUCKET, id),
    explanationJobOf(env, id).status(),
    tableAtHand(BUCKET, asked),
  ]);
  // With a table it takes no longer than a page: nobody needs to press a button for it.
  const isQuick = table !== null;
  const explanation = stored?.explanation ?? null;
  return {
    listener,
    relevance: score?.relevance ?? explanation?.relevance ?? null,
    explanation,
    running: isQuick || (status !== null && isActive(status.job)),
  };
}
