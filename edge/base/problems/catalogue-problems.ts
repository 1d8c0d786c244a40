import type { ProblemDefinition } from "./problem-definition.ts";

/** Problems with listeners, tracks, uploads, models and batches. */
export const CATALOGUE_PROBLEMS = {
  "unknown-listener": (facts: { id: string }): ProblemDefinition => ({
    status: 404,
    title: "Unknown listener",
    detail: `No listener has the id '${facts.id}'. GET /v1/listeners lists them.`,
  }),
  "listener-exists": (facts: { id: string }): ProblemDefinition => ({
    status: 409,
    title: "Listener already exists",
    detail: `The id '${facts.id}' is taken. Choose another, or PUT that listener's listens.`,
  }),
  "too-many-listeners": (facts: { limit: number }): ProblemDefinition => ({
    status: 403,
    title: "Too many listeners",
    detail: `A key can have ${facts.limit} listeners. Remove one with DELETE /v1/listeners/{listener}.`,
  }),
  "unknown-track": (facts: { id: string }): ProblemDefinition => ({
    status: 404,
    title: "Unknown track",
    detail: `No track has the id '${facts.id}'. GET /v1/tracks lists them.`,
  }),
  "missing-object": (facts: { key: string }): ProblemDefinition => ({
    status: 404,
    title: "File missing from storage",
    detail: `The catalogue refers to ${facts.key}, but no such file is stored. Seed the catalogue again.`,
  }),
  "no-model": (facts: { listener: string }): ProblemDefinition => ({
    status: 404,
    title: "This listener has no model",
    detail: `No model is active for '${facts.listener}'. Fit one with POST /v1/listeners/${facts.listener}/head.`,
  }),
  "head-not-fittable": (facts: { reason: string }): ProblemDefinition => ({
    status: 409,
    title: "Can't fit a head",
    detail: `Nothing was changed: ${facts.reason}.`,
  }),
  "unknown-model": (facts: { id: string }): ProblemDefinition => ({
    status: 404,
    title: "Unknown model",
    detail: `No model has the id '${facts.id}'. GET /v1/models lists them.`,
  }),
  "model-refused": (facts: { reason: string }): ProblemDefinition => ({
    status: 422,
    title: "Can't publish this model",
    detail: `Nothing was stored: ${facts.reason}.`,
  }),
  "worker-away": (facts: { reason: string; retryAfter: number }): ProblemDefinition => ({
    status: 503,
    title: "The gpu-worker is unavailable",
    detail: `Nothing was stored. ${facts.reason} Try again later.`,
    headers: { "Retry-After": String(facts.retryAfter) },
  }),
  "unknown-batch": (facts: { id: string }): ProblemDefinition => ({
    status: 404,
    title: "Unknown batch",
    detail: `No batch has the id '${facts.id}'. GET /v1/batches lists them.`,
  }),
  "not-audio": (facts: { format?: string }): ProblemDefinition => ({
    status: 415,
    title: facts.format ? `Unsupported file type ${facts.format}` : "Not an audio file",
    detail:
      "Send WAV, AIFF, MP3, Ogg Vorbis, Opus, FLAC or M4A as the body, or as the part `audio` of multipart/form-data.",
  }),
  "storage-full": (facts: { bytes: number; storageBytes: number }): ProblemDefinition => ({
    status: 403,
    title: "Storage full",
    detail: `${facts.bytes} more bytes exceed the limit of ${facts.storageBytes} for all tracks together. Remove one with DELETE /v1/tracks/{track}.`,
  }),
  "too-many-uploads": (facts: { limit: number }): ProblemDefinition => ({
    status: 429,
    title: "Too many uploads at once",
    detail: `${facts.limit} uploads of yours are in progress. Wait until one has finished.`,
    headers: { "Retry-After": "10" },
  }),
  "uploads-busy": (): ProblemDefinition => ({
    status: 503,
    title: "Too many uploads in progress",
    detail: "The service receives as many uploads as it can. Try again in a few seconds.",
    headers: { "Retry-After": "10" },
  }),
  "upload-stalled": (): ProblemDefinition => ({
    status: 408,
    title: "Upload timed out",
    detail: "The body stopped arriving, or took more than 10 minutes. Send it again.",
  }),
  "visitors-full": (): ProblemDefinition => ({
    status: 503,
    title: "No room for visitors' tracks",
    detail:
      "Visitors' tracks are removed after a day, so try again later. An API key has storage of its own.",
    headers: { "Retry-After": "3600" },
  }),
  "upload-failed": (facts: {
    id: string;
    attempts: number;
    reason: string;
  }): ProblemDefinition => ({
    status: 502,
    title: "Couldn't decode the upload",
    detail: `Failed after ${facts.attempts} attempts: ${facts.reason} Repeat POST /v1/tracks to try again.`,
  }),
  "not-an-upload": (facts: { id: string }): ProblemDefinition => ({
    status: 403,
    title: "This track belongs to the catalogue",
    detail: `'${facts.id}' isn't an upload. Only uploads can be removed.`,
  }),
  "unknown-song": (): ProblemDefinition => ({
    status: 404,
    title: "Song not found",
    detail:
      "It was deleted, its 24 hours are over, or you uploaded it in another browser. A song opens only in the browser that uploaded it.",
  }),
};
