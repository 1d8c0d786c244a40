import { SNIPPET_SECONDS } from "@lemons/shared/audio/snippet";
import type { SourceName } from "@lemons/shared/contract/explanation-request";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { segmentBounds } from "@lemons/shared/explanation/components";
import { type Audio, durationSeconds } from "../../../engine/audio/audio.ts";
import { mixOfSources } from "../../../engine/explain/snippet-sources.ts";
import { InputError } from "../../../engine/input-error.ts";
import { modelWaveforms } from "../../../engine/model/model-waveform.ts";
import { createNodeRuntime } from "../../../engine/runtime/node/node-runtime.ts";
import { loadStems } from "../../../engine/separate/node/load-stems.ts";
import { stemsOf } from "../../../engine/separate/stems.ts";
import type { StemTrack } from "../planted/stem-mixtures.ts";
import type { TruthTrack } from "./truth-tracks.ts";

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
