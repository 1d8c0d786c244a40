import { sigmoid } from "@lemons/shared/explanation/exponential";
import type { Audio } from "../audio/audio.ts";
import { centreSnippet } from "../audio/snippet.ts";
import type { ModelPackage } from "../model/model-package.ts";
import { modelWaveform } from "../model/model-waveform.ts";
import type { Scorer } from "../model/scorer.ts";
import { createFrontEnd } from "../spectrogram/front-end.ts";

export interface ScoreAudioInput {
  /** The whole track; its centre snippet is scored. */
  mix: Audio;
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
  /** Forward passes made: one for each distinct encoder and front-end. */
  forwards: number;
}

/**
 * Scores a track for each model's listener. Models that share an encoder share its forward pass.
 *
 * @throws InputError where the audio is too short or a model cannot answer
 */
export async function scoreAudio({ mix, models, scorer }: ScoreAudioInput): Promise<AudioScores> {
  const snippet = centreSnippet(mix).audio;
  const groups = Map.groupBy(models, ({ manifest }) => JSON.stringify(manifest.frontEnd));
  const logitOf = new Map<ModelPackage, number>();
  let forwards = 0;
  for (const group of groups.values()) {
    const { frontEnd } = group[0]!.manifest;
    const logMel = createFrontEnd(frontEnd).transform(
      await modelWaveform(snippet, frontEnd, scorer.runtime),
    );
    const answers = await scorer.logitsOfModels(group, logMel);
    forwards += answers.forwards;
    group.forEach((model, index) => {
      logitOf.set(model, answers.logits[index]!);
    });
  }
  const scores = models.map((model) => {
    const logit = logitOf.get(model)!;
    return { model: model.manifest.id, logit, relevance: sigmoid(logit) };
  });
  return { scores, forwards };
}
