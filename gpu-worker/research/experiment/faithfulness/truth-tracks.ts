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

/** A track of which it is known what sounds when. */
export interface TruthTrack {
  slug: TrackId;
  /** Folder of its stems. */
  stems: string;
  /** For each source, which segments it sounds in. */
  active: Record<SourceName, (0 | 1)[]>;
}

/**
 * The tracks of a catalogue with true stems and a `truth.json`.
 *
 * @param segments that each source's truth must have
 * @throws InputError where there are none, or a truth cannot be read or has other segments
 */
export async function readTruthTracks(catalogue: string, segments: number): Promise<TruthTrack[]> {
  const { tracks } = await readCatalogue(catalogue);
  const known: TruthTrack[] = [];
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
    known.push({ slug, stems: join(catalogue, stems), active });
  }
  if (known.length === 0) {
    throw new InputError(
      `${catalogue} has no tracks with stems and truth: nothing is known of what sounds in them`,
    );
  }
  return known;
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
  throw new InputError(`${path} tells no truth: ${issue.path.join(".")} ${issue.message}.`);
}

const runtime = createNodeRuntime({ provider: "cpu", threads: 1 });

/** A track with known stems, as files have them and as a model hears them. */
export interface LoadedTrack extends StemTrack, Pick<TruthTrack, "active"> {
  stems: Map<SourceName, Audio>;
}

/**
 * @throws InputError where the stems cannot be read, the track is longer than what is explained of
 *   it, or a stem has no truth
 */
export async function loadTruthTrack({ slug, stems, active }: TruthTrack): Promise<LoadedTrack> {
  const loaded = await loadStems(stems);
  const separated = await stemsOf(null, loaded);
  const seconds = durationSeconds(separated.stems[0]!);
  if (seconds > SNIPPET_SECONDS + 0.01) {
    throw new InputError(
      `${stems}: ${seconds.toFixed(1)} s; a track with a known truth may last ${SNIPPET_SECONDS} s, so that all of it is explained`,
    );
  }
  for (const source of separated.sources) {
    if (active[source]) continue;
    throw new InputError(`${stems}: the truth says nothing of the stem "${source}"`);
  }
  const waveforms = await modelWaveforms(separated.stems, DEFAULT_FRONT_END, runtime);
  return { slug, active, stems: loaded, sources: separated.sources, waveforms };
}

/** The mix in which one source is left to sound in one segment only. */
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
