import { LRUCache } from "lru-cache";
import onnxProto from "onnx-proto";
import { InputError } from "../input-error.ts";
import { createMemoryCheck } from "../onnx/memory/tensor-memory.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** Log-mel spectrograms of one shape: index = (item x bands + band) x frames + frame. */
export interface LogMelBatch {
  data: Float32Array;
  items: number;
  bands: number;
  frames: number;
}

/** A loaded model with one input [batch, 1, bands, time] and one output [batch, n]. */
export interface ModelSession {
  /**
   * Runs one forward pass. May block the event loop while it computes.
   *
   * @returns [items x n]
   * @throws InputError if the model fails on this shape, or would need too much memory
   */
  run(batch: LogMelBatch): Promise<Float32Array>;
  /** Frees the model's memory. The session can't run afterwards. */
  release(): Promise<void>;
}

/**
 * Loads a model.
 *
 * @throws InputError if onnxruntime refuses it. On a GPU a plain Error: the host may lack an operator
 *   or its drivers, which says nothing about the model.
 */
export async function openModelSession(
  onnx: Uint8Array,
  runtime: Pick<Runtime, "openSession" | "onGpu">,
): Promise<ModelSession> {
  const session = await runtime.openSession(onnx, "model").catch((cause: unknown) => {
    const place = runtime.onGpu ? "the GPU" : "the CPU";
    const reason = `onnxruntime cannot load the model on ${place}: ${messageOf(cause)}`;
    throw runtime.onGpu ? new Error(reason, { cause }) : new InputError(reason, { cause });
  });
  const input = session.inputNames[0]!;
  const output = session.outputNames[0]!;
  const checkMemory = memoryCheckOf(onnx);
  const checked = new Set<string>();

  return {
    async run({ data, items, bands, frames }) {
      const dims = [items, 1, bands, frames];
      try {
        // A graph can be small at one length and huge at another.
        if (!checked.has(dims.join())) checkMemory(dims);
        checked.add(dims.join());
        const results = await session.run({ [input]: { data, dims } });
        return results[output]!.data;
      } catch (cause) {
        throw new InputError(
          `the model fails on a spectrogram of ${bands} bands x ${frames} frames: ${messageOf(cause)}`,
          { cause },
        );
      }
    },
    release: () => session.release(),
  };
}

function memoryCheckOf(onnx: Uint8Array): ReturnType<typeof createMemoryCheck> {
  const { graph } = onnxProto.onnx.ModelProto.decode(onnx);
  const initializers = new Map((graph?.initializer ?? []).map((each) => [each.name ?? "", each]));
  const input = graph?.input?.find(({ name }) => !initializers.has(name ?? "")) ?? {};
  return createMemoryCheck({ input, nodes: graph?.node ?? [], initializers });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The most recently used models. A session in use is never released. */
export interface SessionCache {
  /**
   * Runs `work` with the session of that key. `create` loads it if it isn't cached.
   *
   * @throws any error of `create` or `work`; a failed load is not cached
   */
  use<T>(
    key: string,
    create: () => Promise<ModelSession>,
    work: (session: ModelSession) => Promise<T>,
  ): Promise<T>;
  /** Releases every session once its work has ended. Later uses load afresh. */
  dispose(): Promise<void>;
}

interface Entry {
  session: Promise<ModelSession>;
  users: number;
  isEvicted: boolean;
  /** Resolves `whenReleased`. */
  released: () => void;
  whenReleased: Promise<void>;
}

/** @param capacity number of sessions, at least 1; the least recently used one is released first */
export function createSessionCache(capacity: number): SessionCache {
  /** Releases under way, which `use` awaits: two models at a time may not fit in memory. */
  const evictions = new Set<Promise<void>>();
  const entries = new LRUCache<string, Entry>({
    max: capacity,
    dispose(entry) {
      entry.isEvicted = true;
      const eviction = releaseIfIdle(entry).finally(() => evictions.delete(eviction));
      evictions.add(eviction);
    },
  });

  function open(key: string, create: () => Promise<ModelSession>): Entry {
    const { promise: whenReleased, resolve: released } = Promise.withResolvers<void>();
    const entry: Entry = { session: create(), users: 0, isEvicted: false, released, whenReleased };
    entries.set(key, entry);
    return entry;
  }

  async function releaseIfIdle(entry: Entry): Promise<void> {
    if (!entry.isEvicted || entry.users > 0) return;
    // A session that failed to load has nothing to release; `use` has reported the error.
    await entry.session.then(
      (session) => session.release(),
      () => undefined,
    );
    entry.released();
  }

  return {
    async use(key, create, work) {
      const entry = entries.get(key) ?? open(key, create);
      entry.users++;
      try {
        await Promise.all(evictions);
        const session = await entry.session.catch((error: unknown) => {
          if (entries.peek(key) === entry) entries.delete(key);
          throw error;
        });
        return await work(session);
      } finally {
        entry.users--;
        await releaseIfIdle(entry);
      }
    },
    async dispose() {
      const all = [...entries.values()];
      entries.clear();
      await Promise.all(all.map(({ whenReleased }) => whenReleased));
    },
  };
}
