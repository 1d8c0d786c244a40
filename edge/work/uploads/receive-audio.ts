import { SNIFFED_BYTES, sniffAudio } from "@lemons/shared/audio/sniff-audio";
import type { Sha256 } from "@lemons/shared/contract/identifier";
import { MAX_AUDIO_BYTES } from "@lemons/shared/contract/track";
import { temporaryKey } from "../../base/object-keys.ts";
import { ProblemError } from "../../base/problems/problem.ts";

/** R2 wants parts of one size, of 5 MiB or more; an upload holds as much memory. */
const PART_BYTES = 8 * 1024 * 1024;

/** Bytes as they came, checked as far as that goes without decoding. */
export interface ReceivedAudio {
  sha256: Sha256;
  bytes: number;
  mediaType: string;
  /** The bytes themselves where they are few, else the temporary object that they lie in. */
  content: Uint8Array<ArrayBuffer> | { temporaryKey: string };
}

/**
 * Receives an audio file piece by piece: counts its bytes whatever was announced, looks at the first
 * of them, and hashes them all on the way.
 *
 * @throws ProblemError not-audio, body-too-large; nothing is kept then
 */
export async function receiveAudio(
  bucket: R2Bucket,
  body: AsyncIterable<Uint8Array>,
): Promise<ReceivedAudio> {
  const digest = new crypto.DigestStream("SHA-256");
  const hashing = digest.getWriter();
  const parts = new PartWriter(bucket);
  let bytes = 0;
  let mediaType: string | null = null;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > MAX_AUDIO_BYTES) {
        throw new ProblemError({ kind: "body-too-large", limitBytes: MAX_AUDIO_BYTES });
      }
      await Promise.all([hashing.write(chunk), parts.write(chunk)]);
      if (mediaType === null && bytes >= SNIFFED_BYTES) mediaType = typeOf(parts.start);
    }
    mediaType ??= typeOf(parts.start);
    await hashing.close();
    return { sha256: hex(await digest.digest), bytes, mediaType, content: await parts.finish() };
  } catch (error) {
    // Whoever hashes is told too: its promise would stay open for ever.
    digest.digest.catch(() => undefined);
    await Promise.all([hashing.abort(error), parts.abort()]);
    throw error;
  }
}

/** Throws away what was received and is not needed. */
export async function discardReceived(
  bucket: R2Bucket,
  { content }: Pick<ReceivedAudio, "content">,
): Promise<void> {
  if (!(content instanceof Uint8Array)) await bucket.delete(content.temporaryKey);
}

function typeOf(start: Uint8Array): string {
  const mediaType = sniffAudio(start);
  if (mediaType === null) throw new ProblemError({ kind: "not-audio" });
  return mediaType;
}

/** Collects parts of one size; the first is stored only once there is more than fits into it. */
class PartWriter {
  readonly start = new Uint8Array(SNIFFED_BYTES);
  readonly #bucket: R2Bucket;
  readonly #key = temporaryKey(crypto.randomUUID());
  readonly #part = new Uint8Array(PART_BYTES);
  #filled = 0;
  #upload: R2MultipartUpload | null = null;
  readonly #uploaded: R2UploadedPart[] = [];

  constructor(bucket: R2Bucket) {
    this.#bucket = bucket;
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      if (this.#filled === PART_BYTES) await this.#store();
      const piece = chunk.subarray(at, at + PART_BYTES - this.#filled);
      this.#part.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#uploaded.length === 0) this.start.set(this.#part.subarray(0, SNIFFED_BYTES));
    }
  }

  async finish(): Promise<ReceivedAudio["content"]> {
    if (this.#upload === null) return this.#part.slice(0, this.#filled);
    await this.#store();
    await this.#upload.complete(this.#uploaded);
    return { temporaryKey: this.#key };
  }

  async abort(): Promise<void> {
    await this.#upload?.abort();
  }

  async #store(): Promise<void> {
    this.#upload ??= await this.#bucket.createMultipartUpload(this.#key);
    const number = this.#uploaded.length + 1;
    const part = await this.#upload.uploadPart(number, this.#part.slice(0, this.#filled));
    this.#uploaded.push(part);
    this.#filled = 0;
  }
}

function hex(digest: ArrayBuffer): string {
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
