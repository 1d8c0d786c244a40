import type { Sha256 } from "@lemons/shared/contract/identifier";
import { findEncoder } from "../../catalogue/encoders.ts";
import { tracksWithoutFeatures } from "../../catalogue/features/feature-store.ts";
import { staleHeads } from "../../catalogue/models.ts";
import { unscoredTracks } from "../../catalogue/scores.ts";

/** Whether scores under the active models of an encoder are missing or stale, and due. */
export async function hasScoringWork(
  db: D1Database,
  encoderVersion: Sha256,
  now: Date,
): Promise<boolean> {
  const first = { limit: 1, now };
  const encoder = await findEncoder(db, encoderVersion);
  if (encoder === null) return (await unscoredTracks(db, encoderVersion, first)).length > 0;
  const [tracks, heads] = await Promise.all([
    tracksWithoutFeatures(db, encoderVersion, first),
    staleHeads(db, encoder, 1),
  ]);
  return tracks.length + heads.length > 0;
}
