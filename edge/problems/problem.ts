import type { Scope } from "@lemons/shared/contract/access";
import type { Problem } from "@lemons/shared/contract/problem";

/** One field of a request that is wrong. */
export interface FieldError {
  field: string;
  message: string;
}

/** Why a key does not hold; the last two are told to its holder only. */
export type KeyRefusal =
  | { why: "malformed" | "unknown" }
  | { why: "expired" | "revoked"; at: string };

/** Everything that can go wrong for a caller, with what only the inside knows. */
export type Failure =
  | { kind: "bad-request"; errors: FieldError[] }
  | { kind: "malformed-json"; reason: string }
  | { kind: "unsupported-media-type"; received: string | undefined; wanted: string }
  | { kind: "body-too-large"; limitBytes: number }
  | { kind: "key-needed"; scope: Scope }
  | { kind: "key-refused"; refusal: KeyRefusal }
  | { kind: "missing-scope"; scope: Scope }
  | { kind: "too-many-requests"; seconds: number }
  | { kind: "budget-spent"; seconds: number; remainingSeconds: number; retryAfter: number }
  | { kind: "cost-over-budget"; seconds: number; budgetSeconds: number }
  | { kind: "not-audio" }
  | { kind: "storage-full"; bytes: number; storageBytes: number }
  | { kind: "visitors-full" }
  | { kind: "upload-failed"; id: string; attempts: number; reason: string }
  | { kind: "not-an-upload"; id: string }
  | { kind: "idempotency-in-progress" }
  | { kind: "idempotency-key-reused" }
  | { kind: "route-not-found"; path: string }
  | { kind: "method-not-allowed"; method: string; allow: readonly string[] }
  | { kind: "unknown-listener"; id: string }
  | { kind: "listener-exists"; id: string }
  | { kind: "too-many-listeners"; limit: number }
  | { kind: "unknown-track"; id: string }
  | { kind: "unknown-song" }
  | { kind: "unknown-explanation"; id: string }
  | { kind: "private-explanation"; id: string }
  | { kind: "not-private"; id: string }
  | { kind: "link-expired"; at: string }
  | { kind: "link-leads-nowhere" }
  | { kind: "not-explained"; listener: string; track: string }
  | { kind: "not-embeddable"; url: string }
  | { kind: "format-not-implemented"; format: string }
  | { kind: "unknown-batch"; id: string }
  | { kind: "unknown-model"; id: string }
  | { kind: "model-refused"; reason: string }
  | { kind: "worker-away"; reason: string; retryAfter: number }
  | { kind: "no-model"; listener: string }
  | { kind: "head-not-fittable"; reason: string }
  | { kind: "receiver-gone"; until: string }
  | { kind: "too-many-webhooks"; limit: number }
  | { kind: "unknown-delivery"; id: string }
  | { kind: "delivery-pending"; id: string }
  | { kind: "missing-object"; key: string }
  | { kind: "missing-highlight"; id: string; name: string }
  | { kind: "missing-stem"; id: string; source: string; sources: readonly string[] }
  | { kind: "range-not-satisfiable"; range: string; size: number }
  | { kind: "explanation-failed"; id: string; attempts: number; reason: string }
  | { kind: "input-unusable"; track: string; reason: string }
  | { kind: "missing-table"; id: string }
  | { kind: "explanation-not-ready"; id: string }
  | { kind: "audio-not-ready"; id: string }
  | { kind: "audio-failed"; id: string; attempts: number; reason: string }
  | { kind: "link-refused"; reason: string }
  | { kind: "upload-refused"; status: 400 | 409 | 411 | 413; reason: string }
  | { kind: "internal" };

/** A failure on its way to the one place that turns it into an answer. */
export class ProblemError extends Error {
  override name = "ProblemError";
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.kind);
    this.failure = failure;
  }
}

interface ProblemAnswer {
  body: Problem;
  headers: Record<string, string>;
}

type Wire = Pick<Problem, "title" | "status" | "detail" | "errors"> & {
  headers?: Record<string, string>;
};

/**
 * The one mapping from failures to the wire: RFC 9457 problem details.
 *
 * @param instance the request id, so that an answer can be found in the logs
 */
export function toProblem(failure: Failure, instance?: string): ProblemAnswer {
  const { headers = {}, ...rest } = wire(failure);
  return {
    body: {
      type: `/problems/${failure.kind}`,
      ...rest,
      ...(instance === undefined ? {} : { instance }),
    },
    headers,
  };
}

function wire(failure: Failure): Wire {
  switch (failure.kind) {
    case "bad-request":
      return {
        status: 400,
        title: "The request has fields that are wrong",
        detail: failure.errors.map((e) => `${e.field}: ${e.message}`).join("; "),
        errors: failure.errors,
      };
    case "malformed-json":
      return {
        status: 400,
        title: "The body is not JSON",
        detail: `The body could not be read as JSON (${failure.reason}). Send one JSON object.`,
        errors: [{ field: "body", message: failure.reason }],
      };
    case "unsupported-media-type":
      return {
        status: 415,
        title: "The body has a media type that is not understood",
        detail: `Got ${failure.received ?? "no Content-Type"}; send ${failure.wanted}.`,
      };
    case "body-too-large":
      return {
        status: 413,
        title: "The body is too large",
        detail: `At most ${failure.limitBytes} bytes are read.`,
      };
    case "key-needed":
      return {
        status: 401,
        title: "This needs an API key",
        detail: `Send \`Authorization: Bearer\` with a key that has the scope ${failure.scope}.`,
        headers: { "WWW-Authenticate": challenge({ scope: failure.scope }) },
      };
    case "key-refused": {
      const detail = keyRefusalText(failure.refusal);
      return {
        status: 401,
        title: "The API key does not hold",
        detail,
        headers: {
          "WWW-Authenticate": challenge({ error: "invalid_token", error_description: detail }),
        },
      };
    }
    case "missing-scope":
      return {
        status: 403,
        title: "The API key may not do this",
        detail: `It lacks the scope ${failure.scope}.`,
        headers: {
          "WWW-Authenticate": challenge({ error: "insufficient_scope", scope: failure.scope }),
        },
      };
    case "too-many-requests":
      return {
        status: 429,
        title: "Too many requests at once",
        detail: `Wait ${failure.seconds} s and send fewer at a time.`,
        headers: { "Retry-After": String(failure.seconds) },
      };
    case "budget-spent":
      return {
        status: 429,
        title: "The compute budget is spent",
        detail: `This takes about ${Math.ceil(failure.seconds)} s of compute, ${failure.remainingSeconds} s are left today. What is computed already costs nothing.`,
        headers: { "Retry-After": String(failure.retryAfter) },
      };
    case "cost-over-budget":
      return {
        status: 403,
        title: "This costs more than the budget of a day",
        detail: `It takes about ${Math.ceil(failure.seconds)} s of compute, the budget is ${failure.budgetSeconds} s a day. Ask for fewer samples or segments.`,
      };
    case "not-audio":
      return {
        status: 415,
        title: "The body is not an audio file",
        detail:
          "Send wav, mp3, ogg vorbis, opus, flac or m4a as the body, or as the part `audio` of multipart/form-data.",
      };
    case "storage-full":
      return {
        status: 403,
        title: "The storage is full",
        detail: `There is no room for ${failure.bytes} bytes more: all tracks together may have ${failure.storageBytes}. DELETE /v1/tracks/{track} makes room.`,
      };
    case "visitors-full":
      return {
        status: 503,
        title: "There is no room for visitors' songs at the moment",
        detail:
          "What visitors upload is removed after a day, which makes room: try again later. With an API key there is room of one's own.",
        headers: { "Retry-After": "3600" },
      };
    case "upload-failed":
      return {
        status: 502,
        title: "The upload could not be decoded",
        detail: `After ${failure.attempts} attempts: ${failure.reason} The same POST /v1/tracks starts it again.`,
      };
    case "not-an-upload":
      return {
        status: 403,
        title: "This track belongs to the catalogue",
        detail: `${failure.id} was not uploaded with a key, so no key can remove it.`,
      };
    case "idempotency-in-progress":
      return {
        status: 409,
        title: "A request with this Idempotency-Key is at work",
        detail: "Wait for its answer, or send the same request again later.",
      };
    case "idempotency-key-reused":
      return {
        status: 422,
        title: "The Idempotency-Key was used for something else",
        detail: "Within a day the same key stands for the same file, title and artist.",
      };
    case "route-not-found":
      return {
        status: 404,
        title: "There is nothing here",
        detail: `No resource has the path ${failure.path}. /openapi.json lists what there is.`,
      };
    case "method-not-allowed":
      return {
        status: 405,
        title: "This method is not allowed here",
        detail: `${failure.method} is not among ${failure.allow.join(", ")}.`,
        headers: { Allow: failure.allow.join(", ") },
      };
    case "unknown-listener":
      return {
        status: 404,
        title: "Unknown listener",
        detail: `No listener is called ${failure.id}. GET /v1/listeners names them all.`,
      };
    case "listener-exists":
      return {
        status: 409,
        title: "There is such a listener already",
        detail: `The id ${failure.id} is taken; choose another, or PUT that listener's listens.`,
      };
    case "too-many-listeners":
      return {
        status: 403,
        title: "The key has too many listeners",
        detail: `A key may have ${failure.limit}. DELETE /v1/listeners/{listener} makes room.`,
      };
    case "unknown-track":
      return {
        status: 404,
        title: "Unknown track",
        detail: `No track is called ${failure.id}. GET /v1/tracks names them all.`,
      };
    case "unknown-song":
      return {
        status: 404,
        title: "This song is not here",
        detail:
          "It may have been deleted, its day may be over, or it was uploaded in another browser: a song can be seen where it was uploaded only.",
      };
    case "unknown-explanation":
      return {
        status: 404,
        title: "Unknown explanation",
        detail: `Nobody has asked for ${failure.id}. POST /v1/explanations asks for one.`,
      };
    case "private-explanation":
      return {
        status: 401,
        title: "This explanation is private",
        detail:
          "It is about somebody's own song. Whoever that is can make a link that shows it for a while (POST /v1/explanations/{explanation}/links): ask for one.",
        headers: { "WWW-Authenticate": challenge({}) },
      };
    case "not-private":
      return {
        status: 409,
        title: "This explanation is everybody's",
        detail: `${failure.id} needs no signed link: /embed/${failure.id} and /e/${failure.id} show it to anybody.`,
      };
    case "link-expired":
      return {
        status: 410,
        title: "This link has expired",
        detail: `It held until ${failure.at}. Whoever made it can make another, as long as the song is kept.`,
      };
    case "link-leads-nowhere":
      return {
        status: 404,
        title: "This is no longer here",
        detail: "The song that this link showed has been deleted, or its time here is over.",
      };
    case "not-explained":
      return {
        status: 404,
        title: "This is not explained yet",
        detail: `Nobody has asked yet why ${failure.track} is for ${failure.listener}. POST /v1/explanations asks.`,
      };
    case "not-embeddable":
      return {
        status: 404,
        title: "There is nothing to embed",
        detail: `${failure.url} is no page of an explanation here: /e/{id}, /embed/… and the pages of tracks are.`,
      };
    case "format-not-implemented":
      return {
        status: 501,
        title: "This format is not implemented",
        detail: `Answers are JSON, not ${failure.format}.`,
      };
    case "unknown-batch":
      return {
        status: 404,
        title: "Unknown batch",
        detail: `No batch is called ${failure.id}. GET /v1/batches names them all.`,
      };
    case "unknown-model":
      return {
        status: 404,
        title: "There is no such model",
        detail: `No model has the id ${failure.id}; GET /v1/models lists them.`,
      };
    case "model-refused":
      return {
        status: 422,
        title: "The model cannot be published",
        detail: `Nothing was stored: ${failure.reason}.`,
      };
    case "worker-away":
      return {
        status: 503,
        title: "The gpu-worker is not there",
        detail: `Nothing was stored; try again. ${failure.reason}`,
        headers: { "Retry-After": String(failure.retryAfter) },
      };
    case "head-not-fittable":
      return {
        status: 409,
        title: "A head cannot be fitted now",
        detail: `Nothing was changed: ${failure.reason}.`,
      };
    case "no-model":
      return {
        status: 404,
        title: "This listener has no model",
        detail: `No model is active for ${failure.listener}, so nothing can be recommended or explained. POST /v1/listeners/${failure.listener}/head makes one.`,
      };
    case "receiver-gone":
      return {
        status: 422,
        title: "The webhook does not want to be called",
        detail: `It answered 410 Gone, so nothing is sent there until ${failure.until}. Name another, or none.`,
        errors: [{ field: "webhook", message: "answered 410 Gone" }],
      };
    case "too-many-webhooks":
      return {
        status: 429,
        title: "Too many webhooks are waiting",
        detail: `${failure.limit} deliveries of this key are on their way; GET /v1/webhooks/deliveries says why they wait.`,
        headers: { "Retry-After": "60" },
      };
    case "unknown-delivery":
      return {
        status: 404,
        title: "Unknown delivery",
        detail: `No delivery is called ${failure.id}. GET /v1/webhooks/deliveries names them all.`,
      };
    case "delivery-pending":
      return {
        status: 409,
        title: "The delivery is on its way",
        detail: `${failure.id} is not over: GET /v1/webhooks/deliveries says when it is tried next.`,
      };
    case "missing-object":
      return {
        status: 404,
        title: "The bytes are missing",
        detail: `The catalogue names ${failure.key}, but nothing is stored there. Seed the catalogue again.`,
      };
    case "missing-highlight":
      return {
        status: 404,
        title: "This explanation has no such audio",
        detail: `Explanation ${failure.id} has no ${failure.name}: its highlights name what there is.`,
      };
    case "missing-stem":
      return {
        status: 404,
        title: "This explanation has no such source",
        detail:
          failure.sources.length === 0
            ? `Explanation ${failure.id} took nothing apart: it is about time alone.`
            : `Explanation ${failure.id} has no source ${failure.source}; its sources are ${failure.sources.join(", ")}.`,
      };
    case "range-not-satisfiable":
      return {
        status: 416,
        title: "The range cannot be satisfied",
        detail: `"${failure.range}" is not one range within ${failure.size} bytes.`,
        headers: { "Content-Range": `bytes */${failure.size}` },
      };
    case "explanation-failed":
      return {
        status: 502,
        title: "The explanation could not be computed",
        detail: `After ${failure.attempts} attempts: ${failure.reason} The same POST /v1/explanations starts it again.`,
      };
    case "input-unusable":
      return {
        status: 422,
        title: "This cannot be explained",
        detail: `${failure.track}: ${failure.reason}`,
      };
    case "missing-table":
      return {
        status: 404,
        title: "This explanation has no response table",
        detail: `Explanation ${failure.id} was computed from drawn masks; its neighbourhood says so.`,
      };
    case "explanation-not-ready":
      return {
        status: 503,
        title: "The explanation is still being computed",
        detail: `GET /v1/explanations/${failure.id} says how far it is; ask again when it is there.`,
        headers: { "Retry-After": "2" },
      };
    case "audio-not-ready":
      return {
        status: 503,
        title: "The audio is still being rendered",
        detail: `The audio of ${failure.id} will be here in a few seconds; ask again.`,
        headers: { "Retry-After": "5" },
      };
    case "audio-failed":
      return {
        status: 502,
        title: "The audio could not be rendered",
        detail: `After ${failure.attempts} attempts: ${failure.reason} Asking again starts anew.`,
      };
    case "link-refused":
      return { status: 403, title: "The link is not valid", detail: failure.reason };
    case "upload-refused":
      return { status: failure.status, title: "The upload is refused", detail: failure.reason };
    case "internal":
      return {
        status: 500,
        title: "Something went wrong here",
        detail: "The fault is on this side and has been logged under the instance's id.",
      };
    default:
      return unreachable(failure);
  }
}

/** RFC 6750, section 3. */
function challenge(parameters: Record<string, string>): string {
  const all = { realm: "lemons", ...parameters };
  return `Bearer ${Object.entries(all)
    .map(([name, value]) => `${name}="${value}"`)
    .join(", ")}`;
}

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
      return unreachable(refusal);
  }
}

function unreachable(failure: never): never {
  throw new Error(`a failure without an answer: ${JSON.stringify(failure)}`);
}
