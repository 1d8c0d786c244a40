const WRITE_INTERVAL_MS = 1000;

/** A bucket that takes one write a second per key and refuses the others, as R2 does. */
export type LimitedBucket = R2Bucket & {
  /** Writes that were refused. */
  readonly refused: number;
};

/** Wraps a bucket in the write limit of R2, which Miniflare doesn't enforce. */
export function limitedBucket(bucket: R2Bucket): LimitedBucket {
  const lastWrites = new Map<string, number>();
  let refused = 0;
  const put = async (key: string, ...rest: [never, never]) => {
    const now = Date.now();
    const last = lastWrites.get(key) ?? Number.NEGATIVE_INFINITY;
    if (now - last < WRITE_INTERVAL_MS) {
      refused++;
      throw new Error("put: Reduce your concurrent request rate for the same object. (10058)");
    }
    lastWrites.set(key, now);
    return bucket.put(key, ...rest);
  };
  return new Proxy(bucket, {
    get(target, name) {
      if (name === "refused") return refused;
      if (name === "put") return put;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  }) as LimitedBucket;
}
