import { BatchRequest } from "@lemons/shared/contract/batch";
import { z } from "zod";
import { ProblemError, toProblem } from "../base/problems/problem.ts";
import { firstRow, json } from "../base/rows.ts";
import { type BatchItem, PLAN_SCORES, type TurnOutcome } from "./item.ts";
import { planExplanations } from "./plan-explanations.ts";
import { runExplanation, runTable } from "./run-jobs.ts";
import { planScores, runScores } from "./scores-items.ts";
import { runSweep } from "./sweep.ts";

const BatchHead = z.object({ request: json(BatchRequest), created_at: z.iso.datetime() });

/**
 * Runs one turn of an item. Every step may be repeated: each checks first what exists already.
 *
 * @throws Error if the turn should be retried
 */
export async function runItem(env: Env, item: BatchItem): Promise<TurnOutcome> {
  const head = await firstRow(
    env.DB,
    BatchHead,
    "SELECT request, created_at FROM batches WHERE id = ?",
    item.batch,
  );
  if (head === null) throw new Error(`the batch ${item.batch} does not exist`);
  const { request } = head;
  const createdAt = new Date(head.created_at);
  try {
    switch (item.kind) {
      case "plan":
        return await (item.id === PLAN_SCORES
          ? planScores(env, item, request)
          : planExplanations(env, item, request, createdAt));
      case "scores":
        return await runScores(env, item);
      case "table":
        return await runTable(env, item, request, createdAt);
      case "explanation":
        return await runExplanation(env, item);
      case "sweep":
        return await runSweep(env, item);
    }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const reason = toProblem(error.failure).body.detail;
    return { state: isGone(error) ? "skipped" : "failed", reason };
  }
}

/** Returns true for problems of things that were removed after planning. */
const isGone = ({ failure }: ProblemError): boolean =>
  ["unknown-listener", "unknown-track", "no-model"].includes(failure.kind);
