import type { Engine } from "@lemons/shared/contract/explanation";
import {
  type GateGrid,
  gatesOf,
  type SegmentBounds,
  segmentBounds,
} from "@lemons/shared/explanation/components";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { kept, type Mask } from "@lemons/shared/explanation/mask";
import type { ModelPackage } from "../model/model-package.ts";
import type { Scorer } from "../model/scorer.ts";
import { createFrontEnd } from "../spectrogram/registry.ts";
import type { ExplainerInput } from "./explainers/explainer.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** The waveforms that an explanation's components are made of. */
export interface MaskableSound {
  /** The whole, which an all-on mask returns. */
  mix: Float32Array;
  /** The waveforms that the gates open and close, each as long as the mix; only the mix for `time`. */
  sources: readonly Float32Array[];
  type: GateGrid["type"];
  /** Number of equal segments; the last one takes the remainder. */
  segments: number;
}

/** Renders masks of one sound. */
export interface MaskedMix {
  grid: GateGrid;
  bounds: SegmentBounds[];
  /**
   * Adds up the kept components and leaves silence elsewhere. Gates are rectangular, at whole samples.
   *
   * @returns a buffer that the next call overwrites
   */
  render(mask: Mask): Float32Array;
}

/** @throws RangeError if there are fewer samples than segments */
export function createMaskedMix({ mix, sources, type, segments }: MaskableSound): MaskedMix {
  const grid: GateGrid = { type, segments, sources: sources.length };
  const bounds = segmentBounds(mix.length, segments);
  const buffer = new Float32Array(mix.length);

  function render(mask: Mask): Float32Array {
    if (kept(mask) === mask.length) {
      buffer.set(mix);
      return buffer;
    }
    const gates = gatesOf(mask, grid);
    bounds.forEach(([start, end], segment) => {
      const open = sources.filter((_, source) => gates[segment * sources.length + source] === 1);
      if (open.length === 0) {
        buffer.fill(0, start, end);
        return;
      }
      for (let i = start; i < end; i++) {
        let sum = 0;
        for (const source of open) sum += source[i]!;
        buffer[i] = sum;
      }
    });
    return buffer;
  }

  return { grid, bounds, render };
}

/** Creates the masked mix of an explanation. */
export async function maskedMixOf({
  question: { type },
  heard,
  segments,
  stopwatch,
}: Pick<ExplainerInput, "question" | "heard" | "segments" | "stopwatch">): Promise<MaskedMix> {
  const mix = await stopwatch.timeAsync("resampling", heard.mix);
  const sources = type === "time" ? [mix] : await stopwatch.timeAsync("resampling", heard.sources);
  return createMaskedMix({ mix, sources, type, segments: segments.length });
}

/**
 * Scores the masks of an explanation and reports progress and the first mask's relevance.
 *
 * @param masks distinct masks; the first is all ones
 * @returns logits in the order of the masks, and the explanation's `engine` with the times so far
 */
export async function scoreMasks(
  input: ExplainerInput,
  maskedMix: MaskedMix,
  masks: readonly Mask[],
): Promise<{ logits: number[]; engine: () => Engine }> {
  const { stopwatch, refusal, onProgress, onRelevance } = input;
  let isReported = false;
  const logits = await maskLogits({
    ...input,
    maskedMix,
    masks,
    onScored: (scored) => {
      if (!isReported) onRelevance?.(sigmoid(scored[0]!));
      isReported = true;
      onProgress?.({ phase: "scoring", done: scored.length, total: masks.length });
    },
  });
  const engine = (): Engine => {
    const { mixing = 0, spectrogram = 0, forward = 0 } = stopwatch.seconds();
    return {
      kind: "dense",
      reason: refusal,
      blocks: 0,
      columnsEvaluated: 0,
      forwardEquivalents: masks.length,
      seconds: { mixing, spectrogram, forward },
    };
  };
  return { logits, engine };
}

export interface MaskLogitsInput {
  maskedMix: MaskedMix;
  /** Distinct masks; each costs a forward pass. */
  masks: readonly Mask[];
  model: ModelPackage;
  scorer: Scorer;
  stopwatch: Stopwatch;
  /** Called after every forward pass with the logits so far, in the order of the masks. */
  onScored?: ((logits: readonly number[]) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Scores masks: mix, spectrogram, forward pass.
 *
 * @returns logits in the order of the masks
 * @throws InputError if the model fails; the signal's reason if it is aborted
 */
export async function maskLogits(input: MaskLogitsInput): Promise<number[]> {
  const { maskedMix, masks, model, scorer, stopwatch, onScored, signal } = input;
  const logMel = createFrontEnd(model.manifest.frontEnd, scorer.runtime).transform;
  const logits: number[] = [];
  while (logits.length < masks.length) {
    signal?.throwIfAborted();
    const batch = masks.slice(logits.length, logits.length + scorer.batchSize).map((mask) => {
      const waveform = stopwatch.time("mixing", () => maskedMix.render(mask));
      return stopwatch.time("spectrogram", () => logMel(waveform));
    });
    logits.push(...(await stopwatch.timeAsync("forward", () => scorer.logits(model, batch))));
    onScored?.(logits);
  }
  return logits;
}
