import { join } from "node:path";
import type { SourceName } from "@lemons/shared/contract/explanation-request";
import { readCatalogue } from "../../research/catalogue/read-catalogue.ts";
import type { Audio } from "../audio/audio.ts";
import { InputError } from "../input-error.ts";
import { loadStems } from "./load-stems.ts";
import { SEPARATORS, type SeparatorName, separate } from "./separator.ts";
import { energyOf, siSdr } from "./si-sdr.ts";
import { compareSources, stemsOf } from "./stems.ts";

/** How well one source of one track was found. Levels and ratios in dB. */
export type SourceQuality =
  | {
      source: SourceName;
      silent: false;
      siSdr: number;
      /** Of the mix itself, which is what the trivial answer (mix / number of sources) reaches. */
      siSdrOfMix: number;
      improvement: number;
    }
  /** The true stem is silent: how much was put there nevertheless, relative to the mix. */
  | { source: SourceName; silent: true; leak: number };

export interface TrackQuality {
  track: string;
  seconds: number;
  sources: SourceQuality[];
}

/** Over the tracks where the true stem sounds. In dB. */
export interface SourceSummary {
  source: SourceName;
  tracks: number;
  meanSiSdr: number;
  medianSiSdr: number;
  meanImprovement: number;
  medianImprovement: number;
}

export interface SeparationQuality {
  separator: SeparatorName;
  version: string;
  tracks: TrackQuality[];
  summary: SourceSummary[];
}

/**
 * Separates the mix of every catalogue track whose true stems are known, and compares.
 *
 * @param catalogueDirectory folder with `catalog.json`; the mix is the sum of the track's stems
 * @param only slugs of the tracks to measure; all with stems where left out
 * @throws InputError where the catalogue cannot be read or no such track has stems
 */
export async function measureSeparation(
  catalogueDirectory: string,
  separator: SeparatorName,
  only?: readonly string[],
): Promise<SeparationQuality> {
  const catalogue = await readCatalogue(catalogueDirectory);
  const tracks: TrackQuality[] = [];
  for (const track of catalogue.tracks) {
    if (!track.stems || (only && !only.includes(track.slug))) continue;
    const truth = await stemsOf(null, await loadStems(join(catalogueDirectory, track.stems)));
    const mix = sumOf(truth.stems);
    const separated = await separate(mix, separator);
    const estimates = new Map(separated.sources.map((name, i) => [name, separated.stems[i]!]));
    const sources = truth.sources.map((source, i) =>
      qualityOf(source, truth.stems[i]!, estimates.get(source), mix),
    );
    tracks.push({
      track: track.slug,
      seconds: mix.channels[0]!.length / mix.sampleRate,
      sources,
    });
  }
  if (tracks.length === 0) {
    throw new InputError(`No track of ${catalogueDirectory} that was asked for has true stems.`);
  }
  return {
    separator,
    version: SEPARATORS[separator].version,
    tracks,
    summary: summarise(tracks),
  };
}

function sumOf(stems: Audio[]): Audio {
  const first = stems[0]!;
  const channels = first.channels.map((samples, channel) => {
    const sum = new Float32Array(samples.length);
    for (const stem of stems) {
      const part = stem.channels[channel]!;
      for (let index = 0; index < sum.length; index++) sum[index]! += part[index]!;
    }
    return sum;
  });
  return { sampleRate: first.sampleRate, channels };
}

function qualityOf(
  source: SourceName,
  truth: Audio,
  estimate: Audio | undefined,
  mix: Audio,
): SourceQuality {
  const guess =
    estimate?.channels ?? truth.channels.map((samples) => new Float32Array(samples.length));
  if (energyOf(truth.channels) === 0) {
    const leaked = energyOf(guess);
    const silence = Number.NEGATIVE_INFINITY;
    const leak = leaked === 0 ? silence : 10 * Math.log10(leaked / energyOf(mix.channels));
    return { source, silent: true, leak };
  }
  const found = siSdr(truth.channels, guess);
  const ofMix = siSdr(truth.channels, mix.channels);
  return { source, silent: false, siSdr: found, siSdrOfMix: ofMix, improvement: found - ofMix };
}

function summarise(tracks: TrackQuality[]): SourceSummary[] {
  const names = new Set(tracks.flatMap((track) => track.sources.map((each) => each.source)));
  return [...names].sort(compareSources).flatMap((source) => {
    const sounding = tracks
      .flatMap((track) => track.sources)
      .filter((each) => each.source === source)
      .filter((each) => !each.silent);
    if (sounding.length === 0) return [];
    const ratios = sounding.map((each) => each.siSdr);
    const improvements = sounding.map((each) => each.improvement);
    return {
      source,
      tracks: sounding.length,
      meanSiSdr: mean(ratios),
      medianSiSdr: median(ratios),
      meanImprovement: mean(improvements),
      medianImprovement: median(improvements),
    };
  });
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1]!;
  return sorted.length % 2 ? upper : (upper + sorted[(sorted.length >> 1) - 1]!) / 2;
}
