/** Bytes by their SHA-256: the least recently used go first when room is needed. */
export interface ByteCache {
  get(sha256: string): Uint8Array | undefined;
  set(sha256: string, bytes: Uint8Array): void;
}

/** @param maxBytes in all; an object of more than half of it is not kept */
export function createByteCache(maxBytes: number): ByteCache {
  // A Map remembers the order of insertion: the first is the one unused for longest.
  const entries = new Map<string, Uint8Array>();
  let held = 0;

  return {
    get(sha256) {
      const bytes = entries.get(sha256);
      if (bytes) {
        entries.delete(sha256);
        entries.set(sha256, bytes);
      }
      return bytes;
    },
    set(sha256, bytes) {
      if (bytes.length > maxBytes / 2 || entries.has(sha256)) return;
      entries.set(sha256, bytes);
      held += bytes.length;
      for (const [oldest, old] of entries) {
        if (held <= maxBytes) break;
        entries.delete(oldest);
        held -= old.length;
      }
    },
  };
}
