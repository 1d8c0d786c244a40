import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import type { Audio } from "@lemons/gpu-worker/engine/audio/audio";
import { decodeAudio } from "@lemons/gpu-worker/engine/audio/decode";
import { createExactEngine } from "@lemons/gpu-worker/engine/explain/exact-engine";
import { explainAudio } from "@lemons/gpu-worker/engine/explain/explain-audio";
import type { ModelPackage } from "@lemons/gpu-worker/engine/model/model-package";
import { modelWaveform } from "@lemons/gpu-worker/engine/model/model-waveform";
import { readModelPackage } from "@lemons/gpu-worker/engine/model/node/read-model-package";
import { createScorer } from "@lemons/gpu-worker/engine/model/scorer";
import { analyseForTable } from "@lemons/gpu-worker/engine/response-table/engines";
import { createNodeRuntime } from "@lemons/gpu-worker/engine/runtime/node/node-runtime";
import { separate } from "@lemons/gpu-worker/engine/separate/registry";
import { createFrontEnd } from "@lemons/gpu-worker/engine/spectrogram/registry";
import type { Explanation } from "@lemons/shared/contract/explanation";
import {
  ExhaustiveNeighbourhood,
  ExplanationQuestion,
  type ExplanationType,
} from "@lemons/shared/contract/explanation-request";
import { DEFAULT_SEPARATOR } from "@lemons/shared/contract/separator";
import { createEnumeration } from "@lemons/shared/enumeration/enumeration";
import { compileEnumeration } from "@lemons/shared/enumeration/module";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";
import { encodeTable } from "@lemons/shared/what-if/table-format";
import { Tensor } from "onnxruntime-node";
import { inRepository } from "../stack/repository.ts";
import { matmulPeak } from "./matmul-peak.ts";
import { timeRuns } from "./onnx-session.ts";

const TRACK = "gt01-rock-power-chords";
const MODEL = inRepository("demo", "models", "classic-bram");
const DENSE_FORWARDS = 2048;
const WARM_UP_FORWARDS = 3;
const TIMED_FORWARDS = 7;

/** Cost of one explanation over all masks. */
export interface ExplainCost {
  /** From the sources' waveforms to the explanation, with empty caches. */
  seconds: number;
  /** One dense forward pass of a 30 s track, the median of this run. */
  forwardSeconds: number;
  /** Multiply-adds done, in those of a dense forward pass. */
  forwards: number;
  /** Time of 2,048 dense forward passes over the explanation's. */
  speedupOverDense2048: number;
  /** Multiply-adds done, and those of 2,048 dense forward passes. */
  multiplyAdds: { done: number; dense2048: number };
  /** Multiply-adds a second while the network ran, over those of a matrix product. */
  fractionOfMatmulPeak: number;
  /** Of the whole time. */
  enumerationShare: number;
  /** Parts of the table, of the enumeration and of everything else. */
  secondsByPhase: Record<string, number>;
  /** Resident memory of the process at its highest so far. */
  peakMemoryBytes: number;
}

/** The result of {@link benchExplain}. */
export interface ExplainBench {
  track: string;
  threads: number;
  forwardSeconds: number;
  forwardMultiplyAdds: number;
  /** Multiply-adds a second of a large matrix product. */
  matmulMultiplyAddsPerSecond: number;
  /** Resident memory of the process before the first explanation. */
  memoryBeforeBytes: number;
  explain: Record<ExplanationType, ExplainCost>;
  /** Bytes that counting the masks of time x source takes, wherever it runs: in a Worker too. */
  enumerationMemory: { storedTable: number; foldedTable: number; module: number };
}

/** Measures one explanation of each type on a track whose sources are already separated. */
export async function benchExplain(onStep: (message: string) => void): Promise<ExplainBench> {
  const threads = availableParallelism();
  const model = await readModelPackage(MODEL);
  const audio = await decodeAudio(await readFile(inRepository("demo", "audio", `${TRACK}.ogg`)));
  onStep("Taking the track apart");
  const stems = await audibleStems(audio);
  const memoryBeforeBytes = peakMemoryBytes();
  const found = new Map<ExplanationType, TimedExplanation & { peak: number }>();
  const forwards: number[] = [];
  let matmulMultiplyAddsPerSecond = 0;
  // The largest first: only the peak of memory is known.
  for (const type of ["time+source", "source", "time"] as const) {
    onStep(`Explaining by ${type}`);
    const timed = await timeExplanation(model, stems, type, threads);
    found.set(type, { ...timed, peak: peakMemoryBytes() });
    // Interleaved, so that a slow moment of the machine affects all alike.
    onStep(`Timing ${TIMED_FORWARDS} forward passes of a 30 s track, and a matrix product`);
    forwards.push(...(await timeForwards(model, audio, threads)));
    matmulMultiplyAddsPerSecond = Math.max(matmulMultiplyAddsPerSecond, await matmulPeak(threads));
  }
  const forwardSeconds = forwards.sort((a, b) => a - b)[forwards.length >> 1]!;
  const forwardMultiplyAdds = await multiplyAddsOfForward(model, audio);
  const explain = {} as Record<ExplanationType, ExplainCost>;
  for (const [type, { explanation, seconds, peak }] of found) {
    const { engine, timings } = explanation;
    const { forwardEquivalents } = engine;
    const { interior = 0, boundary = 0, enumeration = 0 } = engine.seconds;
    const done = forwardEquivalents * forwardMultiplyAdds;
    explain[type] = {
      seconds,
      forwardSeconds,
      forwards: forwardEquivalents,
      speedupOverDense2048: (DENSE_FORWARDS * forwardSeconds) / seconds,
      multiplyAdds: { done, dense2048: DENSE_FORWARDS * forwardMultiplyAdds },
      fractionOfMatmulPeak: done / (interior + boundary) / matmulMultiplyAddsPerSecond,
      enumerationShare: enumeration / seconds,
      secondsByPhase: phasesOf(engine.seconds, timings),
      peakMemoryBytes: peak,
    };
  }
  return {
    track: TRACK,
    threads,
    forwardSeconds,
    forwardMultiplyAdds,
    matmulMultiplyAddsPerSecond,
    memoryBeforeBytes,
    explain,
    enumerationMemory: await enumerationMemory(found.get("time+source")!.table),
  };
}

const soundRuntime = createNodeRuntime({ provider: "cpu", threads: 1 });

/** Sources without silence; true stems with pauses would need far less. */
async function audibleStems(mix: Audio): Promise<Map<string, Audio>> {
  const { sources, stems } = await separate(mix, DEFAULT_SEPARATOR, { runtime: soundRuntime });
  return new Map(sources.map((source, index) => [source, stems[index]!]));
}

interface TimedExplanation {
  explanation: Explanation;
  table: FoldedTable;
  seconds: number;
}

/** Computes one explanation with an engine whose caches are empty. */
async function timeExplanation(
  model: ModelPackage,
  stems: Map<string, Audio>,
  type: ExplanationType,
  threads: number,
): Promise<TimedExplanation> {
  const runtime = createNodeRuntime({ provider: "cpu", threads });
  const exact = createExactEngine({ runtime });
  const scorer = createScorer({ runtime });
  try {
    const neighbourhood = ExhaustiveNeighbourhood.parse({ kind: "exhaustive" });
    const start = performance.now();
    const { explanation, table } = await explainAudio({
      mix: null,
      stems,
      separator: "stems",
      audioSha256: "0".repeat(64),
      model,
      question: { ...ExplanationQuestion.parse({ type }), neighbourhood },
      scorer,
      exact,
      render: false,
    });
    const seconds = (performance.now() - start) / 1000;
    const { kind, reason } = explanation.engine;
    if (kind !== "table" || table === null)
      throw new Error(`the exact engine did not apply: ${reason}`);
    return { explanation, table, seconds };
  } finally {
    await scorer.dispose();
    await exact.dispose();
  }
}

async function enumerationMemory(table: FoldedTable): Promise<ExplainBench["enumerationMemory"]> {
  const wasm = await readFile(inRepository("shared", "enumeration", "enumerate.wasm"));
  const { memoryBytes } = createEnumeration(compileEnumeration(wasm), table);
  const foldedTable = encodeTable(table).length;
  // A sum and a maximum of every channel in place of one scalar and the maxima.
  const storedTable = 8 * table.channels * table.scalars.length;
  return { storedTable, foldedTable, module: memoryBytes };
}

/** The whole model on a 30 s track, by onnxruntime as it comes. */
async function timeForwards(model: ModelPackage, mix: Audio, threads: number): Promise<number[]> {
  const { frontEnd } = model.manifest;
  const { data, bands, frames } = createFrontEnd(frontEnd, soundRuntime).transform(
    await modelWaveform(mix, frontEnd, soundRuntime),
  );
  const logMel = new Tensor("float32", data, [1, 1, bands, frames]);
  return timeRuns(model.onnx!, ([input]) => ({ [input!]: logMel }), {
    threads,
    warmUps: WARM_UP_FORWARDS,
    runs: TIMED_FORWARDS,
  });
}

async function multiplyAddsOfForward(model: ModelPackage, mix: Audio): Promise<number> {
  const { frontEnd } = model.manifest;
  const verdict = analyseForTable(model);
  if (!verdict.applies) throw new Error(verdict.reason);
  const source = await modelWaveform(mix, frontEnd, soundRuntime);
  const segments = [[0, source.length]] as const;
  const ready = verdict.prepare({ frontEnd, sources: [source], segments });
  if (!ready.applies) throw new Error(ready.reason);
  return ready.cost.forwardMultiplyAdds;
}

/** The table's own phases in place of `table`, and enumeration apart from the rest of fitting. */
function phasesOf(
  engine: Record<string, number>,
  { total: _total, table = 0, fitting = 0, resampling = 0, ...others }: Record<string, number>,
): Record<string, number> {
  const { enumeration = 0, ...parts } = engine;
  const inTable = Object.values(parts).reduce((sum, seconds) => sum + seconds, 0);
  return {
    ...others,
    ...parts,
    resampling: resampling + (parts.resampling ?? 0),
    "rest of the table": Math.max(0, table - inTable),
    enumeration,
    fitting: Math.max(0, fitting - enumeration),
  };
}

/** Linux counts it in kilobytes. */
function peakMemoryBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}
