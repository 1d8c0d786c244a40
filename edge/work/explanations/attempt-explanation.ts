import type {
  Explanation,
  PublishedExplanation,
  TableRecord,
} from "@lemons/shared/contract/explanation";
import type { WorkerExplainRequest } from "@lemons/shared/contract/gpu-worker";
import { DEFAULT_SEPARATOR, NO_SEPARATION } from "@lemons/shared/contract/separator";
import { publishExplanation } from "@lemons/shared/explanation/assemble-explanation";
import { COUNTING_SECONDS } from "../../access/price.ts";
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
import type { FlightRun } from "../flight/define-flight.ts";
import { awaitTable, chooseTableToBuild } from "../tables/table-job.ts";
import { findStoredTables } from "../tables/table-store.ts";
import { explainFromStoredTable } from "./explain-from-table.ts";
import { hasHighlight, storeExplanation } from "./explanation-store.ts";
import { type ExplanationTask, ownershipOf } from "./explanation-task.ts";
import { dropOrphanedExplanation, ownerRemoved } from "./private-artefacts.ts";
import { startRendering } from "./render-job.ts";
import { resultFault } from "./result-fault.ts";

/**
 * Computes an explanation and stores it. An exhaustive one waits for its response table and is computed
 * here; the gpu-worker computes it if no table is possible, if masks are sampled, or if the settings
 * say so.
 *
 * @throws WorkerFailure that decides whether there is another attempt; the signal's reason on abort
 */
export async function attemptExplanation(
  env: Env,
  task: ExplanationTask,
  run: FlightRun,
): Promise<void> {
  const table = await prepareTable(env, task, run);
  let explanation: PublishedExplanation | null = null;
  if (table !== null && settingsOf(env).EXPLAIN_AT === "edge") {
    run.onProgress({ phase: "fitting", done: 0, total: 1 });
    explanation = await explainFromStoredTable(env, task, table, run.signal);
    if (explanation !== null) run.chargeEdgeSeconds(COUNTING_SECONDS);
  }
  explanation ??= await explainByWorker(env, task, table, run);
  await startRendering(env, explanation, run.origin);
}

/** Returns the table of a task, built if it wasn't; null if none is possible or masks are sampled. */
async function prepareTable(
  env: Env,
  task: ExplanationTask,
  run: FlightRun,
): Promise<TableRecord | null> {
  if (task.table === null) return null;
  const stored = await findStoredTables(env.BUCKET, task);
  const wanted = await chooseTableToBuild(env, task, stored);
  if (wanted === null) return stored.record;
  await awaitTable(env, wanted, run);
  return (await findStoredTables(env.BUCKET, task)).record;
}

/** Stores nothing under the explanation's own key unless everything it promises is stored. */
async function explainByWorker(
  env: Env,
  task: ExplanationTask,
  table: TableRecord | null,
  run: FlightRun,
): Promise<PublishedExplanation> {
  const settings = settingsOf(env);
  const head = await findHead(env.DB, task.model.id, task.model.version);
  const { explanation } = await run.atWorker(async (call) => {
    const expiresAt = linkExpiry();
    const [tableAt, model, sound, outputs] = await Promise.all([
      table && tableLink(env, table, expiresAt),
      splitOrWholeModelLink(settings, task.model, head, expiresAt),
      soundLinks(settings, task.sound, expiresAt),
      highlightLinks(settings, task.id, ["top-1", "top-3"], expiresAt),
    ]);
    const request: WorkerExplainRequest = {
      id: task.id,
      model,
      sound,
      separator:
        task.separator.name === NO_SEPARATION.name ? DEFAULT_SEPARATOR : task.separator.name,
      question: task.question,
      ...(tableAt && { table: tableAt }),
      outputs,
    };
    return callWorker(settings, "explain", request, {
      ...call,
      onUpdate(line) {
        if (line.kind === "progress") run.onProgress(line.progress);
        else run.onRelevance(line.relevance);
      },
    });
  });
  run.onProgress({ phase: "storing", done: 0, total: 1 });
  await checkResult(env.BUCKET, task, explanation);
  // An attempt that was given up must not end the job that its successor is running.
  run.signal.throwIfAborted();
  const published = publishExplanation(task, explanation);
  await storeExplanation(env.BUCKET, published, ownershipOf(task));
  if (await dropOrphanedExplanation(env, task)) throw ownerRemoved();
  return published;
}

/** @throws WorkerFailure if the result isn't that of the task, or its audio isn't stored */
async function checkResult(
  bucket: R2Bucket,
  task: ExplanationTask,
  result: Explanation,
): Promise<void> {
  const fault = resultFault(task, result);
  if (fault !== null) {
    throw new WorkerFailure(`The gpu-worker answered another question: ${fault}.`, {
      retryable: true,
    });
  }
  for (const { name, file, audio } of result.highlights) {
    if (file === null || audio === null || (await hasHighlight(bucket, task.id, name))) continue;
    throw new WorkerFailure(`The gpu-worker named ${file} but did not store it.`, {
      retryable: true,
    });
  }
}
