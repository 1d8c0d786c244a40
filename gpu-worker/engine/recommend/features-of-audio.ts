import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { Audio } from "../audio/audio.ts";
import { centreSnippet } from "../audio/snippet.ts";
import type { EncoderPackage } from "../model/model-package.ts";
import { modelWaveform } from "../model/model-waveform.ts";
import type { Scorer } from "../model/scorer.ts";
import { createFrontEnd } from "../spectrogram/front-end.ts";
import type { LogMel } from "../spectrogram/log-mel.ts";

/** As long as the snippet of a track. */
const SILENCE_SECONDS = 30;

/**
 * What an encoder makes of silence, [features].
 *
 * @throws InputError where the encoder cannot answer
 */
export function featuresOfSilence(model: EncoderPackage, scorer: Scorer): Promise<Float32Array> {
  return scorer.pooledFeatures(model, logMelOfSilence(model.manifest.frontEnd));
}

/** Silence as long as the snippet of a track, as a model hears it. */
export function logMelOfSilence(frontEnd: FrontEnd): LogMel {
  return createFrontEnd(frontEnd).transform(
    new Float32Array(SILENCE_SECONDS * frontEnd.sampleRate),
  );
}

/**
 * What an encoder pools the centre snippet of a track to, [features]: all that any head needs to score
 * the track.
 *
 * @param mix the whole track
 * @throws InputError where the audio is too short or the encoder cannot answer
 */
export async function featuresOfAudio(
  mix: Audio,
  model: EncoderPackage,
  scorer: Scorer,
): Promise<Float32Array> {
  const { frontEnd } = model.manifest;
  const waveform = await modelWaveform(centreSnippet(mix).audio, frontEnd, scorer.runtime);
  return scorer.pooledFeatures(model, createFrontEnd(frontEnd).transform(waveform));
}
