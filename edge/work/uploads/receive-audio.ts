import { nameUnsupportedAudio, SNIFFED_BYTES, sniffAudio } from "@lemons/shared/audio/sniff-audio";
import type { Sha256 } from "@lemons/shared/contract/identifier";
import { MAX_AUDIO_BYTES } from "@lemons/shared/contract/track";
import { temporaryKey } from "../../base/object-keys.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { type UploadLimits, uploadLimits } from "./upload-limits.ts";

/** Size of every part but the last: the smallest that R2 accepts. */
const PART_BYTES = 5 * 1024 * 1024;
/** Buffer of a new upload. It doubles as bytes arrive, up to one part. */
export const FIRST_BUFFER_BYTES = 64 * 1024;

/** A received file, checked as far as possible without decoding. */
export interface ReceivedAudio {
  sha256: Sha256;
  bytes: number;
  mediaType: string;
  /** The bytes of a small file, or the temporary object of a larger one. */
  content: Uint8Array<ArrayBuffer> | { temporaryKey: string };
  /** Memory that the content holds until {@link discardReceived}. */
  bufferedBytes: number;
}

/**
 * Receives an audio file piece by piece. Counts its bytes whatever Content-Length says, sniffs its media
 * type, and hashes it on the way.
 *
 * @param limits of the isolate; tests pass their own
 * @throws ProblemError not-audio, body-too-large, uploads-busy; then nothing is kept
 */
export async function receiveAudio(
  bucket: R2Bucket,
  body: AsyncIterable<Uint8Array>,
  limits: UploadLimits = uploadLimits,
): Promise<ReceivedAudio> {
  const digest = new crypto.DigestStream("SHA-256");
  const hashing = digest.getWriter();
  const parts = new PartWriter(bucket, limits);
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
    const sha256 = hex(await digest.digest);
    const content = await parts.finish();
    return { sha256, bytes, mediaType, content, bufferedBytes: parts.bufferedBytes };
  } catch (error) {
    // The digest rejects too once its stream is aborted.
    digest.digest.catch(() => undefined);
    await Promise.all([hashing.abort(error), parts.abort()]);
    throw error;
  }
}

/** Releases the memory of a received file, and deletes its temporary object. */
export async function discardReceived(
  bucket: R2Bucket,
  { content, bufferedBytes }: Pick<ReceivedAudio, "content" | "bufferedBytes">,
  limits: UploadLimits = uploadLimits,
): Promise<void> {
  limits.release(bufferedBytes);
  if (!(content instanceof Uint8Array)) await bucket.delete(content.temporaryKey);
}

function typeOf(start: Uint8Array): string {
  const mediaType = sniffAudio(start);
  if (mediaType === null) {
    const format = nameUnsupportedAudio(start);
    throw new ProblemError({ kind: "not-audio", ...(format && { format }) });
  }
  return mediaType;
}

/** Collects parts of one size. Stores the first one only when more bytes follow. */
class PartWriter {
  readonly start = new Uint8Array(SNIFFED_BYTES);
  readonly #bucket: R2Bucket;
  readonly #limits: UploadLimits;
  readonly #key = temporaryKey(crypto.randomUUID());
  #part = new Uint8Array(0);
  #filled = 0;
  #upload: R2MultipartUpload | null = null;
  readonly #uploaded: R2UploadedPart[] = [];

  constructor(bucket: R2Bucket, limits: UploadLimits) {
    this.#bucket = bucket;
    this.#limits = limits;
  }

  /** Reserved bytes of the buffer. */
  get bufferedBytes(): number {
    return this.#part.length;
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      if (this.#filled === this.#part.length) {
        if (this.#filled === PART_BYTES) await this.#store();
        else await this.#grow();
      }
      const piece = chunk.subarray(at, at + this.#part.length - this.#filled);
      this.#part.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#uploaded.length === 0) this.start.set(this.#part.subarray(0, SNIFFED_BYTES));
    }
  }

  async finish(): Promise<ReceivedAudio["content"]> {
    if (this.#upload === null) return this.#part.subarray(0, this.#filled);
    await this.#store();
    await this.#upload.complete(this.#uploaded);
    this.#free();
    return { temporaryKey: this.#key };
  }

  async abort(): Promise<void> {
    this.#free();
    await this.#upload?.abort();
  }

  async #grow(): Promise<void> {
    const before = this.#part.length;
    const size = before === 0 ? FIRST_BUFFER_BYTES : Math.min(2 * before, PART_BYTES);
    await this.#limits.reserve(size - before);
    const larger = new Uint8Array(size);
    larger.set(this.#part.subarray(0, this.#filled));
    this.#part = larger;
  }

  #free(): void {
    this.#limits.release(this.#part.length);
    this.#part = new Uint8Array(0);
    this.#filled = 0;
  }

  async #store(): Promise<void> {
    this.#upload ??= await this.#bucket.createMultipartUpload(this.#key);
    const number = this.#uploaded.length + 1;
    const part = await this.#upload.uploadPart(number, this.#part.subarray(0, this.#filled));
    this.#uploaded.push(part);
    this.#filled = 0;
  }
}

function hex(digest: ArrayBuffer): string {
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
