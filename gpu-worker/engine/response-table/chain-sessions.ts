import { InferenceSession, Tensor } from "onnxruntime-node";
import { InputError } from "../input-error.ts";
import type { ExecutionProvider } from "../model/session.ts";

/** Float32 numbers of a shape. */
export interface Floats {
  data: Float32Array;
  dims: readonly number[];
}

/** A loaded chain. */
export interface ChainSession {
  /**
   * One run; blocks the event loop while it computes.
   *
   * @param results arrays of the right shape, which are filled
   */
  run(inputs: Record<string, Floats>, results: Record<string, Floats>): Promise<void>;
}

/** Loaded chains by shape, so that tracks of one length share them. */
export interface ChainSessions {
  /**
   * Loads a chain, or finds it. The session is good until the next call.
   *
   * @param bytes that a run takes: a session keeps what it ever took
   * @throws InputError where onnxruntime does not accept the graph
   */
  open(key: string, onnx: () => Uint8Array, bytes: number): Promise<ChainSession>;
  /** Releases all of them; later calls load afresh. */
  dispose(): Promise<void>;
}

export interface ChainSessionOptions {
  provider: ExecutionProvider;
  /** Threads inside of one operator (CPU only). */
  threads: number;
  /** Bytes that loaded chains may keep, all together; 512 MB by default. */
  maxBytes?: number | undefined;
}

const DEFAULT_MAX_BYTES = 512 * 1024 * 1024;

/** Of weights and graph, beside what runs take. */
const SESSION_BYTES = 6 * 1024 * 1024;
const LOG_ERRORS_ONLY = 3;

export function createChainSessions(options: ChainSessionOptions): ChainSessions {
  const { provider, threads, maxBytes = DEFAULT_MAX_BYTES } = options;
  /** From the least to the most recently used. */
  const loaded = new Map<string, { session: InferenceSession; bytes: number }>();
  let total = 0;

  async function load(onnx: Uint8Array): Promise<InferenceSession> {
    try {
      return await InferenceSession.create(onnx, {
        executionProviders: [provider === "cpu" ? "cpu" : { name: "cuda", deviceId: 0 }],
        graphOptimizationLevel: "all",
        interOpNumThreads: 1,
        intraOpNumThreads: threads,
        enableMemPattern: false,
        logSeverityLevel: LOG_ERRORS_ONLY,
      });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new InputError(`onnxruntime cannot load a part of the model: ${reason}`, { cause });
    }
  }

  return {
    async open(key, onnx, bytes) {
      const known = loaded.get(key);
      if (known) {
        loaded.delete(key);
        total -= known.bytes;
      }
      const needed = SESSION_BYTES + bytes;
      for (const [oldKey, old] of loaded) {
        if (total + needed <= maxBytes) break;
        loaded.delete(oldKey);
        total -= old.bytes;
        await old.session.release();
      }
      const session = known?.session ?? (await load(onnx()));
      loaded.set(key, { session, bytes: needed });
      total += needed;
      return {
        async run(inputs, results) {
          await session.run(tensorsOf(inputs), tensorsOf(results));
        },
      };
    },
    async dispose() {
      const sessions = [...loaded.values()];
      loaded.clear();
      total = 0;
      for (const { session } of sessions) await session.release();
    },
  };
}

function tensorsOf(floats: Record<string, Floats>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(floats).map(([name, { data, dims }]) => [
      name,
      new Tensor("float32", data, dims),
    ]),
  );
}
