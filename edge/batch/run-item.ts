import { BatchRequest } from "@lemons/shared/contract/batch";
import { z } from "zod";
import { ProblemError, toProblem } from "../base/problems/problem.ts";
import { type BatchItem, type Outcome, PLAN_SCORES } from "./item.ts";
import { planExplanations } from "./plan-explanations.ts";
import { planScores } from "./plan-scores.ts";
import { runExplanation } from "./run-explanation.ts";
import { runScores } from "./run-scores.ts";
import { runTable } from "./run-table.ts";
import { runSweep } from "./sweep.ts";

const BatchHead = z.object({
  request: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(BatchRequest),
  created_at: z.iso.datetime(),
});

/**
 * Takes an item one turn further. Any step may be taken twice: each asks first what is there.
 *
 * @throws Error where the turn is to be tried again
 */
export async function runItem(env: Env, item: BatchItem): Promise<Outcome> {
  const { request, created_at } = BatchHead.parse(
    await env.DB.prepare("SELECT request, created_at FROM batches WHERE id = ?")
      .bind(item.batch)
      .first(),
  );
  const createdAt = new Date(created_at);
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

/** What was planned can have been taken away since. */
const isGone = ({ failure }: ProblemError): boolean =>
  ["unknown-listener", "unknown-track", "no-model"].includes(failure.kind);
