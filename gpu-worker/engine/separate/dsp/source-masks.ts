import type { Spectrum } from "../../spectrogram/stft.ts";
import { bassShare } from "./bass-share.ts";
import { componentShares } from "./component-shares.ts";
import { factorise } from "./factorisation.ts";
import { percussiveShare } from "./harmonic-percussive.ts";
import { frequencyBands, magnitudesOf, poolBands } from "./magnitudes.ts";
import { centreFactor, pianoWeight, stereoCentre, tonalWeights } from "./tonal-split.ts";

const COMPONENTS = 48;
const ITERATIONS = 16;

/**
 * Share of each source in each bin, 0 to 1; index = frame x bins + bin. The rest up to 1 is `other`.
 */
export interface SourceMasks {
  vocals: Float32Array;
  piano: Float32Array;
  drums: Float32Array;
  bass: Float32Array;
}

/**
 * Computes the soft masks of a mix:
 * 1. first guesses by harmonic/percussive separation and by a low band that follows the bass line,
 * 2. the geometric mean of these and of the shares by components of a factorisation, which extend
 *    the guesses to whole sounds,
 * 3. the split of the tonal remainder among vocals, piano and other.
 *
 * @param channels spectra of the mix's channels on one grid
 */
export function sourceMasks(
  channels: Spectrum[],
  grid: { binHertz: number; hopSeconds: number },
): SourceMasks {
  const magnitudes = magnitudesOf(channels, grid);
  const { frames, bins, values } = magnitudes;
  const drums = percussiveShare(magnitudes);
  const tonal = drums.map((share) => 1 - share);
  const low = bassShare(magnitudes, tonal);
  const bass = new Float32Array(values.length);
  for (let frame = 0; frame < frames; frame++) {
    for (let bin = 0; bin < low.bins; bin++) {
      const i = frame * bins + bin;
      bass[i] = tonal[i]! * low.values[frame * low.bins + bin]!;
    }
  }
  const bands = frequencyBands(bins, grid.binHertz);
  const pooled = poolBands(magnitudes, bands);
  const components = componentShares(
    factorise(pooled, bands.count, COMPONENTS, ITERATIONS),
    pooled,
    poolBands(magnitudes, bands, drums),
    poolBands(magnitudes, bands, bass),
    grid.hopSeconds,
  );
  const centre = stereoCentre(channels, bands);
  const weights = tonalWeights(bins, grid.binHertz);
  const vocals = tonal; // reused bin by bin, which saves two arrays of the spectrogram's size
  const piano = new Float32Array(values.length);
  for (let frame = 0; frame < frames; frame++) {
    for (let bin = 0; bin < bins; bin++) {
      const i = frame * bins + bin;
      const band = frame * bands.count + bands.ofBin[bin]!;
      const drumsAgreed = geometricMean(drums[i]!, components.drums[band]!);
      const bassAgreed = geometricMean(bass[i]!, components.bass[band]!);
      const restAgreed = geometricMean(
        1 - drums[i]! - bass[i]!,
        1 - components.drums[band]! - components.bass[band]!,
      );
      const sum = drumsAgreed + bassAgreed + restAgreed;
      const voiceWeight = weights.vocals[bin]! * (centre ? centreFactor(centre[band]!) : 1);
      const struckWeight = pianoWeight(components.struck[band]!);
      const rest = restAgreed / sum / (voiceWeight + struckWeight + weights.other[bin]!);
      drums[i] = drumsAgreed / sum;
      bass[i] = bassAgreed / sum;
      vocals[i] = rest * voiceWeight;
      piano[i] = rest * struckWeight;
    }
  }
  return { vocals, piano, drums, bass };
}

/** The floor keeps a share of zero from overruling the other. */
function geometricMean(first: number, second: number): number {
  return Math.sqrt((Math.max(0, first) + 1e-6) * (Math.max(0, second) + 1e-6));
}
