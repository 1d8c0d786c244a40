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
  /** @throws InputError where onnxruntime does not accept the graph */
  open(key: string, onnx: () => Uint8Array): Promise<ChainSession>;
  /** Releases all of them; later calls load afresh. */
  dispose(): Promise<void>;
}

export interface ChainSessionOptions {
  provider: ExecutionProvider;
  /** Threads inside of one operator (CPU only). */
  threads: number;
  /** Loaded chains kept at a time; 48 by default. */
  capacity?: number | undefined;
}

const DEFAULT_CAPACITY = 48;
const LOG_ERRORS_ONLY = 3;

export function createChainSessions(options: ChainSessionOptions): ChainSessions {
  const { provider, threads, capacity = DEFAULT_CAPACITY } = options;
  /** From the least to the most recently used. */
  const loaded = new Map<string, InferenceSession>();

  async function load(onnx: Uint8Array): Promise<InferenceSession> {
    try {
      return await InferenceSession.create(onnx, {
        executionProviders: [provider === "cpu" ? "cpu" : { name: "cuda", deviceId: 0 }],
        graphOptimizationLevel: "all",
        interOpNumThreads: 1,
        intraOpNumThreads: threads,
        logSeverityLevel: LOG_ERRORS_ONLY,
      });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new InputError(`onnxruntime cannot load a part of the model: ${reason}`, { cause });
    }
  }

  return {
    async open(key, onnx) {
      const session = loaded.get(key) ?? (await load(onnx()));
      loaded.delete(key);
      loaded.set(key, session);
      const [oldest] = loaded.keys();
      if (loaded.size > capacity && oldest !== undefined && oldest !== key) {
        const old = loaded.get(oldest)!;
        loaded.delete(oldest);
        await old.release();
      }
      return { run: (inputs, results) => runSession(session, inputs, results) };
    },
    async dispose() {
      const sessions = [...loaded.values()];
      loaded.clear();
      for (const session of sessions) await session.release();
    },
  };
}

async function runSession(
  session: InferenceSession,
  inputs: Record<string, Floats>,
  results: Record<string, Floats>,
): Promise<void> {
  await session.run(tensorsOf(inputs), tensorsOf(results));
}

function tensorsOf(floats: Record<string, Floats>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(floats).map(([name, { data, dims }]) => [
      name,
      new Tensor("float32", data, dims),
    ]),
  );
}
