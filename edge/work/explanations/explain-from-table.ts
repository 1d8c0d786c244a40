import type { PublishedExplanation, TableRecord } from "@lemons/shared/contract/explanation";
import type { ExhaustiveNeighbourhood } from "@lemons/shared/contract/explanation-request";
import { NotEnumerable } from "@lemons/shared/enumeration/audible-components";
import { enumerate } from "@lemons/shared/enumeration/enumerate";
import {
  assembleExplanation,
  publishExplanation,
} from "@lemons/shared/explanation/assemble-explanation";
import { explainFromTable } from "@lemons/shared/explanation/explain-from-table";
import { highlightPlan } from "@lemons/shared/explanation/highlights";
import type { LinearHead } from "@lemons/shared/model/linear-head";
import { type FoldedTable, foldTable } from "@lemons/shared/what-if/response-table";
import { TableFormatError } from "@lemons/shared/what-if/table-format";
import enumerationModule from "../../../shared/enumeration/enumerate.wasm";
import { findHead } from "../../catalogue/models.ts";
import { WorkerFailure } from "../../worker/worker-failure.ts";
import { deleteTable, readTable } from "../tables/table-store.ts";
import { storeExplanation } from "./explanation-store.ts";
import { type ExplanationTask, ownershipOf } from "./explanation-task.ts";
import { dropOrphanedExplanation, ownerRemoved } from "./private-artefacts.ts";

/**
 * Folds a stored table with the head of a task's model. A damaged table is deleted.
 *
 * @returns null if the model has no head of its own, or the table is damaged
 */
export async function foldStoredTable(
  env: Env,
  { model }: Pick<ExplanationTask, "model">,
  record: TableRecord,
): Promise<FoldedTable | null> {
  const head = await findHead(env.DB, model.id, model.version);
  return head && readFolded(env.BUCKET, record, head);
}

/**
 * Computes an explanation from a stored table, without the gpu-worker, and stores it.
 *
 * @returns null if the table can't answer: masks are sampled or too many, or the model has no head
 * @throws WorkerFailure: retryable if the table is damaged; not if the track or listener was removed
 */
export async function explainFromStoredTable(
  env: Env,
  task: ExplanationTask,
  record: TableRecord,
  signal?: AbortSignal,
): Promise<PublishedExplanation | null> {
  const { neighbourhood } = task.question;
  if (neighbourhood.kind !== "exhaustive") return null;
  const head = await findHead(env.DB, task.model.id, task.model.version);
  if (head === null) return null;
  const folded = await readFolded(env.BUCKET, record, head);
  if (folded === null) {
    throw new WorkerFailure("The response table was damaged. It is built again.", {
      retryable: true,
    });
  }
  let explanation: PublishedExplanation;
  try {
    explanation = await assemble(task, neighbourhood, record, folded);
  } catch (error) {
    if (error instanceof NotEnumerable) return null;
    throw error;
  }
  signal?.throwIfAborted();
  await storeExplanation(env.BUCKET, explanation, ownershipOf(task));
  if (await dropOrphanedExplanation(env, task)) throw ownerRemoved();
  return explanation;
}

/** Returns null after deleting a damaged table. */
async function readFolded(
  bucket: R2Bucket,
  record: TableRecord,
  head: LinearHead,
): Promise<FoldedTable | null> {
  try {
    return foldTable(await readTable(bucket, record), head);
  } catch (error) {
    if (!(error instanceof TableFormatError)) throw error;
    console.error(`Deleted the damaged table ${record.id}: ${error.message}`);
    await deleteTable(bucket, record.id);
    return null;
  }
}

async function assemble(
  { id, listener, track, model, question }: ExplanationTask,
  neighbourhood: ExhaustiveNeighbourhood,
  { audio, separation, segments, engine }: TableRecord,
  table: FoldedTable,
): Promise<PublishedExplanation> {
  const answers = await explainFromTable({
    table,
    segments,
    sources: separation.sources,
    question: { ...question, neighbourhood },
    enumerate: (folded) => enumerate(enumerationModule, folded),
  });
  const { startSeconds } = audio.snippet;
  return publishExplanation(
    { id, listener, track },
    assembleExplanation(
      {
        model,
        audio,
        separation,
        segments,
        engine,
        highlights: highlightPlan({ components: answers.components, startSeconds }).map(
          ({ highlight }) => highlight,
        ),
        // A Worker's clock stands still while it computes. `engine` has the times of the table.
        timings: {},
      },
      answers,
    ),
  );
}
