import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import type { ModelPackage } from "../../../engine/model/model-package.ts";
import type { Scorer } from "../../../engine/model/scorer.ts";
import { createFrontEnd } from "../../../engine/spectrogram/registry.ts";
import { randomFor } from "../../training-data/random.ts";
import { calibrateBiases } from "../../training-run/calibrate-biases.ts";
import type { LoadedTrack } from "../faithfulness/truth-tracks.ts";
import { drawTrackMixture } from "./mixtures.ts";
import { type PlantedNetwork, plantedModels } from "./planted-network.ts";

/** Mixtures per track that planted listeners score. */
const MIXTURES = 16;

/** A planted listener's logits of mixtures, and whether its source sounds in them. */
export interface MixtureAnswers {
  labels: boolean[];
  logits: number[];
}

export interface ScoreMixturesOptions {
  /** Seed of the mixtures. */
  seed: number;
  scorer: Scorer;
  signal?: AbortSignal | undefined;
}

/**
 * Scores mixtures of whole tracks with planted listeners.
 *
 * @returns the answers of each listener, in the order of the sources
 * @throws the signal's reason if aborted
 */
export async function scoreMixtures(
  models: readonly ModelPackage[],
  tracks: readonly LoadedTrack[],
  { seed, scorer, signal }: ScoreMixturesOptions,
): Promise<MixtureAnswers[]> {
  const logMel = createFrontEnd(DEFAULT_FRONT_END, scorer.runtime).transform;
  const answers: MixtureAnswers[] = models.map(() => ({ labels: [], logits: [] }));
  for (const track of tracks) {
    for (let item = 0; item < MIXTURES; item++) {
      signal?.throwIfAborted();
      const random = randomFor(seed, "track mixture", track.slug, item);
      const { waveform, labels } = drawTrackMixture(track, random);
      const { logits } = await scorer.logitsOfModels(models, logMel(waveform));
      answers.forEach((answer, source) => {
        answer.labels.push(labels[source]!);
        answer.logits.push(logits[source]!);
      });
    }
  }
  return answers;
}

/**
 * Shifts the biases of a planted network so that relevance 0.5 lies between whole tracks with and
 * without each source, as `lemons train --calibrate-biases` does. The network was trained on crops,
 * and the maximum over a whole track is greater.
 *
 * @param tracks the tracks that it was trained on
 * @throws the signal's reason if aborted
 */
export async function calibratePlanted(
  planted: PlantedNetwork,
  tracks: readonly LoadedTrack[],
  options: ScoreMixturesOptions,
): Promise<PlantedNetwork> {
  const answers = await scoreMixtures(await plantedModels(planted), tracks, options);
  const rows = answers[0]!.logits.map((_, row) => answers.map(({ logits }) => logits[row]!));
  const soundsIn = (row: number, source: number) => answers[source]!.labels[row]!;
  const state = calibrateBiases(planted.state, planted.architecture, rows, soundsIn);
  return { ...planted, state };
}
