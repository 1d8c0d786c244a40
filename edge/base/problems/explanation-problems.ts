import type { ProblemDefinition } from "./problem-definition.ts";

/** Problems with explanations, their audio and their webhooks. */
export const EXPLANATION_PROBLEMS = {
  "unknown-explanation": (facts: { id: string }): ProblemDefinition => ({
    status: 404,
    title: "Unknown explanation",
    detail: `No explanation has the id '${facts.id}'. Request one with POST /v1/explanations.`,
  }),
  "not-explained": (facts: { listener: string; track: string }): ProblemDefinition => ({
    status: 404,
    title: "Not explained yet",
    detail: `'${facts.track}' isn't explained for '${facts.listener}' yet. Open it on LEMONS, or POST /v1/explanations.`,
  }),
  "input-unusable": (facts: { track: string; reason: string }): ProblemDefinition => ({
    status: 422,
    title: "Can't explain this track",
    detail: `${facts.track}: ${facts.reason}`,
  }),
  "explanation-not-ready": (facts: { id: string }): ProblemDefinition => ({
    status: 503,
    title: "Still computing the explanation",
    detail: `Try again when GET /v1/explanations/${facts.id} returns it.`,
    headers: { "Retry-After": "2" },
  }),
  "explanation-failed": (facts: {
    id: string;
    attempts: number;
    reason: string;
  }): ProblemDefinition => ({
    status: 502,
    title: "Couldn't compute the explanation",
    detail: `Failed after ${facts.attempts} attempts: ${facts.reason} Repeat POST /v1/explanations to try again.`,
  }),
  "missing-table": (facts: { id: string }): ProblemDefinition => ({
    status: 404,
    title: "No response table",
    detail: `Explanation '${facts.id}' was computed from sampled masks, which have no table.`,
  }),
  "missing-highlight": (facts: { id: string; name: string }): ProblemDefinition => ({
    status: 404,
    title: "No such highlight",
    detail: `Explanation '${facts.id}' has no audio '${facts.name}'. Its \`highlights\` list what it has.`,
  }),
  "missing-stem": (facts: {
    id: string;
    source: string;
    sources: readonly string[];
  }): ProblemDefinition => ({
    status: 404,
    title: "No such source",
    detail:
      facts.sources.length === 0
        ? `Explanation '${facts.id}' is by time only, so it has no sources.`
        : `Explanation '${facts.id}' has no source '${facts.source}'. Use ${facts.sources.join(", ")}.`,
  }),
  "audio-not-ready": (facts: { id: string }): ProblemDefinition => ({
    status: 503,
    title: "Still rendering the audio",
    detail: `The audio of '${facts.id}' takes a few more seconds. Try again then.`,
    headers: { "Retry-After": "5" },
  }),
  "audio-failed": (facts: { id: string; attempts: number; reason: string }): ProblemDefinition => ({
    status: 502,
    title: "Couldn't render the audio",
    detail: `Failed after ${facts.attempts} attempts: ${facts.reason} Repeat the request to try again.`,
  }),
  "receiver-gone": (facts: { until: string }): ProblemDefinition => ({
    status: 422,
    title: "Webhook gone",
    detail: `This webhook answered 410 Gone, so it is skipped until ${facts.until}. Use another, or none.`,
    errors: [{ field: "webhook", message: "answered 410 Gone" }],
  }),
  "too-many-webhooks": (facts: { limit: number }): ProblemDefinition => ({
    status: 429,
    title: "Too many pending webhooks",
    detail: `This key has ${facts.limit} pending deliveries. GET /v1/webhooks/deliveries shows why.`,
    headers: { "Retry-After": "60" },
  }),
  "unknown-delivery": (facts: { id: string }): ProblemDefinition => ({
    status: 404,
    title: "Unknown delivery",
    detail: `No delivery has the id '${facts.id}'. GET /v1/webhooks/deliveries lists them.`,
  }),
  "delivery-pending": (facts: { id: string }): ProblemDefinition => ({
    status: 409,
    title: "Delivery still pending",
    detail: `'${facts.id}' is still being delivered. GET /v1/webhooks/deliveries shows its next attempt.`,
  }),
};
