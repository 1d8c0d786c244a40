import { LRUCache } from "lru-cache";
import { InputError } from "../input-error.ts";
import type { InferenceSession, Runtime, Tensor } from "../runtime/runtime.ts";

/** The part of the runtime that building a table needs. */
export type TableRuntime = Pick<Runtime, "openSession" | "createRealFft" | "yieldToEvents">;

/** A loaded graph. */
export interface GraphSession {
  /**
   * Runs the graph once. May block the event loop while it computes.
   *
   * @param results tensors of the right shapes, which are filled
   */
  run(inputs: Record<string, Tensor>, results: Record<string, Tensor>): Promise<void>;
}

/** Loaded parts of encoders by their shape, so that tracks of one length share them. */
export interface GraphSessions {
  runtime: TableRuntime;
  /**
   * Returns the graph of that key, loaded if necessary. It may be released by the next call.
   *
   * @param bytes that a run takes; a session keeps the most that it has ever taken
   * @throws InputError if onnxruntime refuses the graph
   */
  open(key: string, onnx: () => Uint8Array, bytes: number): Promise<GraphSession>;
  /** Releases all graphs. Later calls load afresh. */
  dispose(): Promise<void>;
}

export interface GraphSessionsOptions {
  runtime: TableRuntime;
  /** Bytes that loaded graphs may keep together; 512 MB by default. */
  maxBytes?: number | undefined;
}

const DEFAULT_MAX_BYTES = 512 * 1024 * 1024;

/** Size of weights and graph, beside what runs take. */
const SESSION_BYTES = 6 * 1024 * 1024;

interface LoadedGraph {
  session: Promise<InferenceSession>;
}

/** Creates an empty set of graphs; the least recently used ones are released first. */
export function createGraphSessions(options: GraphSessionsOptions): GraphSessions {
  const { runtime, maxBytes = DEFAULT_MAX_BYTES } = options;
  const releases = new Set<Promise<void>>();
  const loaded = new LRUCache<string, LoadedGraph>({
    maxSize: maxBytes,
    dispose({ session }) {
      const release = session
        .then(
          (each) => each.release(),
          // A graph that failed to load has nothing to release.
          () => undefined,
        )
        .finally(() => releases.delete(release));
      releases.add(release);
    },
  });

  async function load(onnx: () => Uint8Array): Promise<InferenceSession> {
    // Graphs that make room are released first: both may not fit in memory.
    await Promise.all(releases);
    try {
      return await runtime.openSession(onnx(), "chain");
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new InputError(`onnxruntime cannot load a part of the model: ${reason}`, { cause });
    }
  }

  return {
    runtime,
    async open(key, onnx, bytes) {
      const cached = loaded.get(key);
      // A graph larger than the limit is kept alone until the next call.
      const size = Math.min(maxBytes, SESSION_BYTES + bytes);
      const ready = Promise.withResolvers<InferenceSession>();
      loaded.set(key, cached ?? { session: ready.promise }, { size });
      if (!cached) {
        // `open` reports a failure itself.
        ready.promise.catch(() => {});
        await load(onnx).then(ready.resolve, (error: unknown) => {
          ready.reject(error);
          loaded.delete(key);
        });
      }
      const session = await (cached?.session ?? ready.promise);
      return {
        async run(inputs, results) {
          await session.run(inputs, results);
        },
      };
    },
    async dispose() {
      loaded.clear();
      await Promise.all(releases);
    },
  };
}
