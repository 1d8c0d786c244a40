import type { KeyId } from "@lemons/shared/contract/access";
import type { TrackId } from "@lemons/shared/contract/identifier";
import type { TrackDetail, Upload } from "@lemons/shared/contract/track";
import { ProblemError } from "../../base/problems/problem.ts";
import { findTrack } from "../../catalogue/tracks.ts";
import { probeJobOf } from "./probe-job.ts";
import { findUpload } from "./uploads.ts";

/**
 * A track that a caller may see, or the upload that it is being made of.
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
