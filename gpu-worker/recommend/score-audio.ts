import type { Audio } from "../audio/audio.ts";
import type { ModelPackage } from "../model/model-package.ts";
import type { Scorer } from "../model/scorer.ts";

export interface ScoreAudioInput {
  mix: Audio;
  /** At least one. */
  models: readonly ModelPackage[];
  scorer: Scorer;
}

export interface AudioScore {
  /** Id of the model. */
  model: string;
  logit: number;
  /** sigmoid(logit). */
  relevance: number;
}

export interface AudioScores {
  /** In the order of the models. */
  scores: AudioScore[];
  /** Forward passes made: one for each distinct encoder. */
  forwards: number;
}

export async function scoreAudio(input: ScoreAudioInput): Promise<AudioScores> {
  throw new Error(`not built yet: ${input.models.length}`);
}
