import type { StemTruth } from "@lemons/shared/contract/catalogue";
import type { SourceName } from "@lemons/shared/contract/explanation-request";
import type { TrackId } from "@lemons/shared/contract/identifier";
import { segmentBounds } from "@lemons/shared/explanation/components";
import { resampleTogether } from "../../../engine/audio/resample-together.ts";
import { createNodeRuntime } from "../../../engine/runtime/node/node-runtime.ts";
import type { Random } from "../../training-data/random.ts";

/** The stems of a track as a model hears them. */
export interface StemTrack {
  slug: TrackId;
  sources: readonly SourceName[];
  /** One a source, mono at the model's rate, all of one length. */
  waveforms: readonly Float32Array[];
}

const runtime = createNodeRuntime({ provider: "cpu", threads: 1 });

/** Speeds of a track's variants, of 25: pitch and tempo by up to three semitones. */
const SPEEDS = [21, 23, 25, 27, 29];
const WHOLE_SPEED = 25;

/**
 * The same track at several speeds, pitch and all: a few tracks have few instruments in few keys,
 * and a network that knows a source only by them would not know it elsewhere.
 */
export function speedVariants(track: StemTrack): Promise<StemTrack[]> {
  return Promise.all(
    SPEEDS.map(async (speed) => ({
      ...track,
      waveforms: await resampleTogether(
        track.waveforms.map((waveform) => [waveform]),
        WHOLE_SPEED,
        speed,
        runtime,
      ),
    })),
  );
}

/** A mixture and which of the sources sound in it. */
export interface StemMixture {
  waveform: Float32Array;
  /** [sources], 1 where the source sounds. */
  labels: number[];
  /** [sources], 0 where it is too faint to say. */
  labelWeights: number[];
}

/** A stem sounds from this root mean square on, full scale 1 (-46 dB). */
const SOUNDING_RMS = 0.005;
/** Below this one (-66 dB) it does not; in between nobody could say. */
const SILENT_RMS = 0.0005;

const SHARE_OF_ONE_TRACK = 0.5;
const STEM_KEPT = 0.5;
const STEM_GAIN_DB = 6;
const MIXTURE_GAIN_DB = 6;
/** Where a random place falls into a stem's pause, another one is tried. */
const TRIES = 8;

/**
 * Draws a mixture with and without each source: half of them are stems of one place of one track,
 * half are put together from anywhere, so that nothing but the sound of a source tells that it is
 * there; each stem is kept with probability 1/2 and has a gain of its own. Stems with pauses are
 * drawn where they sound, which leaves each label near 1/2.
 *
 * @param tracks at least one, all with the same sources
 * @param samples length of the mixture, at most that of the tracks
 */
export function drawMixture(
  tracks: readonly StemTrack[],
  samples: number,
  random: Random,
): StemMixture {
  const one = random.uniform() < SHARE_OF_ONE_TRACK ? drawPlace(tracks, samples, random) : null;
  const overall = random.between(-MIXTURE_GAIN_DB, MIXTURE_GAIN_DB);
  const waveform = new Float32Array(samples);
  const labels: number[] = [];
  const labelWeights: number[] = [];
  for (const source of tracks[0]!.sources.keys()) {
    const kept = random.uniform() < STEM_KEPT;
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
  for (let attempt = 1; attempt < TRIES && rootMeanSquare(stem) < SOUNDING_RMS; attempt++) {
    stem = stemAt(drawPlace(tracks, samples, random), source, samples);
  }
  return stem;
}

/** Of a signal with at least one sample. */
function rootMeanSquare(signal: Float32Array): number {
  let energy = 0;
  for (const value of signal) energy += value * value;
  return Math.sqrt(energy / signal.length);
}

/** A mixture as long as its track, and which of the sources sound in it. */
export interface TrackMixture {
  waveform: Float32Array;
  labels: boolean[];
}

const IN_ONE_SEGMENT = 0.5;

/**
 * Mixes a track anew: each of its stems is kept with probability 1/2, and half of those kept sound
 * in one segment only. These are the sounds that explanations ask about.
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
