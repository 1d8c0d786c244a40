import { KeyId } from "@lemons/shared/contract/access";
import { type ExplanationRequest, WebhookEvent } from "@lemons/shared/contract/explanation-request";
import type { Context } from "hono";
import { z } from "zod";
import type { AppEnv } from "../../access/app-env.ts";
import { settingsOf } from "../../base/env.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { receiverStanding } from "./deliveries.ts";
import { receiverFault } from "./receiver-fault.ts";

/** Deliveries of one key that may be on their way at once. */
const MAX_PENDING = 1000;

/** Whom to tell of what. */
export const Receiver = z.object({
  owner: KeyId,
  url: z.string(),
  events: z.array(WebhookEvent),
});
export type Receiver = z.infer<typeof Receiver>;

/**
 * Sees to it that something may be sent to a receiver.
 *
 * @throws ProblemError receiver-gone, too-many-webhooks
 */
export function requireOpenReceiver({
  pending,
  goneUntil,
}: {
  pending: number;
  goneUntil: string | null;
}): void {
  if (goneUntil !== null) throw new ProblemError({ kind: "receiver-gone", until: goneUntil });
  if (pending >= MAX_PENDING) {
    throw new ProblemError({ kind: "too-many-webhooks", limit: MAX_PENDING });
  }
}

/**
 * Whom a request wants told.
 *
 * @returns null where it names nobody
 * @throws ProblemError key-needed, bad-request, receiver-gone, too-many-webhooks
 */
export async function resolveReceiver(
  c: Context<AppEnv>,
  request: Pick<ExplanationRequest, "webhook" | "webhook_events_filter">,
): Promise<Receiver | null> {
  if (request.webhook === undefined) return null;
  const { key } = c.get("caller");
  if (key === null) throw new ProblemError({ kind: "key-needed", scope: "explain" });
  const fault = receiverFault(request.webhook, settingsOf(c.env));
  if (fault !== null) {
    throw new ProblemError({ kind: "bad-request", errors: [{ field: "webhook", message: fault }] });
  }
  const url = new URL(request.webhook).href;
  requireOpenReceiver(await receiverStanding(c.env.DB, { owner: key.id, url }));
  return {
    owner: key.id,
    url,
    events: request.webhook_events_filter ?? [...WebhookEvent.options],
  };
}
