import { createRoute, z } from "@hono/zod-openapi";
import {
  removalExample,
  trackExample,
  uploadExample,
  uploadedTrackExample,
} from "@lemons/shared/contract/catalogue.example";
import { TrackId } from "@lemons/shared/contract/identifier";
import {
  MAX_AUDIO_BYTES,
  MAX_TEXT_LENGTH,
  Removal,
  TrackDetail,
  TrackText,
  Upload,
} from "@lemons/shared/contract/track";
import { sha256Hex } from "@lemons/shared/identity/sha256";
import type { Context } from "hono";
import { accountOf } from "../../access/account.ts";
import type { AppEnv } from "../../access/app-env.ts";
import { type Payer, releasePayer } from "../../access/payer.ts";
import { requireUploader, requireUploaderOrWelcome } from "../../access/require-scope.ts";
import { spendingOf } from "../../access/spend.ts";
import { setVisitorCookie } from "../../access/visitor.ts";
import { PRIVATE } from "../../base/http/cache-control.ts";
import { preferenceApplied, preferredWaitSeconds } from "../../base/http/header-fields.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { findTrack } from "../../catalogue/tracks.ts";
import { beginIdempotent, IDEMPOTENCY_KEY } from "../../work/uploads/idempotency.ts";
import { formBoundary } from "../../work/uploads/multipart-form.ts";
import { PROBING_SECONDS, probeJobOf } from "../../work/uploads/probe-job.ts";
import {
  discardReceived,
  type ReceivedAudio,
  receiveAudio,
} from "../../work/uploads/receive-audio.ts";
import { removeUpload } from "../../work/uploads/remove-upload.ts";
import { sweepVisitors } from "../../work/uploads/sweep-uploads.ts";
import { readUploadForm, type UploadTexts } from "../../work/uploads/upload-form.ts";
import { readBody, uploadLimits } from "../../work/uploads/upload-limits.ts";
import { findUploadedTrack, uploadOwnerOf, uploadTrack } from "../../work/uploads/upload-track.ts";
import { findUpload } from "../../work/uploads/uploads.ts";
import { createRouter } from "./create-app.ts";
import { noQuery } from "./parameters.ts";
import {
  badRequest,
  decodingFailed,
  json,
  problem,
  refused,
  tooMuch,
  undecodable,
  unknownTrack,
} from "./responses.ts";

const POLL_SECONDS = 1;
const UPLOAD_MEDIA_TYPES = "audio/*, application/octet-stream or multipart/form-data";

const text = (example: string) => ({
  type: "string" as const,
  minLength: 1,
  maxLength: MAX_TEXT_LENGTH,
  pattern: "\\S",
  example,
});
const audioBody = { schema: { type: "string" as const, format: "binary" } };

/** Headers of every response of `POST /v1/tracks`. */
const postHeaders = ["Cache-Control", "Preference-Applied"] as const;

const postTrack = createRoute({
  method: "post",
  path: "/v1/tracks",
  summary: "Upload a private track",
  description: `The body is an audio file (WAV, MP3, Ogg Vorbis, Opus, FLAC, M4A; at most ${MAX_AUDIO_BYTES} bytes, 15 minutes, 8 channels), or a form with the file as \`audio\`. Only its key sees the track and everything made from it. The same bytes are the same track. If the service allows visitors, its own pages can upload without a key: a cookie identifies the visitor, and the track is kept for a day.`,
  security: [{ key: [] }],
  middleware: [requireUploaderOrWelcome] as const,
  request: {
    query: z.strictObject({
      title: TrackText.optional()
        .describe("if the body is the file itself")
        .meta({ example: "My song" }),
      artist: TrackText.optional().meta({ example: "Me" }),
    }),
    headers: z.object({
      "idempotency-key": z
        .string()
        .optional()
        .describe("1 to 200 visible characters, remembered for a day; requires a key")
        .meta({ pattern: IDEMPOTENCY_KEY.source, example: "8e03978e-40d5-43dd-bc93-6894a57f9324" }),
      prefer: z
        .string()
        .optional()
        .describe("`wait=1` to `wait=20`, or `respond-async`")
        .meta({ example: "wait=20" }),
    }),
    body: {
      required: true,
      content: {
        "application/octet-stream": audioBody,
        "audio/*": audioBody,
        "multipart/form-data": {
          schema: {
            type: "object" as const,
            properties: {
              audio: { type: "string" as const, format: "binary" },
              title: text("My song"),
              artist: text("Me"),
            },
            required: ["audio"],
            additionalProperties: false,
          },
        },
      },
    },
  },
  responses: {
    200: json(
      "the track that was uploaded with the same bytes before",
      TrackDetail,
      uploadedTrackExample,
      ...postHeaders,
    ),
    201: json("the new track", TrackDetail, uploadedTrackExample, ...postHeaders, "Location"),
    202: json(
      "still decoding; `Location` is the address of the track",
      Upload,
      uploadExample,
      ...postHeaders,
      "Location",
      "Retry-After",
    ),
    400: badRequest,
    ...refused("upload", { kind: "storage-full", bytes: 8_123_456, storageBytes: 1_000_000_000 }),
    409: problem("a request with this Idempotency-Key is running", {
      kind: "idempotency-in-progress",
    }),
    413: problem("the file is too large", {
      kind: "body-too-large",
      limitBytes: MAX_AUDIO_BYTES,
    }),
    415: problem(
      "the body isn't an audio file, or its Content-Type isn't supported",
      { kind: "not-audio" },
      {
        kind: "unsupported-media-type",
        received: "application/x-www-form-urlencoded",
        wanted: UPLOAD_MEDIA_TYPES,
      },
    ),
    422: problem(
      "the file can't be decoded, or the Idempotency-Key was used for another file",
      undecodable,
      { kind: "idempotency-key-reused" },
    ),
    408: problem("the body stopped arriving", { kind: "upload-stalled" }),
    429: tooMuch(
      { kind: "budget-spent", seconds: 12, remainingSeconds: 2, retryAfter: 7658 },
      { kind: "too-many-uploads", limit: 8 },
    ),
    502: problem(
      "every attempt to decode the file failed; the same POST starts it again",
      decodingFailed,
    ),
    503: problem(
      "no room for visitors' tracks, or too many uploads; `Retry-After` says when to retry",
      { kind: "visitors-full" },
      { kind: "uploads-busy" },
    ),
  },
});

const deleteTrack = createRoute({
  method: "delete",
  path: "/v1/tracks/{track}",
  summary: "Remove a private track and everything made from it",
  security: [{ key: [] }],
  middleware: [requireUploader] as const,
  request: { params: z.object({ track: TrackId }), ...noQuery },
  responses: {
    200: json("what was removed", Removal, removalExample, "Cache-Control"),
    400: badRequest,
    ...refused("upload", { kind: "not-an-upload", id: trackExample.id }),
    404: problem("no such track of the caller", unknownTrack),
    429: tooMuch(),
  },
});

export const uploadRoutes = createRouter()
  .openapi(postTrack, async (c) => {
    const { key } = c.get("caller");
    checkContentLength(c);
    const owner = await uploadOwnerOf(c);
    const leave = uploadLimits.enter((await accountOf(c)).name);
    let again: Awaited<ReturnType<typeof beginIdempotent>> = null;
    let payer: Payer | null = null;
    let received: ReceivedAudio | null = null;
    try {
      again = key && (await beginIdempotent(c.env.DB, key.id, c.req.header("Idempotency-Key")));
      // Before the first byte is read: a caller who can't pay must not hold memory.
      const { requestId, reserve } = spendingOf(c);
      payer = await reserve(PROBING_SECONDS);
      const form = await receiveBody(c);
      received = form.received;
      const texts = { ...form.texts, ...c.req.valid("query") };
      await again?.settle(await sha256Hex(JSON.stringify([received.sha256, texts])));
      const origin = { requestId, payer };
      const { id, isNew, holdsPayer } = await uploadTrack(c.env, owner, received, texts, origin);
      if (holdsPayer) payer = null;
      if (owner.visitor !== null) {
        await setVisitorCookie(c, owner.visitor.visitor);
        c.executionCtx.waitUntil(sweepVisitors(c.env, new Date()));
      }
      return await respondUpload(c, id, isNew);
    } catch (error) {
      await again?.forget();
      throw error;
    } finally {
      leave();
      if (payer !== null) await releasePayer(c.env, payer);
      if (received !== null) await discardReceived(c.env.BUCKET, received);
    }
  })
  .openapi(deleteTrack, async (c) => {
    const { track: id } = c.req.valid("param");
    const { owner, scopes } = c.get("caller");
    const upload = await findUpload(c.env.DB, id);
    if (upload !== null && (upload.owner === owner || scopes.has("admin"))) {
      return c.json(await removeUpload(c.env, upload), 200);
    }
    const isPublic = (await findTrack(c.env.DB, id, owner)) !== null;
    throw new ProblemError(
      isPublic ? { kind: "not-an-upload", id } : { kind: "unknown-track", id },
    );
  });

/** Rejects a too large Content-Length before the body is sent. Reading the body counts its bytes anyway. */
function checkContentLength(c: Context<AppEnv>): void {
  if (Number(c.req.header("Content-Length") ?? 0) > MAX_AUDIO_BYTES + MAX_FORM_OVERHEAD_BYTES) {
    throw new ProblemError({ kind: "body-too-large", limitBytes: MAX_AUDIO_BYTES });
  }
}
const MAX_FORM_OVERHEAD_BYTES = 16 * 1024;

async function receiveBody(
  c: Context<AppEnv>,
): Promise<{ received: ReceivedAudio; texts: UploadTexts }> {
  const contentType = c.req.header("Content-Type");
  const isForm = contentType?.toLowerCase().startsWith("multipart/") ?? false;
  const isAudio =
    contentType === undefined ||
    /^(?:audio\/|application\/(?:octet-stream|ogg))/i.test(contentType);
  if (!isForm && !isAudio) {
    throw new ProblemError({
      kind: "unsupported-media-type",
      received: contentType,
      wanted: UPLOAD_MEDIA_TYPES,
    });
  }
  if (c.req.raw.body === null) throw new ProblemError({ kind: "not-audio" });
  const maxBytes = MAX_AUDIO_BYTES + (isForm ? MAX_FORM_OVERHEAD_BYTES : 0);
  const body = readBody(c.req.raw.body, { maxBytes });
  const { BUCKET } = c.env;
  if (!isForm) return { received: await receiveAudio(BUCKET, body), texts: {} };
  const boundary = formBoundary(contentType);
  if (boundary === null) throw new ProblemError({ kind: "not-audio" });
  return readUploadForm(body, boundary, (file) => receiveAudio(BUCKET, file));
}

async function respondUpload(c: Context<AppEnv>, id: TrackId, isNew: boolean) {
  const waitSeconds = preferredWaitSeconds(c.req.header("Prefer"));
  if (waitSeconds > 0) {
    await probeJobOf(c.env, id).settled(waitSeconds * 1000);
  }
  const found = await findUploadedTrack(c.env, id, c.get("caller").owner);
  const applied = preferenceApplied(c.req.header("Prefer"), "state" in found);
  if (applied !== null) c.header("Preference-Applied", applied);
  c.header("Cache-Control", PRIVATE);
  c.header("Location", `/v1/tracks/${id}`);
  if ("state" in found) {
    c.header("Retry-After", String(POLL_SECONDS));
    return c.json(found, 202);
  }
  return isNew ? c.json(found, 201) : c.json(found, 200);
}
