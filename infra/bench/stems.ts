import { readdir, readFile } from "node:fs/promises";
import type { Audio } from "@lemons/gpu-worker/engine/audio/audio";
import { decodeAudio } from "@lemons/gpu-worker/engine/audio/decode";
import { renderStems } from "@lemons/gpu-worker/engine/explain/render";
import { snippetSources } from "@lemons/gpu-worker/engine/explain/snippet-sources";
import { createNodeRuntime } from "@lemons/gpu-worker/engine/runtime/node/node-runtime";
import { SOURCES, type SourceName } from "@lemons/shared/contract/explanation-request";
import { DEFAULT_SEPARATOR, type SeparatorName } from "@lemons/shared/contract/separator";
import { inRepository } from "../stack/repository.ts";

/** A composed piece: once separated, once with its true stems. */
const TRACKS: readonly { track: string; separator: SeparatorName }[] = [
  { track: "gt01-rock-power-chords", separator: DEFAULT_SEPARATOR },
  { track: "gt01-rock-power-chords", separator: "stems" },
];

/** The sum of the decoded sources of one track against the snippet. */
export interface StemsOfTrack {
  track: string;
  separator: SeparatorName;
  /** Samples by which the decoded files differ in length from the snippet: all should be 0. */
  lengthDifferences: number[];
  /** Ratio of the snippet to the error of the decoded sources' sum, in dB. */
  signalToError: number;
  /** Largest |snippet - sum of the decoded sources|, full scale 1. */
  largestError: number;
  bytes: number;
}

/** Renders the sources of tracks as the service does, decodes them and adds them up. */
export async function benchStems(
  onStep: (message: string) => void,
): Promise<{ stems: StemsOfTrack[] }> {
  const stems: StemsOfTrack[] = [];
  for (const { track, separator } of TRACKS) {
    onStep(`Rendering the sources of ${track} by ${separator}`);
    stems.push({ track, separator, ...(await sumOfRendered(track, separator)) });
  }
  return { stems };
}

/** Formats the measurement as a table. */
export function formatStems({ stems }: { stems: readonly StemsOfTrack[] }): string {
  const rows = stems.map(
    ({ track, separator, lengthDifferences, signalToError, largestError, bytes }) =>
      [
        `${track}, ${separator}`.padEnd(32),
        lengthDifferences.join(" ").padStart(14),
        signalToError.toFixed(1).padStart(12),
        largestError.toFixed(3).padStart(12),
        (bytes / 1e6).toFixed(1).padStart(10),
      ].join(""),
  );
  return [
    "Sources as /v1/explanations/{id}/stems/{source} serves them, decoded and added up:",
    "",
    `${"".padEnd(32)}${"samples off".padStart(14)}${"error, dB".padStart(12)}${"largest".padStart(12)}${"MB".padStart(10)}`,
    ...rows,
    "",
  ].join("\n");
}

async function sumOfRendered(
  track: string,
  separator: SeparatorName,
): Promise<Omit<StemsOfTrack, "track" | "separator">> {
  const mix = await decodeAudio(await readFile(inRepository("demo", "audio", `${track}.ogg`)));
  const own = separator === "stems" ? await ownStems(track) : null;
  const input = {
    runtime: createNodeRuntime({ provider: "cpu", threads: 1 }),
    mix: own ? null : mix,
    stems: own,
    separator,
    audioSha256: "0".repeat(64),
  };
  const { mix: snippet } = await snippetSources({ ...input, needsSources: true });
  const rendered = await renderStems({ ...input, sources: SOURCES });
  const decoded = await Promise.all(rendered.map(({ encoded }) => decodeAudio(encoded.bytes)));
  const samples = snippet.channels[0]!.length;
  let [signal, error, largestError] = [0, 0, 0];
  snippet.channels.forEach((channel, index) => {
    // A decoder returns identical channels only once.
    const parts = decoded.map(({ channels }) => channels[index] ?? channels[0]!);
    channel.forEach((sample, i) => {
      const sum = parts.reduce((total, part) => total + (part[i] ?? 0), 0);
      signal += sample * sample;
      error += (sample - sum) * (sample - sum);
      largestError = Math.max(largestError, Math.abs(sample - sum));
    });
  });
  return {
    lengthDifferences: decoded.map(({ channels }) => channels[0]!.length - samples),
    signalToError: 10 * Math.log10(signal / error),
    largestError,
    bytes: rendered.reduce((total, { encoded }) => total + encoded.bytes.length, 0),
  };
}

async function ownStems(track: string): Promise<Map<SourceName, Audio>> {
  const folder = inRepository("demo", "stems", track);
  const files = (await readdir(folder)).filter((file) => file.endsWith(".flac"));
  const entries = files.map(async (file) => {
    const audio = await decodeAudio(await readFile(`${folder}/${file}`));
    return [file.replace(/\.flac$/, ""), audio] as const;
  });
  return new Map(await Promise.all(entries));
}
