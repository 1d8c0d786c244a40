import type { WorkerExplainRequest } from "@lemons/shared/contract/gpu-worker";
import { DEFAULT_SEPARATOR, NO_SEPARATION } from "@lemons/shared/contract/separator";
import { publishExplanation } from "@lemons/shared/explanation/assemble-explanation";
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
import { callWorker } from "../../worker/worker-client.ts";
import { WorkerFailure } from "../../worker/worker-failure.ts";
import type { FlightListener } from "../flight/flight.ts";
import type { FlightOrigin } from "../flight/flight-origin.ts";
import { tableAtHand, tableToBuild } from "../tables/table-at-hand.ts";
import { awaitTable } from "../tables/table-job.ts";
import { explainFromStoredTable } from "./explain-from-table.ts";
import { hasHighlight, storeExplanation } from "./explanation-store.ts";
import { type ExplanationTask, ownershipOf } from "./explanation-task.ts";
import { dropOrphanedExplanation } from "./private-artefacts.ts";
import { startRendering } from "./render-job.ts";
import { resultFault } from "./result-fault.ts";

/**
 * One attempt at an explanation, from the question to the stored answer. An exhaustive one waits for
 * a response table that answers it and is then computed here; the gpu-worker computes it where there can be no table,
 * where masks are drawn, or where the settings say so.
 *
 * @throws WorkerFailure saying whether another attempt makes sense; the signal's reason on abort
 */
export async function attemptExplanation(
  env: Env,
  task: ExplanationTask,
  listener: FlightListener,
  signal: AbortSignal,
  origin: FlightOrigin,
): Promise<void> {
  if (task.table !== null) {
    const wanted = await tableToBuild(env, task);
    if (wanted !== null) await awaitTable(env, wanted, listener, signal, origin);
    if (settingsOf(env).EXPLAIN_AT === "edge") {
      listener.onProgress({ phase: "fitting", done: 0, total: 1 });
      if (await explainFromStoredTable(env, task, { origin })) return;
    }
  }
  await explainByWorker(env, task, listener, signal, origin);
}

/** Nothing is stored under the explanation's own key unless everything it promises is there. */
async function explainByWorker(
  env: Env,
  task: ExplanationTask,
  listener: FlightListener,
  signal: AbortSignal,
  origin: FlightOrigin,
): Promise<void> {
  const settings = settingsOf(env);
  const head = await findHead(env.DB, task.model.id, task.model.version);
  const request = await workerRequest(env, task, head);
  const { explanation } = await callWorker(settings, "explain", request, {
    signal,
    requestId: origin.requestId,
    account: origin.payer?.account,
    onUpdate(line) {
      if (line.kind === "progress") listener.onProgress(line.progress);
      else listener.onRelevance(line.relevance);
    },
  });
  const fault = resultFault(task, explanation);
  if (fault !== null) {
    throw new WorkerFailure(`The gpu-worker answered another question: ${fault}.`, {
      retryable: true,
    });
  }
  listener.onProgress({ phase: "storing", done: 0, total: 1 });
  for (const { name, file, audio } of explanation.highlights) {
    if (file === null || audio === null) continue;
    if (!(await hasHighlight(env.BUCKET, task.id, name))) {
      throw new WorkerFailure(`The gpu-worker named ${file} but did not store it.`, {
        retryable: true,
      });
    }
  }
  // An attempt that was given up must not end the job that its successor is running.
  signal.throwIfAborted();
  const finished = publishExplanation(task, explanation);
  await storeExplanation(env.BUCKET, finished, ownershipOf(task));
  if (await dropOrphanedExplanation(env, task)) return;
  await startRendering(env, finished, origin);
}

async function workerRequest(
  env: Env,
  task: ExplanationTask,
  head: LinearHead | null,
): Promise<WorkerExplainRequest> {
  const settings = settingsOf(env);
  const expiresAt = linkExpiry();
  const record = await tableAtHand(env.BUCKET, task);
  const [table, model, sound, outputs] = await Promise.all([
    record && tableLink(env, record, expiresAt),
    splitOrWholeModelLink(settings, task.model, head, expiresAt),
    soundLinks(settings, task.sound, expiresAt),
    highlightLinks(settings, task.id, ["top-1", "top-3"], expiresAt),
  ]);
  return {
    id: task.id,
    model,
    sound,
    separator: task.separator.name === NO_SEPARATION.name ? DEFAULT_SEPARATOR : task.separator.name,
    question: task.question,
    ...(table && { table }),
    outputs,
  };
}
