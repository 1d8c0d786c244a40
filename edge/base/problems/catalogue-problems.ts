import type { ProblemWords } from "./problem-words.ts";

/** What is wrong with listeners, tracks, models and batches. */
export const CATALOGUE_PROBLEMS = {
  "unknown-listener": (facts: { id: string }): ProblemWords => ({
    status: 404,
    title: "Unknown listener",
    detail: `No listener is called ${facts.id}. GET /v1/listeners names them all.`,
  }),
  "listener-exists": (facts: { id: string }): ProblemWords => ({
    status: 409,
    title: "There is such a listener already",
    detail: `The id ${facts.id} is taken; choose another, or PUT that listener's listens.`,
  }),
  "too-many-listeners": (facts: { limit: number }): ProblemWords => ({
    status: 403,
    title: "The key has too many listeners",
    detail: `A key may have ${facts.limit}. DELETE /v1/listeners/{listener} makes room.`,
  }),
  "unknown-track": (facts: { id: string }): ProblemWords => ({
    status: 404,
    title: "Unknown track",
    detail: `No track is called ${facts.id}. GET /v1/tracks names them all.`,
  }),
  "missing-object": (facts: { key: string }): ProblemWords => ({
    status: 404,
    title: "The bytes are missing",
    detail: `The catalogue names ${facts.key}, but nothing is stored there. Seed the catalogue again.`,
  }),
  "no-model": (facts: { listener: string }): ProblemWords => ({
    status: 404,
    title: "This listener has no model",
    detail: `No model is active for ${facts.listener}, so nothing can be recommended or explained. POST /v1/listeners/${facts.listener}/head makes one.`,
  }),
  "head-not-fittable": (facts: { reason: string }): ProblemWords => ({
    status: 409,
    title: "A head cannot be fitted now",
    detail: `Nothing was changed: ${facts.reason}.`,
  }),
  "unknown-model": (facts: { id: string }): ProblemWords => ({
    status: 404,
    title: "There is no such model",
    detail: `No model has the id ${facts.id}; GET /v1/models lists them.`,
  }),
  "model-refused": (facts: { reason: string }): ProblemWords => ({
    status: 422,
    title: "The model cannot be published",
    detail: `Nothing was stored: ${facts.reason}.`,
  }),
  "worker-away": (facts: { reason: string; retryAfter: number }): ProblemWords => ({
    status: 503,
    title: "The gpu-worker is not there",
    detail: `Nothing was stored; try again. ${facts.reason}`,
    headers: { "Retry-After": String(facts.retryAfter) },
  }),
  "unknown-batch": (facts: { id: string }): ProblemWords => ({
    status: 404,
    title: "Unknown batch",
    detail: `No batch is called ${facts.id}. GET /v1/batches names them all.`,
  }),
};
