import type { OnPart } from "@lemons/shared/enumeration/enumerate";
import type { MaskStatistics } from "@lemons/shared/explanation/mask-statistics";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";

/**
 * The host of the engine: inference, Fourier transforms, threads and storage. Every implementation
 * passes `runtime-contract.test.ts`. Node's is in `node/`; a browser's needs onnxruntime-web, Web
 * Workers and the origin's private file system.
 *
 * Clock (`performance.now`), hashes (Web Crypto) and WebAssembly are not part of it: every host has
 * them under the same name.
 */
export interface Runtime {
  /** True if sessions run on a GPU, where few large batches beat many small ones. */
  onGpu: boolean;
  /**
   * Loads an ONNX graph.
   *
   * @param use lets the host choose threads and memory settings
   * @throws Error with onnxruntime's message if it refuses the graph
   */
  openSession(onnx: Uint8Array, use: SessionUse): Promise<InferenceSession>;
  /**
   * Creates a real Fourier transform.
   *
   * @param size a power of two, at least 8
   * @throws RangeError for any other size
   */
  createRealFft(size: number): RealFft;
  /**
   * Starts threads that enumerate tables, which takes a tenth of a second; they don't keep the host
   * alive. Start them before a table is ready.
   */
  startEnumerator(): Enumerator;
  /** Lets the event loop handle messages, cancellation among them, before the next slice of work. */
  yieldToEvents(): Promise<void>;
  /** Where response tables outlive the session; null if nothing is stored. */
  storage: TableStorage | null;
}

/** The part of the runtime that transforms sound. */
export type FftRuntime = Pick<Runtime, "createRealFft">;

/**
 * The use of a session: `model` runs whole encoders, `chain` the pieces of a response table with
 * changing shapes, `resampling` one convolution on the CPU.
 */
export type SessionUse = "model" | "chain" | "resampling";

/** A float32 tensor in row-major order; `dims` is [] for a scalar. */
export interface Tensor {
  data: Float32Array;
  dims: readonly number[];
}

/** A loaded graph. */
export interface InferenceSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the graph once. May block the event loop while it computes.
   *
   * @param results tensors of the right shapes to write outputs into; others are allocated
   * @returns the outputs by name
   */
  run(
    inputs: Readonly<Record<string, Tensor>>,
    results?: Readonly<Record<string, Tensor>>,
  ): Promise<Record<string, Tensor>>;
  /** Frees the graph's memory. The session can't run afterwards. */
  release(): Promise<void>;
}

/** Discrete Fourier transform of `size` real samples into the caller's buffers. */
export interface RealFft {
  size: number;
  /** `size / 2 + 1`. */
  bins: number;
  /**
   * X[k] = sum x[n] exp(-2 pi i k n / size), k = 0 .. size / 2.
   *
   * @param signal `size` samples, left unchanged
   * @param spectrum `2 x bins` numbers: real and imaginary parts interleaved
   */
  forward(signal: Float64Array, spectrum: Float64Array): void;
  /** Inverts `forward`, scaling included. Overwrites `signal`, leaves `spectrum` unchanged. */
  inverse(spectrum: Float64Array, signal: Float64Array): void;
}

/** Enumerates tables on several threads, which stay for the next table. */
export interface Enumerator {
  /**
   * Runs `enumerate` of shared/enumeration, to the same bits. The calling thread works too, and its
   * event loop is blocked meanwhile (0.2 to 0.4 s for 2^25 masks).
   *
   * @param onPart called now and then with the number of finished parts
   * @throws RangeError if the table is inconsistent or its numbers are not finite
   * @throws NotEnumerable if more than 25 components are audible
   */
  enumerate(table: FoldedTable, onPart?: OnPart): Promise<MaskStatistics>;
  /** Ends the threads. Enumerations that are still running are rejected. */
  close(): Promise<void>;
}

/** A folder of small files, written whole or not at all. */
export interface TableStorage {
  /** Returns a file and when it was written (milliseconds since 1970); null if there is none. */
  read(name: string, maxBytes: number): Promise<{ bytes: Uint8Array; writtenAt: number } | null>;
  /** Writes or replaces a file. @returns false if it failed, which the host reports as a warning */
  write(name: string, bytes: Uint8Array): Promise<boolean>;
  /** Removes the files that were written before a moment and whose name matches. */
  removeOld(before: number, isTable: (name: string) => boolean): Promise<void>;
}
