import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import type { Audio } from "@lemons/gpu-worker/audio/audio";
import { decodeAudio } from "@lemons/gpu-worker/audio/decode";
import { explainAudio } from "@lemons/gpu-worker/explain/explain-audio";
import { type ModelPackage, readModelPackage } from "@lemons/gpu-worker/model/model-package";
import { modelWaveform } from "@lemons/gpu-worker/model/model-waveform";
import { createScorer, type Scorer } from "@lemons/gpu-worker/model/scorer";
import { loadStems } from "@lemons/gpu-worker/separate/load-stems";
import { createLogMel } from "@lemons/gpu-worker/spectrogram/log-mel";
import {
  DEFAULT_SAMPLES,
  ExplanationQuestion,
  ExplanationType,
} from "@lemons/shared/contract/explanation-request";
import { inRepository } from "../stack/repository.ts";

const TRACK = "gt01-rock-power-chords";
const MODEL = inRepository("demo", "models", "bram");
const DENSE_SAMPLES = 2048;
const WARM_UP_FORWARDS = 3;
const TIMED_FORWARDS = 15;

/** Cost of one explanation. */
export interface ExplainCost {
  /** From decoded stems to the result, highlights included. */
  seconds: number;
  /** One dense forward pass of a 30 s track, the median of this run. */
  forwardSeconds: number;
  /** Dense forward passes made. */
  forwards: number;
  /** Time of 2,048 dense forward passes over the explanation's. */
  speedupOverDense2048: number;
}

/** What {@link benchExplain} measured. */
export interface ExplainBench {
  track: string;
  forwardSeconds: number;
  explain: Record<ExplanationType, ExplainCost>;
}

/** Median seconds of one forward pass of the whole model on a 30 s track. */
async function timeForward(model: ModelPackage, mix: Audio, scorer: Scorer): Promise<number> {
  const { frontEnd } = model.manifest;
  const logMel = createLogMel(frontEnd)(modelWaveform(mix, frontEnd));
  const seconds: number[] = [];
  for (let i = 0; i < WARM_UP_FORWARDS + TIMED_FORWARDS; i++) {
    const start = performance.now();
    await scorer.logits(model, [logMel]);
    if (i >= WARM_UP_FORWARDS) seconds.push((performance.now() - start) / 1000);
  }
  return seconds.sort((a, b) => a - b)[TIMED_FORWARDS >> 1]!;
}

/** Measures one explanation of each type on a composed track with its true stems. */
export async function benchExplain(onStep: (message: string) => void): Promise<ExplainBench> {
  const model = await readModelPackage(MODEL);
  const audio = await decodeAudio(await readFile(inRepository("demo", "audio", `${TRACK}.ogg`)));
  const stems = await loadStems(inRepository("demo", "stems", TRACK));
  const scorer = createScorer({ provider: "cpu", threads: availableParallelism() });
  try {
    onStep(`Timing ${TIMED_FORWARDS} forward passes of a 30 s track`);
    const forwardSeconds = await timeForward(model, audio, scorer);
    const explain = {} as Record<ExplanationType, ExplainCost>;
    for (const type of ExplanationType.options) {
      onStep(`Explaining by ${type}`);
      const start = performance.now();
      const { explanation } = await explainAudio({
        mix: null,
        stems,
        separator: "stems",
        audioSha256: "0".repeat(64),
        model,
        question: {
          ...ExplanationQuestion.parse({ type }),
          neighbourhood: { kind: "sampled", samples: DEFAULT_SAMPLES[type], seed: 0 },
        },
        scorer,
      });
      const seconds = (performance.now() - start) / 1000;
      explain[type] = {
        seconds,
        forwardSeconds,
        forwards: explanation.neighbourhood.distinctMasks,
        speedupOverDense2048: (DENSE_SAMPLES * forwardSeconds) / seconds,
      };
    }
    return { track: TRACK, forwardSeconds, explain };
  } finally {
    await scorer.dispose();
  }
}

/** The measurements as a table. */
export function formatExplainBench({ track, forwardSeconds, explain }: ExplainBench): string {
  const rows = ExplanationType.options.map((type) => {
    const { seconds, forwards, speedupOverDense2048 } = explain[type];
    return [
      type.padEnd(12),
      seconds.toFixed(2).padStart(8),
      String(forwards).padStart(15),
      (seconds / forwardSeconds).toFixed(1).padStart(13),
      speedupOverDense2048.toFixed(1).padStart(20),
    ].join("  ");
  });
  return [
    `One forward pass of a 30 s track: ${(forwardSeconds * 1000).toFixed(1)} ms`,
    `Explanations of ${track} with its true stems:`,
    "",
    "type           seconds  dense forwards  time / forward  x 2,048 forwards' time",
    ...rows,
    "",
  ].join("\n");
}
