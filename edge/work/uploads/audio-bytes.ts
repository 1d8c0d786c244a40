import { DurableObject } from "cloudflare:workers";
import type { Sha256 } from "@lemons/shared/contract/identifier";
import { deleteByPrefix } from "../../base/delete-by-prefix.ts";
import { audioKey, stemsPrefix } from "../../base/object-keys.ts";
import {
  type Claim,
  insertUpload,
  isAudioNamed,
  type NewUpload,
  type StorageLimits,
} from "./uploads.ts";

/**
 * Guards the bytes of one audio file, which any number of tracks may share. Claims and removals run one
 * at a time, so no removal deletes bytes that an upload has just claimed. D1 alone knows which tracks
 * name the bytes.
 */
export class AudioBytes extends DurableObject<Env> {
  /** Enters an upload that names these bytes. They are not removed from then on. */
  claim(upload: NewUpload, limits: StorageLimits): Promise<Claim> {
    return this.ctx.blockConcurrencyWhile(() => insertUpload(this.env.DB, upload, limits));
  }

  /** Deletes the bytes, and the stems made of them, if no track names them. */
  async removeUnlessNamed(sha256: Sha256): Promise<void> {
    await this.ctx.blockConcurrencyWhile(async () => {
      if (await isAudioNamed(this.env.DB, sha256)) return;
      await this.env.BUCKET.delete(audioKey(sha256));
      await deleteByPrefix(this.env.BUCKET, stemsPrefix(sha256));
    });
  }
}

/** Returns the object that guards an audio file. */
export const audioBytesOf = (env: Env, sha256: Sha256) => env.AUDIO_BYTES.getByName(sha256);
