import { ProblemError } from "../../base/problems/problem.ts";

/** Uploads that one isolate receives at once. */
const MAX_UPLOADS = 128;
/** Uploads that one account may send at once to an isolate. */
const MAX_UPLOADS_PER_ACCOUNT = 8;
/** Buffers of all uploads together: an isolate has 128 MB, and R2 copies a part while it is sent. */
const MAX_BUFFERED_BYTES = 40 * 1024 * 1024;
const WAIT_FOR_MEMORY_MS = 10_000;
const POLL_MS = 50;
/** A sender who is silent for so long is cut off. */
const MAX_IDLE_MS = 30_000;
/** As long as an Idempotency-Key counts as in progress. */
const MAX_UPLOAD_MS = 10 * 60 * 1000;

/** Limits the uploads that one isolate receives, and the memory of their buffers. */
export class UploadLimits {
  readonly #maxBufferedBytes: number;
  readonly #waitMs: number;
  readonly #open = new Map<string, number>();
  #uploads = 0;
  #bufferedBytes = 0;

  /**
   * @param maxBufferedBytes memory of all buffers together
   * @param waitMs time that a reservation waits for memory
   */
  constructor(maxBufferedBytes = MAX_BUFFERED_BYTES, waitMs = WAIT_FOR_MEMORY_MS) {
    this.#maxBufferedBytes = maxBufferedBytes;
    this.#waitMs = waitMs;
  }

  /** Bytes of all buffers at the moment. */
  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /**
   * Admits an upload.
   *
   * @returns a function that ends it
   * @throws ProblemError too-many-uploads, uploads-busy
   */
  enter(account: string): () => void {
    const open = this.#open.get(account) ?? 0;
    if (open >= MAX_UPLOADS_PER_ACCOUNT) {
      throw new ProblemError({ kind: "too-many-uploads", limit: MAX_UPLOADS_PER_ACCOUNT });
    }
    if (this.#uploads >= MAX_UPLOADS) throw new ProblemError({ kind: "uploads-busy" });
    this.#open.set(account, open + 1);
    this.#uploads++;
    return () => {
      this.#uploads--;
      const left = this.#open.get(account)! - 1;
      if (left > 0) this.#open.set(account, left);
      else this.#open.delete(account);
    };
  }

  /**
   * Reserves memory, and waits a while for it if other uploads hold it all. Polls, because one request
   * can't resolve another's promise in a Worker.
   *
   * @throws ProblemError uploads-busy
   */
  async reserve(bytes: number): Promise<void> {
    for (let waited = 0; this.#bufferedBytes + bytes > this.#maxBufferedBytes; waited += POLL_MS) {
      if (waited >= this.#waitMs) throw new ProblemError({ kind: "uploads-busy" });
      await scheduler.wait(POLL_MS);
    }
    this.#bufferedBytes += bytes;
  }

  release(bytes: number): void {
    this.#bufferedBytes -= bytes;
  }
}

/** The limits of this isolate. */
export const uploadLimits = new UploadLimits();

/** Limits of reading a body. */
export interface BodyLimits {
  maxBytes: number;
  maxIdleMs?: number;
  maxTotalMs?: number;
}

/**
 * Reads a body piece by piece. Cuts off a sender who sends too much, falls silent, or takes too long.
 *
 * @throws ProblemError body-too-large, upload-stalled
 */
export async function* readBody(
  body: ReadableStream<Uint8Array>,
  { maxBytes, maxIdleMs = MAX_IDLE_MS, maxTotalMs = MAX_UPLOAD_MS }: BodyLimits,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  const endsAt = Date.now() + maxTotalMs;
  let bytes = 0;
  try {
    for (;;) {
      const timeoutMs = Math.min(maxIdleMs, endsAt - Date.now());
      const { done, value } = await within(timeoutMs, reader.read());
      if (done) return;
      bytes += value.length;
      if (bytes > maxBytes) {
        throw new ProblemError({ kind: "body-too-large", limitBytes: maxBytes });
      }
      yield value;
    }
  } finally {
    // A body that broke off has nothing left to cancel.
    await reader.cancel().catch(() => undefined);
  }
}

async function within<Value>(timeoutMs: number, value: Promise<Value>): Promise<Value> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new ProblemError({ kind: "upload-stalled" })),
    Math.max(0, timeoutMs),
  );
  try {
    return await Promise.race([value, promise]);
  } finally {
    clearTimeout(timer);
  }
}
