/** The error of R2 for more than one write a second to one key: TooManyRequests, 429. */
const RATE_LIMITED = /\(10058\)|\b429\b/;
const MAX_TRIES = 4;
/** R2 takes one write a second per key. */
const WRITE_INTERVAL_MS = 1000;

/**
 * Stores an object under a key that always holds the same content, unless it is there already. If R2
 * refuses the write because the key was written just now, another request is storing the same object.
 *
 * @returns whether this call stored it
 * @throws the error of R2 if the object isn't there after several tries
 */
export async function putOnce(
  bucket: R2Bucket,
  key: string,
  content: string | Uint8Array,
  options: Omit<R2PutOptions, "onlyIf"> = {},
): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      const put = { ...options, onlyIf: { etagDoesNotMatch: "*" } };
      return (await bucket.put(key, content, put)) !== null;
    } catch (error) {
      if (!(error instanceof Error && RATE_LIMITED.test(error.message))) throw error;
      if ((await bucket.head(key)) !== null) return false;
      if (tries === MAX_TRIES) throw error;
    }
    // What was refused at once must not return at once.
    const delayMs = WRITE_INTERVAL_MS * (1 + Math.random());
    await new Promise((resolve) => setTimeout(resolve, delayMs));
  }
}
