import type { Scope } from "@lemons/shared/contract/access";
import type { ProblemDefinition } from "./problem-definition.ts";

/** The reason why a key is invalid. `expired` and `revoked` are reported only for a matching secret. */
export type KeyRefusal =
  | { why: "malformed" | "unknown" }
  | { why: "expired" | "revoked"; at: string };

/** Problems with keys, scopes, budgets, signed links and embedding. */
export const ACCESS_PROBLEMS = {
  "key-needed": (facts: { scope: Scope }): ProblemDefinition => ({
    status: 401,
    title: "API key required",
    detail: `Send an API key with the scope '${facts.scope}' as \`Authorization: Bearer\`.`,
    headers: { "WWW-Authenticate": challenge({ scope: facts.scope }) },
  }),
  "key-refused": (facts: { refusal: KeyRefusal }): ProblemDefinition => {
    const detail = keyRefusalText(facts.refusal);
    return {
      status: 401,
      title: "Invalid API key",
      detail,
      headers: {
        "WWW-Authenticate": challenge({ error: "invalid_token", error_description: detail }),
      },
    };
  },
  "missing-scope": (facts: { scope: Scope }): ProblemDefinition => ({
    status: 403,
    title: "Missing scope",
    detail: `This API key lacks the scope '${facts.scope}'. Use a key that has it.`,
    headers: {
      "WWW-Authenticate": challenge({ error: "insufficient_scope", scope: facts.scope }),
    },
  }),
  "too-many-requests": (facts: { seconds: number }): ProblemDefinition => ({
    status: 429,
    title: "Too many requests",
    detail: `The request rate is too high. Wait ${facts.seconds} s, then send fewer at a time.`,
    headers: { "Retry-After": String(facts.seconds) },
  }),
  "budget-spent": (facts: {
    seconds: number;
    remainingSeconds: number;
    retryAfter: number;
  }): ProblemDefinition => ({
    status: 429,
    title: "Daily compute budget used up",
    detail: `This takes about ${Math.ceil(facts.seconds)} s of compute, but only ${facts.remainingSeconds} s remain today. Stored results are still free.`,
    headers: { "Retry-After": String(facts.retryAfter) },
  }),
  "cost-over-budget": (facts: { seconds: number; budgetSeconds: number }): ProblemDefinition => ({
    status: 403,
    title: "Exceeds the daily compute budget",
    detail: `This takes about ${Math.ceil(facts.seconds)} s of compute, but the daily budget is ${facts.budgetSeconds} s. Use fewer samples or segments.`,
  }),
  "private-explanation": (facts: { id: string }): ProblemDefinition => ({
    status: 401,
    title: "This explanation is private",
    detail: `It explains a private upload. Ask its owner for a link (POST /v1/explanations/${facts.id}/links).`,
    headers: { "WWW-Authenticate": challenge({}) },
  }),
  "not-private": (facts: { id: string }): ProblemDefinition => ({
    status: 409,
    title: "This explanation is public",
    detail: `It needs no signed link. Share /e/${facts.id} or embed /embed/${facts.id}.`,
  }),
  "link-expired": (facts: { at: string }): ProblemDefinition => ({
    status: 410,
    title: "This link has expired",
    detail: `It was valid until ${facts.at}. Ask the owner for a new one.`,
  }),
  "link-leads-nowhere": (): ProblemDefinition => ({
    status: 404,
    title: "This is no longer available",
    detail: "The track of this link was deleted, or its storage time is over.",
  }),
  "not-embeddable": (facts: { url: string }): ProblemDefinition => ({
    status: 404,
    title: "Nothing to embed",
    detail: `${facts.url} isn't the page of an explanation. Use /e/{id}, /embed/… or the page of a track.`,
  }),
  "link-refused": (facts: { reason: string }): ProblemDefinition => ({
    status: 403,
    title: "Invalid link",
    detail: facts.reason,
  }),
  "upload-refused": (facts: {
    status: 400 | 409 | 411 | 413;
    reason: string;
  }): ProblemDefinition => ({
    status: facts.status,
    title: "Upload refused",
    detail: facts.reason,
  }),
};

function keyRefusalText(refusal: KeyRefusal): string {
  switch (refusal.why) {
    case "malformed":
      return "The Authorization header isn't `Bearer` and an API key of this service.";
    case "unknown":
      return "This API key isn't valid.";
    case "expired":
      return `This API key expired at ${refusal.at}.`;
    case "revoked":
      return `This API key was revoked at ${refusal.at}.`;
    default:
      return refusal satisfies never;
  }
}

/** Returns a `WWW-Authenticate` header (RFC 6750, section 3). */
function challenge(parameters: Record<string, string>): string {
  const all = { realm: "lemons", ...parameters };
  return `Bearer ${Object.entries(all)
    .map(([name, value]) => `${name}="${value}"`)
    .join(", ")}`;
}
