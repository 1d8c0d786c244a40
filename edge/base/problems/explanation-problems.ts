import type { ProblemWords } from "./problem-words.ts";

/** What is wrong with explanations and their parts. */
export const EXPLANATION_PROBLEMS = {
  "unknown-explanation": (facts: { id: string }): ProblemWords => ({
    status: 404,
    title: "Unknown explanation",
    detail: `Nobody has asked for ${facts.id}. POST /v1/explanations asks for one.`,
  }),
  "not-explained": (facts: { listener: string; track: string }): ProblemWords => ({
    status: 404,
    title: "This is not explained yet",
    detail: `Nobody has asked yet why ${facts.track} is for ${facts.listener}. POST /v1/explanations asks.`,
  }),
  "input-unusable": (facts: { track: string; reason: string }): ProblemWords => ({
    status: 422,
    title: "This cannot be explained",
    detail: `${facts.track}: ${facts.reason}`,
  }),
  "explanation-not-ready": (facts: { id: string }): ProblemWords => ({
    status: 503,
    title: "The explanation is still being computed",
    detail: `GET /v1/explanations/${facts.id} says how far it is; ask again when it is there.`,
    headers: { "Retry-After": "2" },
  }),
  "explanation-failed": (facts: {
    id: string;
    attempts: number;
    reason: string;
  }): ProblemWords => ({
    status: 502,
    title: "The explanation could not be computed",
    detail: `After ${facts.attempts} attempts: ${facts.reason} The same POST /v1/explanations starts it again.`,
  }),
  "missing-table": (facts: { id: string }): ProblemWords => ({
    status: 404,
    title: "This explanation has no response table",
    detail: `Explanation ${facts.id} was computed from drawn masks; its neighbourhood says so.`,
  }),
  "missing-highlight": (facts: { id: string; name: string }): ProblemWords => ({
    status: 404,
    title: "This explanation has no such audio",
    detail: `Explanation ${facts.id} has no ${facts.name}: its highlights name what there is.`,
  }),
  "missing-stem": (facts: {
    id: string;
    source: string;
    sources: readonly string[];
  }): ProblemWords => ({
    status: 404,
    title: "This explanation has no such source",
    detail:
      facts.sources.length === 0
        ? `Explanation ${facts.id} took nothing apart: it is about time alone.`
        : `Explanation ${facts.id} has no source ${facts.source}; its sources are ${facts.sources.join(", ")}.`,
  }),
  "audio-not-ready": (facts: { id: string }): ProblemWords => ({
    status: 503,
    title: "The audio is still being rendered",
    detail: `The audio of ${facts.id} will be here in a few seconds; ask again.`,
    headers: { "Retry-After": "5" },
  }),
  "audio-failed": (facts: { id: string; attempts: number; reason: string }): ProblemWords => ({
    status: 502,
    title: "The audio could not be rendered",
    detail: `After ${facts.attempts} attempts: ${facts.reason} Asking again starts anew.`,
  }),
};
