import { ExplanationRequest } from "@lemons/shared/contract/explanation-request";
import type { ExplanationTask } from "../work/explanations/explanation-task.ts";
import { resolveTask } from "../work/explanations/resolve-task.ts";
import type { BatchItem } from "./item.ts";

/**
 * What an item asks, as things stand now: its id is another one where model or track have changed
 * since it was planned.
 *
 * @throws ProblemError where listener, model or track have gone
 */
export function askedOf(
  env: Env,
  { listener, track, type }: Pick<BatchItem, "listener" | "track" | "type">,
): Promise<ExplanationTask> {
  return resolveTask(env.DB, ExplanationRequest.parse({ listener, track, type }));
}
