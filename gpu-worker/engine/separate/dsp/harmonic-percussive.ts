import { lowPass, type Magnitudes, oddWidth } from "./magnitudes.ts";
import { runningRank } from "./running-rank.ts";

/** Widths of the median filters along time and along frequency. */
const STEADY_SECONDS = 0.54;
const BROAD_HERTZ = 242;

/**
 * Below this corner only the length separates a drum from a bass: there are too few bins to see
 * that a kick is broad, and a kick is shorter than a bass note.
 */
const LENGTH_ONLY_HERTZ = 160;
const LENGTH_ONLY_TOP_HERTZ = 300;
const LENGTH_ONLY_ORDER = 8;

/** A level that is exceeded for 62 % of 0.29 s counts as sustained. */
const SUSTAINED_SECONDS = 0.29;
const SUSTAINED_QUANTILE = 0.38;

/** Keeps 0 / 0 at 0 in silence. */
const FLOOR = 1e-20;

/**
 * Returns the percussive share of each bin, 0 to 1.
 *
 * Above the bass register: median filters along time and along frequency, compared as a Wiener mask
 * (Fitzgerald: "Harmonic/percussive separation using median filtering", DAFx 2010). In the bass
 * register: the part above a low running quantile along time.
 */
export function percussiveShare(magnitudes: Magnitudes): Float32Array {
  const { frames, bins, values, binHertz, hopSeconds } = magnitudes;
  const steady = alongTime(magnitudes, bins, STEADY_SECONDS, 0.5);
  const broad = alongFrequency(magnitudes, oddWidth(BROAD_HERTZ, binHertz));
  const share = broad;
  for (let i = 0; i < share.length; i++) {
    const percussive = broad[i]! * broad[i]!;
    share[i] = percussive / (percussive + steady[i]! * steady[i]! + FLOOR);
  }
  const low = Math.min(bins, Math.ceil(LENGTH_ONLY_TOP_HERTZ / binHertz));
  const sustained = alongTime(magnitudes, low, SUSTAINED_SECONDS, SUSTAINED_QUANTILE, steady);
  for (let bin = 0; bin < low; bin++) {
    const blend = lowPass(bin * binHertz, LENGTH_ONLY_HERTZ, LENGTH_ONLY_ORDER);
    for (let frame = 0; frame < frames; frame++) {
      const i = frame * bins + bin;
      const floor = sustained[i]! * sustained[i]!;
      const excess = Math.max(0, values[i]! - sustained[i]!) ** 2;
      share[i] = blend * (excess / (excess + floor + FLOOR)) + (1 - blend) * share[i]!;
    }
  }
  return share;

  function alongTime(
    of: Magnitudes,
    upTo: number,
    seconds: number,
    quantile: number,
    output: Float32Array = new Float32Array(of.values.length),
  ): Float32Array {
    const width = oddWidth(seconds, hopSeconds);
    const rank = Math.floor(quantile * width);
    const sorted = new Float32Array(width);
    const line = { start: 0, stride: bins, length: frames, width, rank };
    for (let bin = 0; bin < upTo; bin++) {
      line.start = bin;
      runningRank(of.values, output, line, sorted);
    }
    return output;
  }
}

function alongFrequency({ frames, bins, values }: Magnitudes, width: number): Float32Array {
  const output = new Float32Array(values.length);
  const sorted = new Float32Array(width);
  const line = { start: 0, stride: 1, length: bins, width, rank: (width - 1) / 2 };
  for (let frame = 0; frame < frames; frame++) {
    line.start = frame * bins;
    runningRank(values, output, line, sorted);
  }
  return output;
}
