import type { SeparationQuality, SourceQuality } from "./separation-quality.ts";

const NAME_WIDTH = 26;
const CELL_WIDTH = 15;

/**
 * What `measureSeparation` found, for people: a row a track with SI-SDR and, in brackets, its
 * improvement over the trivial answer, then mean and median a source.
 */
export function formatSeparationTable(quality: SeparationQuality): string {
  const names = quality.summary.map((each) => each.source);
  const row = (name: string, cells: string[]) =>
    name.padEnd(NAME_WIDTH) + cells.map((cell) => cell.padStart(CELL_WIDTH)).join("");
  const lines = [
    `Separator ${quality.separator} (version ${quality.version}), ${quality.tracks.length} tracks`,
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
