import type { KeyId } from "@lemons/shared/contract/access";
import type { TrackId } from "@lemons/shared/contract/identifier";
import type { TrackDetail, Upload } from "@lemons/shared/contract/track";
import type { Context } from "hono";
import { accountOf } from "../../access/account.ts";
import type { AppEnv } from "../../access/app-env.ts";
import type { Visitor } from "../../access/caller.ts";
import type { Payer } from "../../access/payer.ts";
import { renewVisitor } from "../../access/visitor.ts";
import { enterVisitor } from "../../access/visitor-rows.ts";
import { settingsOf } from "../../base/env.ts";
import { audioKey } from "../../base/object-keys.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { uploadId } from "../../catalogue/own-ids.ts";
import { findTrack } from "../../catalogue/tracks.ts";
import { audioBytesOf } from "./audio-bytes.ts";
import { probeJobOf } from "./probe-job.ts";
import type { ReceivedAudio } from "./receive-audio.ts";
import type { UploadTexts } from "./upload-form.ts";
import { findUpload, type NewUpload, type StorageLimits } from "./uploads.ts";

/** Bytes that all visitors of one network may store together: two of the largest files. */
const NETWORK_BYTES = 100_000_000;
const UNTITLED = "Untitled";
const UNKNOWN_ARTIST = "Unknown artist";

/** The owner of an upload. */
export interface UploadOwner {
  id: KeyId;
  limits: StorageLimits;
  /** Null for the holder of an API key. */
  visitor: { visitor: Visitor; network: string } | null;
}

/**
 * Finds the owner of what the caller uploads.
 *
 * @throws ProblemError key-needed
 */
export async function uploadOwnerOf(c: Context<AppEnv>): Promise<UploadOwner> {
  const { key, visitor } = c.get("caller");
  if (key !== null) {
    const limits = { ownerBytes: key.storageBytes, visitorsBytes: null };
    return { id: key.id, limits, visitor: null };
  }
  if (visitor === null) throw new ProblemError({ kind: "key-needed", scope: "upload" });
  const { name: network } = await accountOf(c);
  const { VISITOR_STORAGE_BYTES: visitorsBytes } = settingsOf(c.env);
  return {
    id: visitor.id,
    limits: { ownerBytes: NETWORK_BYTES, visitorsBytes },
    visitor: { visitor: renewVisitor(visitor, new Date()), network },
  };
}

/**
 * Enters a received file as a private track and starts decoding it. The same bytes again are the same
 * track.
 *
 * @param origin the request, and the payer of decoding
 * @returns the track's id, if it is new, and if the job releases the payer when it ends
 * @throws ProblemError storage-full, visitors-full
 */
export async function uploadTrack(
  env: Env,
  owner: UploadOwner,
  received: ReceivedAudio,
  texts: UploadTexts,
  origin: { requestId: string; payer: Payer },
): Promise<{ id: TrackId; isNew: boolean; holdsPayer: boolean }> {
  const { sha256: audioSha256, mediaType: audioType, bytes } = received;
  const id = await uploadId(owner.id, audioSha256);
  const upload: NewUpload = {
    id,
    owner: owner.id,
    title: texts.title ?? UNTITLED,
    artist: texts.artist ?? UNKNOWN_ARTIST,
    ...{ audioSha256, audioType, bytes },
  };
  if (owner.visitor !== null)
    await enterVisitor(env.DB, owner.visitor.visitor, owner.visitor.network);
  if ((await findUpload(env.DB, id))?.state === "ready") {
    return { id, isNew: false, holdsPayer: false };
  }
  const claim = await audioBytesOf(env, audioSha256).claim(upload, owner.limits);
  if (claim === "visitors-full") throw new ProblemError({ kind: "visitors-full" });
  if (claim === "storage-full") {
    const { ownerBytes: storageBytes } = owner.limits;
    throw new ProblemError({ kind: "storage-full", bytes, storageBytes });
  }
  await storeBytes(env.BUCKET, received);
  const { began } = await probeJobOf(env, id).start({ track: id, audioSha256 }, origin);
  return { id, isNew: claim === "new", holdsPayer: began };
}

/** Stores the bytes unless they exist. The claim keeps them from being removed. */
async function storeBytes(bucket: R2Bucket, received: ReceivedAudio): Promise<void> {
  const { sha256, bytes, content } = received;
  const key = audioKey(sha256);
  if ((await bucket.head(key)) !== null) return;
  if (content instanceof Uint8Array) {
    await bucket.put(key, content, { sha256 });
    return;
  }
  const temporary = await bucket.get(content.temporaryKey);
  if (temporary === null) throw new Error(`${content.temporaryKey} was deleted before its use`);
  // R2 requires the length of a stream beforehand.
  const { readable, writable } = new FixedLengthStream(bytes);
  await Promise.all([temporary.body.pipeTo(writable), bucket.put(key, readable, { sha256 })]);
}

/**
 * Finds a track that a caller may see, or the upload that becomes it.
 *
 * @throws ProblemError unknown-track, input-unusable, upload-failed
 */
export async function findUploadedTrack(
  env: Env,
  id: TrackId,
  viewer: KeyId | null,
): Promise<TrackDetail | Upload> {
  const track = await findTrack(env.DB, id, viewer);
  if (track !== null) return track;
  const upload = viewer === null ? null : await findUpload(env.DB, id);
  if (upload === null || upload.owner !== viewer) {
    throw new ProblemError({ kind: "unknown-track", id });
  }
  if (upload.state === "unusable") {
    const reason = upload.reason ?? "no reason was given";
    throw new ProblemError({ kind: "input-unusable", track: id, reason });
  }
  const status = await probeJobOf(env, id).status();
  const reason = status?.job.reason ?? null;
  if (status?.job.state === "failed") {
    const { attempt } = status.job;
    throw new ProblemError({ kind: "upload-failed", id, attempts: attempt, reason: reason ?? "" });
  }
  return { id, state: "probing", reason };
}
