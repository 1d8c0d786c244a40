import { join } from "node:path";
import type { CatalogueTrack } from "@lemons/shared/contract/catalogue";
import {
  type Stability,
  StabilityPoint,
  type StabilitySettings,
} from "@lemons/shared/contract/stability";
import { z } from "zod";
import { InputError } from "../../engine/input-error.ts";
import { readCatalogue } from "../catalogue/read-catalogue.ts";
import type { SoundLocation } from "../evaluate/evaluate-catalogue.ts";
import type { ListenerModel } from "../evaluate/listener-models.ts";
import { permutation, randomFor, seedFor } from "../training-data/random.ts";
import { summariseStability } from "./stability.ts";
import type { ModelStability } from "./track-stability.ts";
import { openWorkRecord } from "./work-record.ts";

/** Location of a track's sound, and its hash. */
export interface CatalogueSound extends SoundLocation {
  /** SHA-256 of the audio file as stated in the catalogue. */
  sha256: string;
}

/**
 * Measures one track with every model.
 *
 * @param seeds one per repeat
 * @returns results in the order of the models
 */
export type MeasureTrack = (
  sound: CatalogueSound,
  seeds: readonly number[],
) => Promise<ModelStability[]>;

export interface StabilityOfCatalogueInput {
  /** Catalogue folder. */
  catalogue: string;
  models: readonly ListenerModel[];
  settings: StabilitySettings;
  /** Number of tracks drawn with the seed; null for all. A smaller number draws a subset. */
  tracks: number | null;
  /** File that keeps finished tracks so that an interrupted run can resume; null for none. */
  record: string | null;
  measureTrack: MeasureTrack;
  onTrack?: ((done: number, total: number) => void) | undefined;
}

const Measured: z.ZodType<ModelStability[]> = z.array(
  z.object({
    relevance: z.number(),
    hasTable: z.boolean(),
    points: z.array(StabilityPoint),
  }),
);

/**
 * Runs the stability experiment over a catalogue: every track with every listener's model. An
 * interrupted run with a record resumes after the last finished track, with the same result.
 *
 * @throws InputError if the catalogue can't be used or has fewer tracks than requested
 */
export async function stabilityOfCatalogue(input: StabilityOfCatalogueInput): Promise<Stability> {
  const { models, settings, measureTrack, onTrack } = input;
  const { tracks: all } = await readCatalogue(input.catalogue);
  const order = drawOrder(all.length, input.tracks, settings.seed);
  const record = await openWorkRecord({
    path: input.record,
    work: {
      experiment: "stability",
      version: 1,
      settings,
      models: models.map(({ version }) => version),
    },
    result: Measured,
  });
  const resultsOf = new Map<CatalogueTrack, ModelStability[]>();
  for (const [done, index] of order.entries()) {
    onTrack?.(done, order.length);
    const track = all[index]!;
    const { slug, file, stems, sha256 } = track;
    const sound = {
      path: join(input.catalogue, stems ?? file),
      isStems: stems !== undefined,
      sha256,
    };
    const seeds = Array.from({ length: settings.repeats }, (_, repeat) =>
      seedFor(settings.seed, slug, repeat),
    );
    const item = `${slug} ${sha256}`;
    const recorded = record.get(item);
    const results = recorded ?? (await measureTrack(sound, seeds));
    if (!recorded) await record.add(item, results);
    resultsOf.set(track, results);
  }
  const tracks = all.filter((track) => resultsOf.has(track));
  const listeners = models.map(({ listener, id, version }, model) => {
    const each = tracks.map((track) => {
      const { relevance, points } = resultsOf.get(track)![model]!;
      return { track: track.slug, relevance, points };
    });
    const summary = summariseStability(each, settings);
    return { listener, model: { id, version }, tracks: each, summary };
  });
  return {
    schemaVersion: 1,
    settings,
    tracks: tracks.length,
    withoutTable: [...resultsOf.values()].flat().filter(({ hasTable }) => !hasTable).length,
    listeners,
    summary: summariseStability(
      listeners.flatMap((each) => each.tracks),
      settings,
    ),
  };
}

/** Draws track indices; a smaller count gives a prefix of a larger one. */
function drawOrder(tracks: number, count: number | null, seed: number): number[] {
  if (count !== null && count > tracks) {
    throw new InputError(
      `the catalogue has ${tracks} tracks, fewer than ${count}; give a smaller --tracks`,
    );
  }
  return permutation(tracks, randomFor(seed, "tracks")).slice(0, count ?? tracks);
}
