import type { Mask } from "@lemons/shared/explanation/mask";
import type { ModelPackage } from "../model/model-package.ts";
import type { Scorer } from "../model/scorer.ts";
import { createFrontEnd } from "../spectrogram/front-end.ts";
import type { MaskedMix } from "./masked-mix.ts";
import type { Stopwatch } from "./stopwatch.ts";

export interface MaskLogitsInput {
  maskedMix: MaskedMix;
  /** Different masks, each of which costs a forward pass. */
  masks: readonly Mask[];
  model: ModelPackage;
  scorer: Scorer;
  stopwatch: Stopwatch;
  /** Called with the logits so far, in the order of the masks, after every forward pass. */
  onScored?: ((logits: readonly number[]) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Asks the model about each mask: mix, log-mel, forward pass.
 *
 * @returns logits in the order of the masks
 * @throws InputError where the model cannot answer; the signal's reason where it is aborted
 */
export async function maskLogits(input: MaskLogitsInput): Promise<number[]> {
  const { maskedMix, masks, model, scorer, stopwatch, onScored, signal } = input;
  const logMel = createFrontEnd(model.manifest.frontEnd).transform;
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
