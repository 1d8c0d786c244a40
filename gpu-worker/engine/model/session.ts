import { InferenceSession, Tensor } from "onnxruntime-node";
import { InputError } from "../input-error.ts";

export type ExecutionProvider = "cpu" | "cuda";

export interface SessionOptions {
  provider: ExecutionProvider;
  /** Threads inside of one operator (CPU only). */
  intraOpThreads: number;
}

/** Log-mel spectrograms of one shape: index = (item x bands + band) x frames + frame. */
export interface LogMelBatch {
  data: Float32Array;
  items: number;
  bands: number;
  frames: number;
}

/** A loaded model of one input [batch, 1, bands, time] and one output [batch, n]. */
export interface ModelSession {
  /**
   * One forward pass. Blocks the event loop while it computes.
   *
   * @returns [items x n]
   * @throws InputError where the model fails on this shape
   */
  run(batch: LogMelBatch): Promise<Float32Array>;
  /** Frees the model's memory; it cannot run any more. */
  release(): Promise<void>;
}

/** Warnings about a stranger's model belong nowhere near the command line's output. */
const LOG_ERRORS_ONLY = 3;

/**
 * Loads a graph of any inputs and outputs.
 *
 * With `cuda`, every operator has to run on the GPU: a silent fallback to the CPU is an error.
 *
 * @throws InputError where onnxruntime does not accept the model
 */
export async function openSession(
  onnx: Uint8Array,
  { provider, intraOpThreads }: SessionOptions,
): Promise<InferenceSession> {
  // Threads that wait by spinning take the time of the service's other threads, and win nothing here.
  const patient = { intra_op: { allow_spinning: "0" } };
  const common: InferenceSession.SessionOptions = {
    graphOptimizationLevel: "all",
    interOpNumThreads: 1,
    intraOpNumThreads: intraOpThreads,
    logSeverityLevel: LOG_ERRORS_ONLY,
  };
  const options: InferenceSession.SessionOptions =
    provider === "cpu"
      ? { ...common, executionProviders: ["cpu"], extra: { session: patient } }
      : {
          ...common,
          executionProviders: [{ name: "cuda", deviceId: 0 }],
          extra: { session: { disable_cpu_ep_fallback: "1" } },
        };
  try {
    return await InferenceSession.create(onnx, options);
  } catch (error) {
    const reason = `onnxruntime cannot load the model on ${provider}: ${messageOf(error)}`;
    throw provider === "cpu"
      ? new InputError(reason, { cause: error })
      : new Error(reason, { cause: error });
  }
}

/**
 * Loads a model, as {@link openSession} does.
 *
 * @throws InputError where onnxruntime does not accept the model
 */
export async function createSession(
  onnx: Uint8Array,
  options: SessionOptions,
): Promise<ModelSession> {
  const session = await openSession(onnx, options);
  const input = session.inputNames[0]!;
  const output = session.outputNames[0]!;

  return {
    async run({ data, items, bands, frames }) {
      const shape = [items, 1, bands, frames];
      try {
        const results = await session.run({ [input]: new Tensor("float32", data, shape) });
        return (await results[output]!.getData()) as Float32Array;
      } catch (error) {
        throw new InputError(
          `the model fails on a spectrogram of ${bands} bands x ${frames} frames: ${messageOf(error)}`,
          { cause: error },
        );
      }
    },
    release: () => session.release(),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
