import { KeyId } from "./access.ts";
import { explanationExample } from "./explanation.example.ts";
import { ExplanationId, ListenerId, TrackId } from "./identifier.ts";
import type { Job } from "./job.ts";
import {
  type WebhookDelivery,
  WebhookDeliveryId,
  type WebhookDeliveryList,
  type WebhookPayload,
  type WebhookSecret,
} from "./webhook.ts";

export const jobExample = {
  id: ExplanationId.parse(explanationExample.id),
  listener: ListenerId.parse(explanationExample.listener),
  track: TrackId.parse(explanationExample.track),
  state: "running",
  attempt: 1,
  progress: { phase: "scoring", done: 9, total: 32 },
  relevance: null,
  reason: null,
  createdAt: "2026-11-24T21:52:22.958Z",
  updatedAt: "2026-11-24T21:52:25.310Z",
} satisfies Job;

const endedJob: Job = {
  ...jobExample,
  state: "done",
  progress: null,
  updatedAt: "2026-11-24T21:52:26.070Z",
};

const event = (id: number, job: Job): string =>
  `id: ${id}\nevent: job\ndata: ${JSON.stringify(job)}\n\n`;

/** A stream of server-sent events, to its end. */
export const eventStreamExample: string = `retry: 2000\n\n${event(12, jobExample)}: heartbeat\n\n${event(13, endedJob)}`;

export const webhookPayloadExample: WebhookPayload = {
  type: "explanation.completed",
  timestamp: endedJob.updatedAt,
  data: { ...endedJob, url: `https://lemons.example/v1/explanations/${endedJob.id}` },
};

const deliveryExample = {
  id: WebhookDeliveryId.parse("msg_0f343b0931126a20f133d67c2b018a3b"),
  key: KeyId.parse("9f2c61d0a47be385"),
  event: "completed",
  explanation: endedJob.id,
  url: "https://hooks.example.com/lemons",
  state: "pending",
  attempts: [{ at: "2026-11-24T21:52:26.402Z", status: 503, reason: "It answered 503." }],
  nextAttemptAt: "2026-11-24T21:52:31.102Z",
  createdAt: endedJob.updatedAt,
  finishedAt: null,
} satisfies WebhookDelivery;

export const webhookDeliveryListExample: WebhookDeliveryList = {
  deliveries: [deliveryExample],
  nextCursor: null,
};

export const restartedDeliveryExample: WebhookDelivery = {
  ...deliveryExample,
  attempts: [{ at: "2026-11-24T21:52:26.402Z", status: 200, reason: null }],
  nextAttemptAt: "2026-11-25T08:14:02.318Z",
};

export const webhookSecretExample: WebhookSecret = {
  secret: "whsec_YW4gZXhhbXBsZSwgYW5kIG5vYm9keSdzIHNlY3JldCE=",
  previous: null,
};
