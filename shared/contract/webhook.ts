import { z } from "zod";
import { KeyId } from "./access.ts";
import { WebhookEvent } from "./explanation-request.ts";
import { ExplanationId } from "./identifier.ts";
import { Job } from "./job.ts";

export const DEFAULT_DELIVERIES = 20;
export const MAX_DELIVERIES = 100;

/** Body of a request to a webhook: a Standard Webhooks payload with the job. */
export const WebhookPayload = z
  .object({
    type: z.enum(["explanation.start", "explanation.completed"]),
    timestamp: z.iso
      .datetime()
      .describe("time of the event; delivery attempts have their own time"),
    data: z.object({
      ...Job.shape,
      url: z.url().describe("URL of the explanation, once the job is done"),
    }),
  })
  .meta({ id: "WebhookPayload" });
export type WebhookPayload = z.infer<typeof WebhookPayload>;

/** Id of a delivery, sent as `webhook-id`, the same in each attempt. */
export const WebhookDeliveryId = z
  .string()
  .regex(/^msg_[0-9a-f]{32}$/, "must be msg_ and 32 hexadecimal digits")
  .meta({ id: "WebhookDeliveryId", example: "msg_0f343b0931126a20f133d67c2b018a3b" })
  .brand<"WebhookDeliveryId">();
export type WebhookDeliveryId = z.infer<typeof WebhookDeliveryId>;

/** One request to a receiver, and its outcome. */
export const WebhookAttempt = z
  .object({
    at: z.iso.datetime(),
    status: z.int().nullable().describe("HTTP status of the response; null if there was none"),
    reason: z.string().nullable().describe("why the attempt failed; null if it succeeded"),
  })
  .meta({ id: "WebhookAttempt" });
export type WebhookAttempt = z.infer<typeof WebhookAttempt>;

/** The delivery of an event to a receiver. */
export const WebhookDelivery = z
  .object({
    id: WebhookDeliveryId,
    key: KeyId.describe("API key of the request with the webhook"),
    event: WebhookEvent,
    explanation: ExplanationId,
    url: z.string(),
    state: z
      .enum(["pending", "delivered", "failed", "gone"])
      .describe(
        "failed: all attempts failed; gone: the receiver answered 410 and gets no events for a day",
      ),
    attempts: z.array(WebhookAttempt),
    nextAttemptAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "WebhookDelivery" });
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;

/** Deliveries, newest first. */
export const WebhookDeliveryList = z
  .object({ deliveries: z.array(WebhookDelivery), nextCursor: z.string().nullable() })
  .meta({ id: "WebhookDeliveryList" });
export type WebhookDeliveryList = z.infer<typeof WebhookDeliveryList>;

/** The secret that signs a key's webhooks. */
export const WebhookSecret = z
  .object({
    secret: z
      .string()
      .regex(/^whsec_[A-Za-z0-9+/]{43}=$/)
      .describe("in the format of Standard Webhooks libraries"),
    previous: z
      .string()
      .nullable()
      .describe(
        "the previous secret during a replacement, when messages are signed with both; else null",
      ),
  })
  .meta({ id: "WebhookSecret" });
export type WebhookSecret = z.infer<typeof WebhookSecret>;
