import type { StemTruth } from "@lemons/shared/contract/catalogue";
import type { SourceName } from "@lemons/shared/contract/explanation-request";
import type { TrackId } from "@lemons/shared/contract/identifier";
import { segmentBounds } from "@lemons/shared/explanation/components";
import { resampleTogether } from "../../../engine/audio/resample-together.ts";
import { createNodeRuntime } from "../../../engine/runtime/node/node-runtime.ts";
import type { Random } from "../../training-data/random.ts";

/** The stems of a track as the model's waveforms. */
export interface StemTrack {
  slug: TrackId;
  sources: readonly SourceName[];
  /** One per source: mono at the model's rate, all of the same length. */
  waveforms: readonly Float32Array[];
}

const runtime = createNodeRuntime({ provider: "cpu", threads: 1 });

/** Speeds of a track's variants, over 25: up to three semitones of pitch and tempo. */
const SPEEDS = [21, 23, 25, 27, 29];
const UNIT_SPEED = 25;

/**
 * Plays a track at several speeds, which changes tempo and pitch. A few tracks have few instruments
 * in few keys; a network trained on those alone wouldn't recognise a source elsewhere.
 */
export function speedVariants(track: StemTrack): Promise<StemTrack[]> {
  return Promise.all(
    SPEEDS.map(async (speed) => ({
      ...track,
      waveforms: await resampleTogether(
        track.waveforms.map((waveform) => [waveform]),
        UNIT_SPEED,
        speed,
        runtime,
      ),
    })),
  );
}

/** A mixture, and the sources that sound in it. */
export interface StemMixture {
  waveform: Float32Array;
  /** [sources], 1 if the source sounds. */
  labels: number[];
  /** [sources], 0 if the source is too faint to label. */
  labelWeights: number[];
}

/** A stem of at least this root mean square sounds (full scale 1; -46 dB). */
const SOUNDING_RMS = 0.005;
/** A stem below this root mean square (-66 dB) is silent. In between, its label has weight 0. */
const SILENT_RMS = 0.0005;

/** Probability that all stems of a mixture come from one place of one track. */
const ONE_TRACK_PROBABILITY = 0.5;
/** Probability that a stem is in the mixture. */
const STEM_PROBABILITY = 0.5;
const STEM_GAIN_DB = 6;
const MIXTURE_GAIN_DB = 6;
/** Attempts to find a place where a stem sounds. */
const MAX_ATTEMPTS = 8;

/**
 * Draws a training mixture. In half of the mixtures all stems come from one place of one track; in
 * the other half each stem comes from anywhere, so that only its sound reveals a source. Each stem is
 * in the mixture with probability 1/2, at a random gain. Stems with pauses are drawn from a place
 * where they sound, which keeps the mean of each label near 1/2.
 *
 * @param tracks at least one, all with the same sources
 * @param samples length of the mixture, at most the length of the tracks
 */
export function drawMixture(
  tracks: readonly StemTrack[],
  samples: number,
  random: Random,
): StemMixture {
  const one = random.uniform() < ONE_TRACK_PROBABILITY ? drawPlace(tracks, samples, random) : null;
  const overall = random.between(-MIXTURE_GAIN_DB, MIXTURE_GAIN_DB);
  const waveform = new Float32Array(samples);
  const labels: number[] = [];
  const labelWeights: number[] = [];
  for (const source of tracks[0]!.sources.keys()) {
    const kept = random.uniform() < STEM_PROBABILITY;
    const gainDb = overall + random.between(-STEM_GAIN_DB, STEM_GAIN_DB);
    const stem = one ? stemAt(one, source, samples) : drawSounding(tracks, source, samples, random);
    const gain = kept ? 10 ** (gainDb / 20) : 0;
    let energy = 0;
    for (let i = 0; i < samples; i++) {
      const value = gain * stem[i]!;
      waveform[i]! += value;
      energy += value * value;
    }
    const rms = Math.sqrt(energy / samples);
    labels.push(rms >= SOUNDING_RMS ? 1 : 0);
    labelWeights.push(rms >= SOUNDING_RMS || rms < SILENT_RMS ? 1 : 0);
  }
  return { waveform, labels, labelWeights };
}

interface Place {
  track: StemTrack;
  start: number;
}

function drawPlace(tracks: readonly StemTrack[], samples: number, random: Random): Place {
  const track = tracks[random.randint(0, tracks.length)]!;
  const room = track.waveforms[0]!.length - samples;
  return { track, start: random.randint(0, room + 1) };
}

function stemAt({ track, start }: Place, source: number, samples: number): Float32Array {
  return track.waveforms[source]!.subarray(start, start + samples);
}

function drawSounding(
  tracks: readonly StemTrack[],
  source: number,
  samples: number,
  random: Random,
): Float32Array {
  let stem = stemAt(drawPlace(tracks, samples, random), source, samples);
  for (let attempt = 1; attempt < MAX_ATTEMPTS && rootMeanSquare(stem) < SOUNDING_RMS; attempt++) {
    stem = stemAt(drawPlace(tracks, samples, random), source, samples);
  }
  return stem;
}

/** Returns the root mean square of a signal of at least one sample. */
function rootMeanSquare(signal: Float32Array): number {
  let energy = 0;
  for (const value of signal) energy += value * value;
  return Math.sqrt(energy / signal.length);
}

/** A mixture as long as its track, and whether each source sounds in it. */
export interface TrackMixture {
  waveform: Float32Array;
  labels: boolean[];
}

/** Probability that a stem of the mixture sounds in one segment only. */
const ONE_SEGMENT_PROBABILITY = 0.5;

/**
 * Draws a mixture of a whole track. Each stem is in it with probability 1/2; half of these sound in
 * one segment only. Explanations mask tracks in the same way.
 */
export function drawTrackMixture(
  track: StemTrack & Pick<StemTruth, "active">,
  random: Random,
): TrackMixture {
  const { sources, waveforms, active } = track;
  const samples = waveforms[0]!.length;
  const waveform = new Float32Array(samples);
  const labels = sources.map((source, index) => {
    const sounding = active[source]!.flatMap((sounds, segment) => (sounds ? [segment] : []));
    const kept = random.uniform() < STEM_PROBABILITY;
    const onlyOne = random.uniform() < ONE_SEGMENT_PROBABILITY;
    const drawn = sounding[random.randint(0, Math.max(1, sounding.length))];
    if (!kept || drawn === undefined) return false;
    const bounds = segmentBounds(samples, active[source]!.length);
    const [start, end] = onlyOne ? bounds[drawn]! : [0, samples];
    for (let i = start; i < end; i++) waveform[i]! += waveforms[index]![i]!;
    return true;
  });
  return { waveform, labels };
}
