import type { Spectrum } from "../../spectrogram/stft.ts";
import type { FrequencyBands } from "./frequency-bands.ts";

/**
 * How much of each band is the same in both channels: `2 Re(L R*) / (|L|^2 + |R|^2)` over the bins
 * of the band, 0 where it is negative. 1 in the centre, less to the sides and for what differs
 * (Avendano: "Frequency-domain source identification and manipulation in stereo mixes", WASPAA 2003).
 *
 * @returns index = frame x bands + band; null for anything but two channels: no centre to speak of
 */
export function stereoCentre(channels: Spectrum[], bands: FrequencyBands): Float32Array | null {
  if (channels.length !== 2) return null;
  const [left, right] = channels as [Spectrum, Spectrum];
  const { frames, bins } = left;
  const { count, ofBin } = bands;
  const centre = new Float32Array(frames * count);
  const common = new Float64Array(count);
  const total = new Float64Array(count);
  for (let frame = 0; frame < frames; frame++) {
    common.fill(0);
    total.fill(0);
    for (let bin = 0; bin < bins; bin++) {
      const i = frame * bins + bin;
      const a = left.real[i]!;
      const b = left.imaginary[i]!;
      const c = right.real[i]!;
      const d = right.imaginary[i]!;
      const band = ofBin[bin]!;
      common[band]! += 2 * (a * c + b * d);
      total[band]! += a * a + b * b + c * c + d * d;
    }
    for (let band = 0; band < count; band++) {
      const share = total[band]! > 0 ? common[band]! / total[band]! : 1;
      centre[frame * count + band] = Math.max(0, share);
    }
  }
  return centre;
}
