import type { ModelSession } from "./session.ts";

/** The last few loaded models. One in use is never released. */
export interface SessionCache {
  /**
   * Runs `work` with the session of that key, which `create` loads where it is not there yet.
   *
   * @throws whatever `create` or `work` throw; a failed load is not kept
   */
  use<T>(
    key: string,
    create: () => Promise<ModelSession>,
    work: (session: ModelSession) => Promise<T>,
  ): Promise<T>;
  /** Releases everything, once what is running has ended. Later uses load afresh. */
  dispose(): Promise<void>;
}

interface Entry {
  session: Promise<ModelSession>;
  users: number;
  evicted: boolean;
  /** Resolves `whenReleased`. */
  released: () => void;
  whenReleased: Promise<void>;
}

/** @param capacity sessions kept, at least 1; the one used longest ago goes first */
export function createSessionCache(capacity: number): SessionCache {
  /** From the least to the most recently used. */
  const entries = new Map<string, Entry>();

  function open(key: string, create: () => Promise<ModelSession>): Entry {
    const { promise: whenReleased, resolve: released } = Promise.withResolvers<void>();
    const entry: Entry = { session: create(), users: 0, evicted: false, released, whenReleased };
    entries.set(key, entry);
    return entry;
  }

  async function releaseIfIdle(entry: Entry): Promise<void> {
    if (!entry.evicted || entry.users > 0) return;
    // A session that never loaded has nothing to release; its user has been told.
    await entry.session.then(
      (session) => session.release(),
      () => undefined,
    );
    entry.released();
  }

  function evict(key: string, entry: Entry): Promise<void> {
    entries.delete(key);
    entry.evicted = true;
    return releaseIfIdle(entry);
  }

  return {
    async use(key, create, work) {
      const entry = entries.get(key) ?? open(key, create);
      entries.delete(key);
      entries.set(key, entry);
      entry.users++;
      try {
        for (const [oldKey, old] of entries) {
          if (entries.size <= capacity) break;
          await evict(oldKey, old);
        }
        const session = await entry.session.catch((error: unknown) => {
          if (entries.get(key) === entry) entries.delete(key);
          entry.evicted = true;
          throw error;
        });
        return await work(session);
      } finally {
        entry.users--;
        await releaseIfIdle(entry);
      }
    },
    async dispose() {
      const all = [...entries];
      for (const [key, entry] of all) void evict(key, entry);
      await Promise.all(all.map(([, entry]) => entry.whenReleased));
    },
  };
}
