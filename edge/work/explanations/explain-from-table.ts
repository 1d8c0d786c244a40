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
import { type FoldedTable, foldTable } from "@lemons/shared/what-if/response-table";
import { TableFormatError } from "@lemons/shared/what-if/table-format";
import enumerationModule from "../../../shared/enumeration/enumerate.wasm";
import { findHead } from "../../catalogue/models.ts";
import { type FlightOrigin, ownAccord } from "../flight/flight-origin.ts";
import { tableAtHand } from "../tables/table-at-hand.ts";
import { forgetTable, readTable } from "../tables/table-store.ts";
import { storeExplanation } from "./explanation-store.ts";
import { type ExplanationTask, ownershipOf } from "./explanation-task.ts";
import { dropOrphanedExplanation } from "./private-artefacts.ts";
import { startRendering } from "./render-job.ts";

/** A table as one listener's head sees it, and what is known of it. */
export interface FoldedAnswer {
  record: TableRecord;
  folded: FoldedTable;
}

/**
 * The table that a question is read from, seen through the listener's head. A damaged table is
 * forgotten.
 *
 * @returns null where there is no table, or no head is known beside the model
 */
export async function foldedTableOf(env: Env, task: ExplanationTask): Promise<FoldedAnswer | null> {
  const record = await tableAtHand(env.BUCKET, task);
  if (record === null) return null;
  const head = await findHead(env.DB, task.model.id, task.model.version);
  if (head === null) return null;
  try {
    return { record, folded: foldTable(await readTable(env.BUCKET, record), head) };
  } catch (error) {
    if (!(error instanceof TableFormatError)) throw error;
    console.error(`table ${record.id} is forgotten: ${error.message}`);
    await forgetTable(env.BUCKET, record.id);
    return null;
  }
}

/**
 * Explains here, from a table in the store, and stores the explanation; the gpu-worker is not asked.
 *
 * @param options.render whether its audio is rendered from then on, or when it is first asked for
 * @returns false where that is not possible: there is no table or head, or it has too many masks
 */
export async function explainFromStoredTable(
  env: Env,
  task: ExplanationTask,
  { render = true, origin = ownAccord() }: { render?: boolean; origin?: FlightOrigin } = {},
): Promise<boolean> {
  const { neighbourhood } = task.question;
  if (neighbourhood.kind !== "exhaustive") return false;
  const answer = await foldedTableOf(env, task);
  if (answer === null) return false;
  let explanation: PublishedExplanation;
  try {
    explanation = await explain(task, neighbourhood, answer);
  } catch (error) {
    if (error instanceof NotEnumerable) return false;
    throw error;
  }
  await storeExplanation(env.BUCKET, explanation, ownershipOf(task));
  if (await dropOrphanedExplanation(env, task)) return false;
  if (render) await startRendering(env, explanation, origin);
  return true;
}

async function explain(
  { id, listener, track, model, question }: ExplanationTask,
  neighbourhood: ExhaustiveNeighbourhood,
  { record, folded }: FoldedAnswer,
): Promise<PublishedExplanation> {
  const { audio, separation, segments, engine } = record;
  const answers = await explainFromTable({
    table: folded,
    segments,
    sources: separation.sources,
    question: { ...question, neighbourhood },
    enumerate: (table) => enumerate(enumerationModule, table),
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
