import { dropWhatIsOld } from "../engine/lifetime.ts";

/** Bytes by their SHA-256: the least recently used go first when room is needed. */
export interface ByteCache {
  get(sha256: string): Uint8Array | undefined;
  set(sha256: string, bytes: Uint8Array): void;
}

/**
 * @param maxBytes in all; an object of more than half of it is not kept
 * @param lifetimeMs how long an object is kept after it was set, however often it is used; undefined: no limit
 */
export function createByteCache(maxBytes: number, lifetimeMs?: number): ByteCache {
  // A Map remembers the order of insertion: the first is the one unused for longest.
  const entries = new Map<string, { bytes: Uint8Array; since: number }>();
  let held = 0;

  function drop(sha256: string): void {
    held -= entries.get(sha256)?.bytes.length ?? 0;
    entries.delete(sha256);
  }

  dropWhatIsOld(lifetimeMs, (before) => {
    for (const [sha256, { since }] of [...entries]) if (since < before) drop(sha256);
  });

  return {
    get(sha256) {
      const entry = entries.get(sha256);
      if (entry) {
        entries.delete(sha256);
        entries.set(sha256, entry);
      }
      return entry?.bytes;
    },
    set(sha256, bytes) {
      if (bytes.length > maxBytes / 2 || entries.has(sha256)) return;
      entries.set(sha256, { bytes, since: Date.now() });
      held += bytes.length;
      for (const oldest of [...entries.keys()]) {
        if (held <= maxBytes) break;
        drop(oldest);
      }
    },
  };
}
