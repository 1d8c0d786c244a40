/**
 * Scale-invariant signal-to-distortion ratio in dB (Le Roux, Wisdom, Erdogan, Hershey: "SDR -
 * half-baked or well done?", ICASSP 2019, equation 3):
 *
 * `10 log10(|a s|^2 / |a s - e|^2)` with `a = <e, s> / <s, s>`, `s` the reference and `e` the
 * estimate. Channels count as one long signal; the mean is not removed.
 *
 * @param reference the true source, channels of one length
 * @param estimate the separated source, of the same shape
 * @returns `Infinity` for a scaled copy, `-Infinity` for a silent estimate or one without the
 *   source, `NaN` for a silent reference, for which the ratio is undefined
 * @throws RangeError if the shapes differ
 */
export function siSdr(reference: Float32Array[], estimate: Float32Array[]): number {
  let referenceEnergy = 0;
  let estimateEnergy = 0;
  let product = 0;
  if (reference.length !== estimate.length) throw new RangeError("channel counts differ");
  for (const [channel, truth] of reference.entries()) {
    const guess = estimate[channel]!;
    if (guess.length !== truth.length) throw new RangeError("lengths differ");
    for (let index = 0; index < truth.length; index++) {
      referenceEnergy += truth[index]! * truth[index]!;
      estimateEnergy += guess[index]! * guess[index]!;
      product += truth[index]! * guess[index]!;
    }
  }
  if (referenceEnergy === 0) return Number.NaN;
  const target = (product * product) / referenceEnergy;
  // The projection is orthogonal, so the energies of target and distortion add up.
  const distortion = Math.max(0, estimateEnergy - target);
  if (target === 0) return Number.NEGATIVE_INFINITY;
  if (distortion <= estimateEnergy * Number.EPSILON) return Number.POSITIVE_INFINITY;
  return 10 * Math.log10(target / distortion);
}

/** Returns the sum of squares over all channels. */
export function energyOf(channels: Float32Array[]): number {
  let energy = 0;
  for (const samples of channels) for (const sample of samples) energy += sample * sample;
  return energy;
}
