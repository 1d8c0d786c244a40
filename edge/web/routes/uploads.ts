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
import type { AppEnv } from "../../access/app-env.ts";
import { requireUploader, requireUploaderOrWelcome } from "../../access/require-scope.ts";
import { spendingOf } from "../../access/spend.ts";
import { setVisitorCookie } from "../../access/visitor.ts";
import { PRIVATE } from "../../base/http/cache-control.ts";
import { preferenceApplied, preferredWaitSeconds } from "../../base/http/header-fields.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { findTrack } from "../../catalogue/tracks.ts";
import { findUploadedTrack } from "../../work/uploads/find-uploaded-track.ts";
import { beginIdempotent, IDEMPOTENCY_KEY } from "../../work/uploads/idempotency.ts";
import { formBoundary } from "../../work/uploads/multipart-form.ts";
import { probeJobOf } from "../../work/uploads/probe-job.ts";
import {
  discardReceived,
  type ReceivedAudio,
  receiveAudio,
} from "../../work/uploads/receive-audio.ts";
import { removeUpload } from "../../work/uploads/remove-upload.ts";
import { sweepVisitors } from "../../work/uploads/sweep-visitors.ts";
import { readUploadForm, type UploadTexts } from "../../work/uploads/upload-form.ts";
import { uploadOwnerOf } from "../../work/uploads/upload-owner.ts";
import { uploadTrack } from "../../work/uploads/upload-track.ts";
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

/** What every answer of `POST /v1/tracks` has. */
const answered = ["Cache-Control", "Preference-Applied"] as const;

const postTrack = createRoute({
  method: "post",
  path: "/v1/tracks",
  summary: "Upload a track of your own",
  description: `The body is the audio file (wav, mp3, ogg vorbis, opus, flac, m4a; at most ${MAX_AUDIO_BYTES} bytes, 15 minutes, 8 channels), or a form with the file as \`audio\`. The track is visible to its key only, and so is whatever is made of it. The same bytes again are the same track. Where the service welcomes visitors, its own pages may upload without a key: a cookie then stands for it, and the track is kept for a day.`,
  security: [{ key: [] }],
  middleware: [requireUploaderOrWelcome] as const,
  request: {
    query: z.strictObject({
      title: TrackText.optional()
        .describe("of a body that is the file itself")
        .meta({ example: "My song" }),
      artist: TrackText.optional().meta({ example: "Me" }),
    }),
    headers: z.object({
      "idempotency-key": z
        .string()
        .optional()
        .describe("1 to 200 visible characters; remembered for a day; needs a key")
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
      "the same bytes were uploaded before: that track",
      TrackDetail,
      uploadedTrackExample,
      ...answered,
    ),
    201: json("the new track", TrackDetail, uploadedTrackExample, ...answered, "Location"),
    202: json(
      "it is being decoded; `Location` names where it will be",
      Upload,
      uploadExample,
      ...answered,
      "Location",
      "Retry-After",
    ),
    400: badRequest,
    ...refused("upload", { kind: "storage-full", bytes: 8_123_456, storageBytes: 1_000_000_000 }),
    409: problem("a request with this Idempotency-Key is at work", {
      kind: "idempotency-in-progress",
    }),
    413: problem("the file is too large", {
      kind: "body-too-large",
      limitBytes: MAX_AUDIO_BYTES,
    }),
    415: problem(
      "the body is not an audio file, or is not said to be one",
      { kind: "not-audio" },
      {
        kind: "unsupported-media-type",
        received: "application/x-www-form-urlencoded",
        wanted: UPLOAD_MEDIA_TYPES,
      },
    ),
    422: problem(
      "the file cannot be decoded, or the Idempotency-Key was used for another one",
      undecodable,
      { kind: "idempotency-key-reused" },
    ),
    429: tooMuch({ kind: "budget-spent", seconds: 12, remainingSeconds: 2, retryAfter: 7658 }),
    502: problem(
      "every attempt to decode it failed; the same POST starts it again",
      decodingFailed,
    ),
    503: problem("there is no room for visitors' songs; `Retry-After` says when to ask again", {
      kind: "visitors-full",
    }),
  },
});

const deleteTrack = createRoute({
  method: "delete",
  path: "/v1/tracks/{track}",
  summary: "Remove a track of your own, and all that was made of it",
  security: [{ key: [] }],
  middleware: [requireUploader] as const,
  request: { params: z.object({ track: TrackId }), ...noQuery },
  responses: {
    200: json("what was removed", Removal, removalExample, "Cache-Control"),
    400: badRequest,
    ...refused("upload", { kind: "not-an-upload", id: trackExample.id }),
    404: problem("no such track of this key", unknownTrack),
    429: tooMuch(),
  },
});

export const uploadRoutes = createRouter()
  .openapi(postTrack, async (c) => {
    const { key } = c.get("caller");
    refuseAnnouncedSize(c);
    const again = key && (await beginIdempotent(c.env.DB, key.id, c.req.header("Idempotency-Key")));
    let received: ReceivedAudio | null = null;
    try {
      const form = await receiveBody(c);
      received = form.received;
      const texts = { ...form.texts, ...c.req.valid("query") };
      await again?.settle(await sha256Hex(JSON.stringify([received.sha256, texts])));
      const owner = await uploadOwnerOf(c);
      const { id, isNew } = await uploadTrack(c.env, owner, received, texts, spendingOf(c));
      if (owner.visitor !== null) {
        await setVisitorCookie(c, owner.visitor.visitor);
        c.executionCtx.waitUntil(sweepVisitors(c.env, new Date()));
      }
      return await answerUpload(c, id, isNew);
    } catch (error) {
      await again?.forget();
      throw error;
    } finally {
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
    const isEverybodys = (await findTrack(c.env.DB, id, owner)) !== null;
    throw new ProblemError(
      isEverybodys ? { kind: "not-an-upload", id } : { kind: "unknown-track", id },
    );
  });

/** Saves sending what would be refused; the bytes are counted all the same. */
function refuseAnnouncedSize(c: Context<AppEnv>): void {
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
  const body = c.req.raw.body;
  if (body === null) throw new ProblemError({ kind: "not-audio" });
  const { BUCKET } = c.env;
  if (!isForm) return { received: await receiveAudio(BUCKET, body), texts: {} };
  const boundary = formBoundary(contentType);
  if (boundary === null) throw new ProblemError({ kind: "not-audio" });
  return readUploadForm(body, boundary, (file) => receiveAudio(BUCKET, file));
}

async function answerUpload(c: Context<AppEnv>, id: TrackId, isNew: boolean) {
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
