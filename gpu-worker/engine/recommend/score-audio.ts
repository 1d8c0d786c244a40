import { SNIPPET_SECONDS } from "@lemons/shared/audio/snippet";
import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { ModelId } from "@lemons/shared/contract/identifier";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import type { Audio } from "../audio/audio.ts";
import { centreSnippet } from "../audio/snippet.ts";
import type { EncoderPackage, ModelPackage } from "../model/model-package.ts";
import { modelWaveform } from "../model/model-waveform.ts";
import type { Scorer } from "../model/scorer.ts";
import type { FftRuntime } from "../runtime/runtime.ts";
import type { LogMel } from "../spectrogram/front-end.ts";
import { createFrontEnd } from "../spectrogram/registry.ts";

export interface ScoreAudioInput {
  /** The whole track; its centre snippet is scored. */
  mix: Audio;
  models: readonly ModelPackage[];
  scorer: Scorer;
}

export interface AudioScore {
  model: ModelId;
  logit: number;
  /** sigmoid(logit). */
  relevance: number;
}

export interface AudioScores {
  /** In the order of the models. */
  scores: AudioScore[];
  /** Number of forward passes: one for each distinct encoder and front-end. */
  forwards: number;
}

/**
 * Scores a track for each model's listener. Models that share an encoder share its forward pass.
 *
 * @throws InputError if the audio is too short or a model fails
 */
export async function scoreAudio({ mix, models, scorer }: ScoreAudioInput): Promise<AudioScores> {
  const snippet = centreSnippet(mix).audio;
  const groups = Map.groupBy(models, ({ manifest }) => JSON.stringify(manifest.frontEnd));
  const logitOf = new Map<ModelPackage, number>();
  let forwards = 0;
  for (const group of groups.values()) {
    const { frontEnd } = group[0]!.manifest;
    const result = await scorer.logitsOfModels(group, await logMelOf(snippet, frontEnd, scorer));
    forwards += result.forwards;
    group.forEach((model, index) => {
      logitOf.set(model, result.logits[index]!);
    });
  }
  const scores = models.map((model) => {
    const logit = logitOf.get(model)!;
    return { model: model.manifest.id, logit, relevance: sigmoid(logit) };
  });
  return { scores, forwards };
}

/**
 * Returns an encoder's features of a track's centre snippet, [features]. They are all that a head needs
 * to score the track.
 *
 * @param mix the whole track
 * @throws InputError if the audio is too short or the encoder fails
 */
export async function featuresOfAudio(
  mix: Audio,
  model: EncoderPackage,
  scorer: Scorer,
): Promise<Float32Array> {
  const logMel = await logMelOf(centreSnippet(mix).audio, model.manifest.frontEnd, scorer);
  return scorer.pooledFeatures(model, logMel);
}

async function logMelOf(snippet: Audio, frontEnd: FrontEnd, { runtime }: Scorer): Promise<LogMel> {
  const waveform = await modelWaveform(snippet, frontEnd, runtime);
  return createFrontEnd(frontEnd, runtime).transform(waveform);
}

/**
 * Returns an encoder's features of silence as long as a snippet, [features].
 *
 * @throws InputError if the encoder fails
 */
export function featuresOfSilence(model: EncoderPackage, scorer: Scorer): Promise<Float32Array> {
  return scorer.pooledFeatures(model, logMelOfSilence(model.manifest.frontEnd, scorer.runtime));
}

/** Returns the spectrogram of silence, by default as long as a snippet. */
export function logMelOfSilence(
  frontEnd: FrontEnd,
  runtime: FftRuntime,
  seconds: number = SNIPPET_SECONDS,
): LogMel {
  const silence = new Float32Array(seconds * frontEnd.sampleRate);
  return createFrontEnd(frontEnd, runtime).transform(silence);
}
