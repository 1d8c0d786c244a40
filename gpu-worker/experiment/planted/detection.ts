import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import type { ModelPackage } from "../../model/model-package.ts";
import type { Scorer } from "../../model/scorer.ts";
import { createLogMel } from "../../spectrogram/log-mel.ts";
import { randomFor } from "../../training-data/random.ts";
import { CROP_SECONDS } from "./plant-network.ts";
import { drawMixture, type StemTrack } from "./stem-mixtures.ts";

/** Mixtures that are asked about. */
const MIXTURES = 400;

/** What a planted listener said of mixtures in which it is known whether its source sounds. */
export interface Answers {
  labels: boolean[];
  logits: number[];
}

/**
 * Asks planted listeners about mixtures of tracks that they never heard.
 *
 * @returns in the order of the sources
 * @throws the signal's reason
 */
export async function askPlanted(
  models: readonly ModelPackage[],
  heldOut: readonly StemTrack[],
  { seed, scorer, signal }: { seed: number; scorer: Scorer; signal?: AbortSignal | undefined },
): Promise<Answers[]> {
  const logMel = createLogMel(DEFAULT_FRONT_END);
  const samples = CROP_SECONDS * DEFAULT_FRONT_END.sampleRate;
  const answers: Answers[] = models.map(() => ({ labels: [], logits: [] }));
  for (let item = 0; item < MIXTURES; item++) {
    signal?.throwIfAborted();
    const mixture = drawMixture(heldOut, samples, randomFor(seed, "held out", item));
    const { logits } = await scorer.logitsOfModels(models, logMel(mixture.waveform));
    answers.forEach((answer, source) => {
      if (mixture.labelWeights[source] === 0) return;
      answer.labels.push(mixture.labels[source] === 1);
      answer.logits.push(logits[source]!);
    });
  }
  return answers;
}
