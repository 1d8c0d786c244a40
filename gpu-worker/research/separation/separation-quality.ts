import { join } from "node:path";
import type { SourceName } from "@lemons/shared/contract/explanation-request";
import type { MixSeparatorName } from "@lemons/shared/contract/separator";
import { type Audio, durationSeconds } from "../../engine/audio/audio.ts";
import { sumOf } from "../../engine/audio/sum-of.ts";
import { InputError } from "../../engine/input-error.ts";
import type { Runtime } from "../../engine/runtime/runtime.ts";
import { loadStems } from "../../engine/separate/node/load-stems.ts";
import { separate } from "../../engine/separate/registry.ts";
import { energyOf, siSdr } from "../../engine/separate/si-sdr.ts";
import { compareSources, stemsOf } from "../../engine/separate/stems.ts";
import { readCatalogue } from "../catalogue/read-catalogue.ts";

/** Quality of one separated source of one track. Levels and ratios in dB. */
export type SourceQuality =
  | {
      source: SourceName;
      silent: false;
      siSdr: number;
      /** SI-SDR of the mix itself: the trivial answer (mix / number of sources) reaches it. */
      siSdrOfMix: number;
      improvement: number;
    }
  /** The true stem is silent; `leak` is the level of the separated source relative to the mix. */
  | { source: SourceName; silent: true; leak: number };

export interface TrackQuality {
  track: string;
  seconds: number;
  sources: SourceQuality[];
}

/** Statistics over the tracks whose true stem isn't silent, in dB. */
export interface SourceSummary {
  source: SourceName;
  tracks: number;
  meanSiSdr: number;
  medianSiSdr: number;
  meanImprovement: number;
  medianImprovement: number;
}

export interface SeparationQuality {
  separator: MixSeparatorName;
  version: string;
  tracks: TrackQuality[];
  summary: SourceSummary[];
}

/**
 * Separates the mix of every catalogue track that has true stems and compares the sources with
 * them by SI-SDR.
 *
 * @param catalogueDirectory folder with `catalog.json`; the mix is the sum of a track's stems
 * @param only slugs of the tracks to measure; by default all that have stems
 * @throws InputError if the catalogue can't be read or no such track has stems
 */
export async function measureSeparation(
  catalogueDirectory: string,
  separator: MixSeparatorName,
  runtime: Runtime,
  only?: readonly string[],
): Promise<SeparationQuality> {
  const catalogue = await readCatalogue(catalogueDirectory);
  const tracks: TrackQuality[] = [];
  let version = "";
  for (const track of catalogue.tracks) {
    if (!track.stems || (only && !only.includes(track.slug))) continue;
    const truth = await stemsOf(null, await loadStems(join(catalogueDirectory, track.stems)));
    const mix = sumOfStems(truth.stems);
    const separated = await separate(mix, separator, { runtime });
    version = separated.version;
    const estimates = new Map(separated.sources.map((name, i) => [name, separated.stems[i]!]));
    const sources = truth.sources.map((source, i) =>
      qualityOf(source, truth.stems[i]!, estimates.get(source), mix),
    );
    tracks.push({
      track: track.slug,
      seconds: durationSeconds(mix),
      sources,
    });
  }
  if (tracks.length === 0) {
    throw new InputError(`No selected track of ${catalogueDirectory} has true stems.`);
  }
  return { separator, version, tracks, summary: summarise(tracks) };
}

function sumOfStems(stems: readonly Audio[]): Audio {
  const { sampleRate, channels } = stems[0]!;
  return {
    sampleRate,
    channels: channels.map((_, channel) => sumOf(stems.map((stem) => stem.channels[channel]!))),
  };
}

function qualityOf(
  source: SourceName,
  truth: Audio,
  estimate: Audio | undefined,
  mix: Audio,
): SourceQuality {
  const channels =
    estimate?.channels ?? truth.channels.map((samples) => new Float32Array(samples.length));
  if (energyOf(truth.channels) === 0) {
    const leakedEnergy = energyOf(channels);
    const silence = Number.NEGATIVE_INFINITY;
    const leak =
      leakedEnergy === 0 ? silence : 10 * Math.log10(leakedEnergy / energyOf(mix.channels));
    return { source, silent: true, leak };
  }
  const ratio = siSdr(truth.channels, channels);
  const mixRatio = siSdr(truth.channels, mix.channels);
  return {
    source,
    silent: false,
    siSdr: ratio,
    siSdrOfMix: mixRatio,
    improvement: ratio - mixRatio,
  };
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

const NAME_WIDTH = 26;
const CELL_WIDTH = 15;

/**
 * Formats the measurement as a table: a row per track with SI-SDR and, in brackets, the improvement
 * over the trivial answer, then mean and median per source.
 */
export function formatSeparationTable(quality: SeparationQuality): string {
  const names = quality.summary.map((each) => each.source);
  const row = (name: string, cells: string[]) =>
    name.padEnd(NAME_WIDTH) + cells.map((cell) => cell.padStart(CELL_WIDTH)).join("");
  const lines = [
    `Separator ${quality.separator} (version ${quality.version}), ${quality.tracks.length} track${quality.tracks.length === 1 ? "" : "s"}`,
    "SI-SDR in dB (improvement over the mix itself); silent: what leaked, relative to the mix",
    "",
    row("track", names),
    ...quality.tracks.map(({ track, sources }) =>
      row(
        track,
        names.map((name) => cellOf(sources.find((each) => each.source === name))),
      ),
    ),
    row(
      "mean",
      quality.summary.map((each) => pair(each.meanSiSdr, each.meanImprovement)),
    ),
    row(
      "median",
      quality.summary.map((each) => pair(each.medianSiSdr, each.medianImprovement)),
    ),
  ];
  return `${lines.join("\n")}\n`;
}

function cellOf(quality: SourceQuality | undefined): string {
  if (!quality) return "-";
  return quality.silent
    ? `silent ${quality.leak.toFixed(1)}`
    : pair(quality.siSdr, quality.improvement);
}

function pair(ratio: number, improvement: number): string {
  return `${ratio.toFixed(1)} (${improvement < 0 ? "" : "+"}${improvement.toFixed(1)})`;
}
