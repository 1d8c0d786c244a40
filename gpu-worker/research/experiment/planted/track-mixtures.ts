import { segmentBounds } from "@lemons/shared/explanation/components";
import type { Random } from "../../training-data/random.ts";
import type { TruthTrack } from "../faithfulness/truth-tracks.ts";
import type { StemTrack } from "./stem-mixtures.ts";

/** A mixture as long as its track, and which of the sources sound in it. */
export interface TrackMixture {
  waveform: Float32Array;
  labels: boolean[];
}

const STEM_KEPT = 0.5;
const IN_ONE_SEGMENT = 0.5;

/**
 * Mixes a track anew: each of its stems is kept with probability 1/2, and half of those kept sound
 * in one segment only. These are the sounds that explanations ask about.
 */
export function drawTrackMixture(
  track: StemTrack & Pick<TruthTrack, "active">,
  random: Random,
): TrackMixture {
  const { sources, waveforms, active } = track;
  const samples = waveforms[0]!.length;
  const waveform = new Float32Array(samples);
  const labels = sources.map((source, index) => {
    const sounding = active[source]!.flatMap((sounds, segment) => (sounds ? [segment] : []));
    const kept = random.uniform() < STEM_KEPT;
    const onlyOne = random.uniform() < IN_ONE_SEGMENT;
    const drawn = sounding[random.randint(0, Math.max(1, sounding.length))];
    if (!kept || drawn === undefined) return false;
    const bounds = segmentBounds(samples, active[source]!.length);
    const [start, end] = onlyOne ? bounds[drawn]! : [0, samples];
    for (let i = start; i < end; i++) waveform[i]! += waveforms[index]![i]!;
    return true;
  });
  return { waveform, labels };
}
