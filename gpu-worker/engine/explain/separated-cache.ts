import { dropWhatIsOld } from "../lifetime.ts";
import type { SeparatedSources } from "../separate/separator.ts";

/** Separated sources of the last few tracks, so that the types of one track separate once. */
export interface SeparatedCache {
  /**
   * What is kept under the key, or else what `separate` makes, which is then kept.
   *
   * @throws what `separate` throws; a failure is not kept
   */
  get(key: string, separate: () => Promise<SeparatedSources>): Promise<SeparatedSources>;
}

export interface SeparatedCacheLimits {
  /** Tracks kept; 2 by default. */
  tracks?: number;
  /** Bytes of samples kept over all tracks; a larger track is not kept. */
  bytes?: number;
  /** How long a track is kept after it was separated; without limit by default. */
  lifetimeMs?: number | undefined;
}

const DEFAULT_TRACKS = 2;
const DEFAULT_BYTES = 256 * 1024 * 1024;

/** A cache of its own; the track used longest ago goes first. */
export function createSeparatedCache({
  tracks = DEFAULT_TRACKS,
  bytes = DEFAULT_BYTES,
  lifetimeMs,
}: SeparatedCacheLimits = {}): SeparatedCache {
  /** From the least to the most recently used. */
  const kept = new Map<string, SeparatedSources>();
  /** When each was separated. */
  const since = new Map<string, number>();
  /** Separations that are still running: whoever asks meanwhile shares them. */
  const running = new Map<string, Promise<SeparatedSources>>();

  function keep(key: string, separated: SeparatedSources): void {
    kept.delete(key);
    if (bytesOf(separated) > bytes) return;
    kept.set(key, separated);
    let total = [...kept.values()].reduce((sum, each) => sum + bytesOf(each), 0);
    for (const [oldKey, old] of kept) {
      if (kept.size <= tracks && total <= bytes) break;
      kept.delete(oldKey);
      total -= bytesOf(old);
    }
  }

  dropWhatIsOld(lifetimeMs, (before) => {
    for (const [key, at] of [...since]) {
      if (at < before) kept.delete(key);
      if (!kept.has(key)) since.delete(key);
    }
  });

  return {
    async get(key, separate) {
      const known = kept.get(key);
      if (!known) since.set(key, Date.now());
      const separated = known ?? (await (running.get(key) ?? start(key, separate)));
      keep(key, separated);
      return separated;
    },
  };

  function start(
    key: string,
    separate: () => Promise<SeparatedSources>,
  ): Promise<SeparatedSources> {
    const promise = separate().finally(() => running.delete(key));
    running.set(key, promise);
    return promise;
  }
}

function bytesOf({ stems }: SeparatedSources): number {
  return stems.reduce(
    (sum, stem) => sum + stem.channels.reduce((all, channel) => all + channel.byteLength, 0),
    0,
  );
}
