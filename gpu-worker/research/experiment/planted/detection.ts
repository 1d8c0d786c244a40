import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import type { ModelPackage } from "../../../engine/model/model-package.ts";
import type { Scorer } from "../../../engine/model/scorer.ts";
import { createFrontEnd } from "../../../engine/spectrogram/registry.ts";
import { randomFor } from "../../training-data/random.ts";
import { calibrateBiases } from "../../training-run/calibrate-biases.ts";
import type { LoadedTrack } from "../faithfulness/truth-tracks.ts";
import { drawTrackMixture } from "./mixtures.ts";
import { type PlantedNetwork, plantedModels } from "./planted-network.ts";

/** Mixtures of a track that planted listeners are asked about. */
const MIXTURES = 16;

/** What a planted listener said of mixtures in which it is known whether its source sounds. */
export interface Answers {
  labels: boolean[];
  logits: number[];
}

export interface AskOptions {
  /** Of the mixtures. */
  seed: number;
  scorer: Scorer;
  signal?: AbortSignal | undefined;
}

/**
 * Asks planted listeners about mixtures of whole tracks.
 *
 * @returns in the order of the sources
 * @throws the signal's reason
 */
export async function askPlanted(
  models: readonly ModelPackage[],
  tracks: readonly LoadedTrack[],
  { seed, scorer, signal }: AskOptions,
): Promise<Answers[]> {
  const logMel = createFrontEnd(DEFAULT_FRONT_END, scorer.runtime).transform;
  const answers: Answers[] = models.map(() => ({ labels: [], logits: [] }));
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
 * Moves the biases of a planted network so that relevance 0.5 lies between whole tracks with and
 * without each source, as `lemons train --calibrate-biases` does: it was trained on crops, and the
 * maximum over a whole track is greater.
 *
 * @param tracks that it was trained on
 * @throws the signal's reason
 */
export async function calibratePlanted(
  planted: PlantedNetwork,
  tracks: readonly LoadedTrack[],
  options: AskOptions,
): Promise<PlantedNetwork> {
  const answers = await askPlanted(await plantedModels(planted), tracks, options);
  const rows = answers[0]!.logits.map((_, row) => answers.map(({ logits }) => logits[row]!));
  const soundsIn = (row: number, source: number) => answers[source]!.labels[row]!;
  const state = calibrateBiases(planted.state, planted.architecture, rows, soundsIn);
  return { ...planted, state };
}
