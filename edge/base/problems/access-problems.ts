import type { Scope } from "@lemons/shared/contract/access";
import { challenge } from "./challenge.ts";
import type { ProblemWords } from "./problem-words.ts";

/** Why a key does not hold; the last two are told to its holder only. */
export type KeyRefusal =
  | { why: "malformed" | "unknown" }
  | { why: "expired" | "revoked"; at: string };

/** Who may not, or not now. */
export const ACCESS_PROBLEMS = {
  "key-needed": (facts: { scope: Scope }): ProblemWords => ({
    status: 401,
    title: "This needs an API key",
    detail: `Send \`Authorization: Bearer\` with a key that has the scope ${facts.scope}.`,
    headers: { "WWW-Authenticate": challenge({ scope: facts.scope }) },
  }),
  "key-refused": (facts: { refusal: KeyRefusal }): ProblemWords => {
    const detail = keyRefusalText(facts.refusal);
    return {
      status: 401,
      title: "The API key does not hold",
      detail,
      headers: {
        "WWW-Authenticate": challenge({ error: "invalid_token", error_description: detail }),
      },
    };
  },
  "missing-scope": (facts: { scope: Scope }): ProblemWords => ({
    status: 403,
    title: "The API key may not do this",
    detail: `It lacks the scope ${facts.scope}.`,
    headers: {
      "WWW-Authenticate": challenge({ error: "insufficient_scope", scope: facts.scope }),
    },
  }),
  "too-many-requests": (facts: { seconds: number }): ProblemWords => ({
    status: 429,
    title: "Too many requests at once",
    detail: `Wait ${facts.seconds} s and send fewer at a time.`,
    headers: { "Retry-After": String(facts.seconds) },
  }),
  "budget-spent": (facts: {
    seconds: number;
    remainingSeconds: number;
    retryAfter: number;
  }): ProblemWords => ({
    status: 429,
    title: "The compute budget is spent",
    detail: `This takes about ${Math.ceil(facts.seconds)} s of compute, ${facts.remainingSeconds} s are left today. What is computed already costs nothing.`,
    headers: { "Retry-After": String(facts.retryAfter) },
  }),
  "cost-over-budget": (facts: { seconds: number; budgetSeconds: number }): ProblemWords => ({
    status: 403,
    title: "This costs more than the budget of a day",
    detail: `It takes about ${Math.ceil(facts.seconds)} s of compute, the budget is ${facts.budgetSeconds} s a day. Ask for fewer samples or segments.`,
  }),
};

function keyRefusalText(refusal: KeyRefusal): string {
  switch (refusal.why) {
    case "malformed":
      return "Authorization must be Bearer and a key of this service.";
    case "unknown":
      return "There is no such key.";
    case "expired":
      return `The key expired at ${refusal.at}.`;
    case "revoked":
      return `The key was revoked at ${refusal.at}.`;
    default:
      return refusal satisfies never;
  }
}
