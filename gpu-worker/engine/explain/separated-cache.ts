import { LRUCache } from "lru-cache";
import type { SeparatedSources } from "../separate/separator.ts";

/** Separated sources of the last few tracks, so that the explanation types of one track share them. */
export interface SeparatedCache {
  /**
   * Returns the sources of a key. If they are neither cached nor being computed, `separate` is called.
   *
   * @throws any error of `separate`; a failure is not cached
   */
  get(key: string, separate: () => Promise<SeparatedSources>): Promise<SeparatedSources>;
}

export interface SeparatedCacheLimits {
  /** Tracks kept; 2 by default. */
  tracks?: number;
  /** Bytes of samples kept over all tracks; a larger track is not cached. */
  bytes?: number;
  /** Milliseconds that a track is kept after its separation; without limit by default. */
  lifetimeMs?: number | undefined;
}

const DEFAULT_TRACKS = 2;
const DEFAULT_BYTES = 256 * 1024 * 1024;

/** Creates an empty cache; the least recently used track is dropped first. */
export function createSeparatedCache({
  tracks = DEFAULT_TRACKS,
  bytes = DEFAULT_BYTES,
  lifetimeMs,
}: SeparatedCacheLimits = {}): SeparatedCache {
  const kept = new LRUCache<string, SeparatedSources, () => Promise<SeparatedSources>>({
    max: tracks,
    maxSize: bytes,
    sizeCalculation: bytesOf,
    fetchMethod: (_key, _stale, { context: separate }) => separate(),
    // A separation that others push out of the cache still belongs to its caller.
    ignoreFetchAbort: true,
    ...(lifetimeMs !== undefined && {
      ttl: lifetimeMs,
      ttlAutopurge: true,
      ttlResolution: 0,
      perf: Date,
    }),
  });
  return {
    get: (key, separate) => kept.forceFetch(key, { context: separate }),
  };
}

function bytesOf({ stems }: SeparatedSources): number {
  const channels = stems.flatMap((stem) => stem.channels);
  return channels.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
