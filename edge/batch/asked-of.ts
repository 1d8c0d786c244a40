import { ExplanationRequest } from "@lemons/shared/contract/explanation-request";
import type { Asked } from "../work/explanations/asked.ts";
import { resolveQuestion } from "../work/explanations/identity.ts";
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
): Promise<Asked> {
  return resolveQuestion(env.DB, ExplanationRequest.parse({ listener, track, type }));
}
