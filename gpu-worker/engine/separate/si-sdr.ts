/**
 * Scale-invariant signal-to-distortion ratio in dB (Le Roux, Wisdom, Erdogan, Hershey: "SDR -
 * half-baked or well done?", ICASSP 2019, equation 3):
 *
 * `10 log10(|a s|^2 / |a s - e|^2)` with `a = <e, s> / <s, s>`, `s` the reference and `e` the
 * estimate. Channels count as one long signal. No mean is taken out.
 *
 * @param reference the true source, channels of one length
 * @param estimate what was separated, of the same shape
 * @returns `Infinity` for a scaled copy, `-Infinity` for an estimate with nothing of the source in
 *   it (a silent one, too), `NaN` where the reference is silent: the ratio is not defined there
 * @throws RangeError where the shapes differ
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
  // The projection is orthogonal, so the distortion's energy is what the target leaves.
  const distortion = Math.max(0, estimateEnergy - target);
  if (target === 0) return Number.NEGATIVE_INFINITY;
  if (distortion <= estimateEnergy * Number.EPSILON) return Number.POSITIVE_INFINITY;
  return 10 * Math.log10(target / distortion);
}

/** Sum of squares over all channels. */
export function energyOf(channels: Float32Array[]): number {
  let energy = 0;
  for (const samples of channels) for (const sample of samples) energy += sample * sample;
  return energy;
}
