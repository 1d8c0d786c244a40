import type { ExplanationId } from "@lemons/shared/contract/identifier";
import { deleteByPrefix } from "../../base/delete-by-prefix.ts";
import { explanationPrefix } from "../../base/object-keys.ts";
import { explanationJobOf } from "../explanations/explanation-job.ts";
import { isExplained } from "../explanations/explanation-store.ts";
import { renderJobOf } from "../explanations/render-job.ts";

/**
 * Removes an explanation with its question and its audio, and stops its jobs.
 *
 * @returns whether the explanation was finished
 */
export async function removeExplanation(env: Env, id: ExplanationId): Promise<boolean> {
  await Promise.all([explanationJobOf(env, id).forget(), renderJobOf(env, id).forget()]);
  const wasStored = await isExplained(env.BUCKET, id);
  await deleteByPrefix(env.BUCKET, explanationPrefix(id));
  return wasStored;
}
