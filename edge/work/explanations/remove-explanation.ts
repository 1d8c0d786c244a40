import type { ExplanationId } from "@lemons/shared/contract/identifier";
import { explanationPrefix } from "../../base/object-keys.ts";
import { renderJobOf } from "../renders/render-job.ts";
import { deleteByPrefix } from "../uploads/delete-by-prefix.ts";
import { isExplained } from "./explanation-store.ts";
import { explanationJobOf } from "./find-explanation.ts";

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
