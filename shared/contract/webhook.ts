import { z } from "zod";
import { KeyId } from "./access.ts";
import { WebhookEvent } from "./explanation-request.ts";
import { ExplanationId } from "./identifier.ts";
import { Job } from "./job.ts";

export const DEFAULT_DELIVERIES = 20;
export const MAX_DELIVERIES = 100;

/** Body of a request to a webhook: the payload of Standard Webhooks around a job. */
export const WebhookPayload = z
  .object({
    type: z.enum(["explanation.start", "explanation.completed"]),
    timestamp: z.iso.datetime().describe("when it happened; attempts carry their own time"),
    data: z.object({
      ...Job.shape,
      url: z.url().describe("where the explanation is, once the job is done"),
    }),
  })
  .meta({ id: "WebhookPayload" });
export type WebhookPayload = z.infer<typeof WebhookPayload>;

/** Name of a delivery, the same at each attempt: `webhook-id`. */
export const WebhookDeliveryId = z
  .string()
  .regex(/^msg_[0-9a-f]{32}$/, "must be msg_ and 32 hexadecimal digits")
  .meta({ id: "WebhookDeliveryId", example: "msg_0f343b0931126a20f133d67c2b018a3b" });
export type WebhookDeliveryId = z.infer<typeof WebhookDeliveryId>;

/** One request to a receiver, and what came of it. */
export const WebhookAttempt = z
  .object({
    at: z.iso.datetime(),
    status: z.int().nullable().describe("of the receiver's answer; null where there was none"),
    reason: z.string().nullable().describe("why it does not count as delivered"),
  })
  .meta({ id: "WebhookAttempt" });
export type WebhookAttempt = z.infer<typeof WebhookAttempt>;

/** An event on its way to a receiver. */
export const WebhookDelivery = z
  .object({
    id: WebhookDeliveryId,
    key: KeyId.describe("whose request named the webhook"),
    event: WebhookEvent,
    explanation: ExplanationId,
    url: z.string(),
    state: z
      .enum(["pending", "delivered", "failed", "gone"])
      .describe(
        "failed: given up after the last attempt; gone: the receiver answered 410, nothing is sent there for a day",
      ),
    attempts: z.array(WebhookAttempt),
    nextAttemptAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: "WebhookDelivery" });
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;

/** Deliveries, the newest first. */
export const WebhookDeliveryList = z
  .object({ deliveries: z.array(WebhookDelivery), nextCursor: z.string().nullable() })
  .meta({ id: "WebhookDeliveryList" });
export type WebhookDeliveryList = z.infer<typeof WebhookDeliveryList>;

/** What a key's webhooks are signed with. */
export const WebhookSecret = z
  .object({
    secret: z
      .string()
      .regex(/^whsec_[A-Za-z0-9+/]{43}=$/)
      .describe("as libraries of Standard Webhooks take it"),
    previous: z
      .string()
      .nullable()
      .describe(
        "the one before, while it is being replaced: messages have a signature by each; else null",
      ),
  })
  .meta({ id: "WebhookSecret" });
export type WebhookSecret = z.infer<typeof WebhookSecret>;
