import type { TrackId } from "@lemons/shared/contract/identifier";
import { releasePayer } from "../../access/payer.ts";
import type { Spending } from "../../access/spend.ts";
import { enterVisitor } from "../../access/visitor-rows.ts";
import { audioKey } from "../../base/object-keys.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { uploadId } from "../../catalogue/own-ids.ts";
import { audioBytesOf } from "./audio-bytes.ts";
import { PROBING_SECONDS, probeJobOf } from "./probe-job.ts";
import { discardReceived, type ReceivedAudio } from "./receive-audio.ts";
import type { UploadTexts } from "./upload-form.ts";
import type { UploadOwner } from "./upload-owner.ts";
import { findUpload, type NewUpload } from "./uploads.ts";

/** What an upload was called that nobody has named. */
const UNTITLED = "Untitled";
const UNKNOWN_ARTIST = "Unknown artist";

/**
 * Enters received bytes as a track of somebody's own, and has them decoded. The same bytes again are the
 * same track.
 *
 * @returns the track's id, and whether it is new
 * @throws ProblemError storage-full, visitors-full; whatever `spending` throws
 */
export async function uploadTrack(
  env: Env,
  owner: UploadOwner,
  received: ReceivedAudio,
  texts: UploadTexts,
  spending: Spending,
): Promise<{ id: TrackId; isNew: boolean }> {
  const { sha256: audioSha256, mediaType: audioType, bytes } = received;
  const id = await uploadId(owner.id, audioSha256);
  const upload: NewUpload = {
    id,
    owner: owner.id,
    title: texts.title ?? UNTITLED,
    artist: texts.artist ?? UNKNOWN_ARTIST,
    ...{ audioSha256, audioType, bytes },
  };
  if ((await findUpload(env.DB, id))?.state === "ready") {
    await enterOwner(env.DB, owner);
    return { id, isNew: false };
  }

  const payer = await spending.reserve(PROBING_SECONDS);
  let isHeld = false;
  try {
    // Paid for by then: visitors are not entered by the thousand.
    await enterOwner(env.DB, owner);
    const claim = await audioBytesOf(env, audioSha256).claim(upload, owner.room);
    if (claim === "visitors-full") throw new ProblemError({ kind: "visitors-full" });
    if (claim === "storage-full") {
      const { ownerBytes: storageBytes } = owner.room;
      throw new ProblemError({ kind: "storage-full", bytes, storageBytes });
    }
    await storeBytes(env.BUCKET, received);
    const asked = { track: id, audioSha256 };
    const origin = { requestId: spending.requestId, payer };
    isHeld = (await probeJobOf(env, id).start(asked, origin)).began;
    return { id, isNew: claim === "new" };
  } finally {
    if (!isHeld) await releasePayer(env, payer);
  }
}

/** Keys are there already. */
async function enterOwner(db: D1Database, { visitor: entered }: UploadOwner): Promise<void> {
  if (entered !== null) await enterVisitor(db, entered.visitor, entered.network);
}

/** The bytes are named by then, so whatever is there stays there. */
async function storeBytes(bucket: R2Bucket, received: ReceivedAudio): Promise<void> {
  const { sha256, bytes, content } = received;
  const key = audioKey(sha256);
  if ((await bucket.head(key)) !== null) return;
  if (content instanceof Uint8Array) {
    await bucket.put(key, content, { sha256 });
    return;
  }
  const temporary = await bucket.get(content.temporaryKey);
  if (temporary === null) throw new Error(`${content.temporaryKey} has gone before it was used`);
  // R2 wants to know the length of a stream beforehand.
  const { readable, writable } = new FixedLengthStream(bytes);
  await Promise.all([temporary.body.pipeTo(writable), bucket.put(key, readable, { sha256 })]);
  await discardReceived(bucket, received);
}
