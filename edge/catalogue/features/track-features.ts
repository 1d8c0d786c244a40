import type { Sha256, TrackId } from "@lemons/shared/contract/identifier";

/** What the gpu-worker found out about one track. */
export interface TrackFeatures {
  track: TrackId;
  soundSha256: Sha256;
  features: Float32Array;
  peaks: readonly number[];
}
