import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SNIPPET_SECONDS } from "@lemons/shared/audio/snippet";
import { StemTruth } from "@lemons/shared/contract/catalogue";
import type { SourceName } from "@lemons/shared/contract/explanation-request";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import type { TrackId } from "@lemons/shared/contract/identifier";
import { segmentBounds } from "@lemons/shared/explanation/components";
import { type Audio, durationSeconds } from "../../../engine/audio/audio.ts";
import { mixOfSources } from "../../../engine/explain/snippet-sources.ts";
import { InputError } from "../../../engine/input-error.ts";
import { modelWaveforms } from "../../../engine/model/model-waveform.ts";
import { createNodeRuntime } from "../../../engine/runtime/node/node-runtime.ts";
import { loadStems } from "../../../engine/separate/node/load-stems.ts";
import { stemsOf } from "../../../engine/separate/stems.ts";
import { readCatalogue } from "../../catalogue/read-catalogue.ts";
import type { StemTrack } from "../planted/mixtures.ts";

/** A track with true stems, and the segments in which each sounds. */
export interface TruthTrack {
  slug: TrackId;
  /** Folder of its stems. */
  stems: string;
  /** By source, a flag per segment: 1 if the source sounds in it. */
  active: Record<SourceName, (0 | 1)[]>;
}

/**
 * Reads the tracks of a catalogue that have true stems and a `truth.json`.
 *
 * @param segments number of segments that each source's truth must have
 * @throws InputError if there are none, or a truth can't be read or has another number of segments
 */
export async function readTruthTracks(catalogue: string, segments: number): Promise<TruthTrack[]> {
  const { tracks } = await readCatalogue(catalogue);
  const found: TruthTrack[] = [];
  for (const { slug, stems, truth } of tracks) {
    if (stems === undefined || truth === undefined) continue;
    const path = join(catalogue, truth);
    const { active } = await readTruth(path);
    for (const [source, sounding] of Object.entries(active)) {
      if (sounding.length === segments) continue;
      throw new InputError(
        `${path}: "${source}" has ${sounding.length} segments; ${segments} are needed`,
      );
    }
    found.push({ slug, stems: join(catalogue, stems), active });
  }
  if (found.length === 0) {
    throw new InputError(`${catalogue} has no tracks with true stems and a truth.json`);
  }
  return found;
}

async function readTruth(path: string): Promise<StemTruth> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new InputError(`${path} cannot be read as JSON.`, { cause });
  }
  const parsed = StemTruth.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new InputError(`${path} is not a truth: ${issue.path.join(".")} ${issue.message}.`);
}

const runtime = createNodeRuntime({ provider: "cpu", threads: 1 });

/** A track with true stems, at the files' rate and as the model's waveforms. */
export interface LoadedTrack extends StemTrack, Pick<TruthTrack, "active"> {
  stems: Map<SourceName, Audio>;
}

/**
 * Loads the stems of a track.
 *
 * @throws InputError if the stems can't be read, the track is longer than the explained snippet, or
 *   a stem has no truth
 */
export async function loadTruthTrack({ slug, stems, active }: TruthTrack): Promise<LoadedTrack> {
  const loaded = await loadStems(stems);
  const separated = await stemsOf(null, loaded);
  const seconds = durationSeconds(separated.stems[0]!);
  if (seconds > SNIPPET_SECONDS + 0.01) {
    throw new InputError(
      `${stems} lasts ${seconds.toFixed(1)} s; a track with a truth can last at most ${SNIPPET_SECONDS} s, the length that is explained`,
    );
  }
  for (const source of separated.sources) {
    if (active[source]) continue;
    throw new InputError(`${stems}: truth.json has no entry for the stem "${source}"`);
  }
  const waveforms = await modelWaveforms(separated.stems, DEFAULT_FRONT_END, runtime);
  return { slug, active, stems: loaded, sources: separated.sources, waveforms };
}

/** Mixes a track's stems, with one source muted outside one segment. */
export function mixWithSourceOnlyIn(
  { stems }: Pick<LoadedTrack, "stems">,
  { source, segment, segments }: { source: SourceName; segment: number; segments: number },
): Audio {
  const sounds = [...stems].map(([name, stem]): Audio => {
    if (name !== source) return stem;
    const channels = stem.channels.map((samples) => {
      const [start, end] = segmentBounds(samples.length, segments)[segment]!;
      const muted = new Float32Array(samples.length);
      muted.set(samples.subarray(start, end), start);
      return muted;
    });
    return { ...stem, channels };
  });
  return mixOfSources(sounds);
}
