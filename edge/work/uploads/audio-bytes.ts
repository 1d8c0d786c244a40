import { DurableObject } from "cloudflare:workers";
import type { Sha256 } from "@lemons/shared/contract/identifier";
import { deleteByPrefix } from "../../base/delete-by-prefix.ts";
import { audioKey, stemsPrefix } from "../../base/object-keys.ts";
import { type Claim, insertUpload, isAudioNamed, type NewUpload, type Room } from "./uploads.ts";

/**
 * Guards the bytes of one audio file, which any number of tracks may be: who names them and who
 * removes them comes one after the other, so that bytes are never removed that somebody has just named.
 * Which tracks name them is in D1 alone.
 */
export class AudioBytes extends DurableObject<Env> {
  /** Enters an upload that names these bytes. From then on they are not removed. */
  claim(upload: NewUpload, room: Room): Promise<Claim> {
    return this.ctx.blockConcurrencyWhile(() => insertUpload(this.env.DB, upload, room));
  }

  /** Removes the bytes, and the stems made of them, where no track names them. */
  removeUnlessNamed(sha256: Sha256): Promise<boolean> {
    return this.ctx.blockConcurrencyWhile(async () => {
      if (await isAudioNamed(this.env.DB, sha256)) return false;
      await this.env.BUCKET.delete(audioKey(sha256));
      await deleteByPrefix(this.env.BUCKET, stemsPrefix(sha256));
      return true;
    });
  }
}

/** The object that guards an audio file. */
export const audioBytesOf = (env: Env, sha256: Sha256) => env.AUDIO_BYTES.getByName(sha256);
