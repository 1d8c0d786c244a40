import { z } from "zod";

export const MAX_WEBHOOK_URL_LENGTH = 2048;

/** What a webhook is told of: that a job is on its way, and that it has ended, well or not. */
export const WebhookEvent = z.enum(["start", "completed"]).meta({ id: "WebhookEvent" });
export type WebhookEvent = z.infer<typeof WebhookEvent>;

/**
 * Who else is told how a request ends: fields beside the question, which they are no part of. Their
 * names are those of Replicate's API.
 */
export const webhookFields = {
  webhook: z
    .string()
    .max(MAX_WEBHOOK_URL_LENGTH)
    .optional()
    .describe("where events are posted, signed per Standard Webhooks: https only; needs a key")
    .meta({ example: "https://hooks.example.com/lemons" }),
  webhook_events_filter: z
    .array(WebhookEvent)
    .min(1)
    .max(WebhookEvent.options.length)
    .optional()
    .describe("all by default"),
};
