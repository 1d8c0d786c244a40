import type { ExplanationId } from "@lemons/shared/contract/identifier";
import { deleteByPrefix } from "../../base/delete-by-prefix.ts";
import { explanationPrefix } from "../../base/object-keys.ts";
import { isExplained } from "../explanations/explanation-store.ts";
import { explanationJobOf } from "../explanations/find-explanation.ts";
import { renderJobOf } from "../explanations/render-job.ts";

/**
 * Removes an explanation with its question, its audio and its jobs.
 *
 * @returns whether it was there: what was asked for need not have been made
 */
export async function removeExplanation(env: Env, id: ExplanationId): Promise<boolean> {
  await Promise.all([explanationJobOf(env, id).forget(), renderJobOf(env, id).forget()]);
  const wasThere = await isExplained(env.BUCKET, id);
  await deleteByPrefix(env.BUCKET, explanationPrefix(id));
  return wasThere;
}
