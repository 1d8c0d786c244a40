import type { ProblemWords } from "./problem-words.ts";

/** What is wrong with webhooks. */
export const WEBHOOK_PROBLEMS = {
  "receiver-gone": (facts: { until: string }): ProblemWords => ({
    status: 422,
    title: "The webhook does not want to be called",
    detail: `It answered 410 Gone, so nothing is sent there until ${facts.until}. Name another, or none.`,
    errors: [{ field: "webhook", message: "answered 410 Gone" }],
  }),
  "too-many-webhooks": (facts: { limit: number }): ProblemWords => ({
    status: 429,
    title: "Too many webhooks are waiting",
    detail: `${facts.limit} deliveries of this key are on their way; GET /v1/webhooks/deliveries says why they wait.`,
    headers: { "Retry-After": "60" },
  }),
  "unknown-delivery": (facts: { id: string }): ProblemWords => ({
    status: 404,
    title: "Unknown delivery",
    detail: `No delivery is called ${facts.id}. GET /v1/webhooks/deliveries names them all.`,
  }),
  "delivery-pending": (facts: { id: string }): ProblemWords => ({
    status: 409,
    title: "The delivery is on its way",
    detail: `${facts.id} is not over: GET /v1/webhooks/deliveries says when it is tried next.`,
  }),
};
