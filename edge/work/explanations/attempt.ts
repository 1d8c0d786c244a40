import type { Explanation, PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { WorkerExplainRequest } from "@lemons/shared/contract/gpu-worker";
import { DEFAULT_SEPARATOR, NO_SEPARATION } from "@lemons/shared/contract/separator";
import type { LinearHead } from "@lemons/shared/model/linear-head";
import { settingsOf } from "../../base/env.ts";
import { findHead } from "../../catalogue/models.ts";
import { linkExpiry } from "../../worker/object-link.ts";
import {
  highlightLinks,
  soundLinks,
  splitOrWholeModelLink,
  tableLink,
} from "../../worker/request-links.ts";
import { explainOnWorker } from "../../worker/worker-client.ts";
import { WorkerFailure } from "../../worker/worker-failure.ts";
import type { FlightListener } from "../flight/flight.ts";
import type { FlightOrigin } from "../flight/flight-origin.ts";
import { startRendering } from "../renders/render-job.ts";
import { tableAtHand, tableToBuild } from "../tables/table-at-hand.ts";
import { awaitTable } from "../tables/table-job.ts";
import { type Asked, ownershipOf } from "./asked.ts";
import { explainFromStoredTable } from "./from-table.ts";
import { dropOrphanedExplanation } from "./private-artefacts.ts";
import { resultFault } from "./result-fault.ts";
import { hasHighlight, storeExplanation } from "./store.ts";

/**
 * One attempt at an explanation, from the question to the stored answer. An exhaustive one waits for
 * a response table that answers it and is then computed here; the gpu-worker computes it where there can be no table,
 * where masks are drawn, or where the settings say so.
 *
 * @throws WorkerFailure saying whether another attempt makes sense; the signal's reason on abort
 */
export async function attemptExplanation(
  env: Env,
  asked: Asked,
  listener: FlightListener,
  signal: AbortSignal,
  origin: FlightOrigin,
): Promise<void> {
  if (asked.table !== null) {
    const wanted = await tableToBuild(env, asked);
    if (wanted !== null) await awaitTable(env, wanted, listener, signal, origin);
    if (settingsOf(env).EXPLAIN_AT === "edge") {
      listener.onProgress({ phase: "fitting", done: 0, total: 1 });
      if (await explainFromStoredTable(env, asked, { origin })) return;
    }
  }
  await explainByWorker(env, asked, listener, signal, origin);
}

/** Nothing is stored under the explanation's own key unless everything it promises is there. */
async function explainByWorker(
  env: Env,
  asked: Asked,
  listener: FlightListener,
  signal: AbortSignal,
  origin: FlightOrigin,
): Promise<void> {
  const settings = settingsOf(env);
  const head = await findHead(env.DB, asked.model.id, asked.model.version);
  const request = await workerRequest(env, asked, head);
  const explanation = await explainOnWorker(settings, request, listener, signal, origin.requestId);
  const fault = resultFault(asked, explanation);
  if (fault !== null) {
    throw new WorkerFailure(`The gpu-worker answered another question: ${fault}.`, {
      retryable: true,
    });
  }
  listener.onProgress({ phase: "storing", done: 0, total: 1 });
  for (const { name, file, audio } of explanation.highlights) {
    if (file === null || audio === null) continue;
    if (!(await hasHighlight(env.BUCKET, asked.id, name))) {
      throw new WorkerFailure(`The gpu-worker named ${file} but did not store it.`, {
        retryable: true,
      });
    }
  }
  // An attempt that was given up must not end the job that its successor is running.
  signal.throwIfAborted();
  const finished = published(asked, explanation);
  await storeExplanation(env.BUCKET, finished, ownershipOf(asked));
  if (await dropOrphanedExplanation(env, asked)) return;
  await startRendering(env, finished, origin);
}

async function workerRequest(
  env: Env,
  asked: Asked,
  head: LinearHead | null,
): Promise<WorkerExplainRequest> {
  const settings = settingsOf(env);
  const expiresAt = linkExpiry();
  const record = await tableAtHand(env.BUCKET, asked);
  const [table, model, sound, outputs] = await Promise.all([
    record && tableLink(env, record, expiresAt),
    splitOrWholeModelLink(settings, asked.model, head, expiresAt),
    soundLinks(settings, asked.sound, expiresAt),
    highlightLinks(settings, asked.id, ["top-1", "top-3"], expiresAt),
  ]);
  return {
    id: asked.id,
    model,
    sound,
    separator:
      asked.separator.name === NO_SEPARATION.name ? DEFAULT_SEPARATOR : asked.separator.name,
    question: asked.question,
    ...(table && { table }),
    outputs,
  };
}

function published({ id, listener, track }: Asked, explanation: Explanation): PublishedExplanation {
  const { masks: _masks, predictions: _predictions, ...fields } = explanation;
  return { id, listener, track, ...fields };
}
