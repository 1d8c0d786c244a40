import { join } from "node:path";
import type { CatalogueTrack } from "@lemons/shared/contract/catalogue";
import {
  type Stability,
  StabilityPoint,
  type StabilitySettings,
} from "@lemons/shared/contract/stability";
import { createMt19937 } from "@lemons/shared/explanation/mt19937";
import { z } from "zod";
import { readCatalogue } from "../catalogue/read-catalogue.ts";
import type { ListenerModel } from "../evaluate/listener-models.ts";
import { InputError } from "../input-error.ts";
import { seedFor } from "../training-data/random.ts";
import { summariseStability } from "./stability.ts";
import type { ModelStability } from "./track-stability.ts";
import { openWorkRecord } from "./work-record.ts";

/** Where the sound of a track lies. */
export interface CatalogueSound {
  /** An audio file, or a folder of stems where there are true ones: they are the track. */
  path: string;
  isStems: boolean;
  /** Of the audio file, as the catalogue says. */
  sha256: string;
}

/** Measures one track with every model. @returns in the order of the models */
export type MeasureTrack = (
  sound: CatalogueSound,
  seeds: readonly number[],
) => Promise<ModelStability[]>;

export interface StabilityOfCatalogueInput {
  /** Catalogue folder. */
  catalogue: string;
  models: readonly ListenerModel[];
  settings: StabilitySettings;
  /** How many tracks, drawn by the seed; all where it is null. */
  tracks: number | null;
  /** File in which finished tracks are kept until all are; null for none. */
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
 * The stability experiment over a catalogue: every track with every listener's model. A run with a
 * record that was stopped goes on where it was; the outcome is the same.
 *
 * @throws InputError where the catalogue cannot be used or has fewer tracks than asked for
 */
export async function stabilityOfCatalogue(input: StabilityOfCatalogueInput): Promise<Stability> {
  const { models, settings, measureTrack, onTrack } = input;
  const { tracks: all } = await readCatalogue(input.catalogue);
  const tracks = input.tracks === null ? all : drawTracks(all, input.tracks, settings.seed);
  const record = await openWorkRecord({
    path: input.record,
    work: {
      experiment: "stability",
      version: 1,
      settings,
      models: models.map(({ version }) => version),
      tracks: tracks.map(({ slug, sha256, stems = null }) => ({ slug, sha256, stems })),
    },
    result: Measured,
  });
  const measured: ModelStability[][] = [];
  for (const [index, { slug, file, stems, sha256 }] of tracks.entries()) {
    onTrack?.(index, tracks.length);
    const sound = {
      path: join(input.catalogue, stems ?? file),
      isStems: stems !== undefined,
      sha256,
    };
    const seeds = Array.from({ length: settings.repeats }, (_, repeat) =>
      seedFor(settings.seed, slug, repeat),
    );
    const known = record.get(slug);
    const results = known ?? (await measureTrack(sound, seeds));
    if (!known) await record.add(slug, results);
    measured.push(results);
  }
  const listeners = models.map(({ listener, id, version }, model) => {
    const each = tracks.map(({ slug: track }, index) => {
      const { relevance, points } = measured[index]![model]!;
      return { track, relevance, points };
    });
    const summary = summariseStability(each, settings);
    return { listener, model: { id, version }, tracks: each, summary };
  });
  return {
    schemaVersion: 1,
    settings,
    tracks: tracks.length,
    withoutTable: measured.flat().filter(({ hasTable }) => !hasTable).length,
    listeners,
    summary: summariseStability(
      listeners.flatMap((each) => each.tracks),
      settings,
    ),
  };
}

/** So many tracks, in the order of the catalogue. */
function drawTracks(
  all: readonly CatalogueTrack[],
  count: number,
  seed: number,
): readonly CatalogueTrack[] {
  if (count > all.length) {
    throw new InputError(`the catalogue has ${all.length} tracks, fewer than ${count}`);
  }
  const random = createMt19937(seed);
  const rest = all.map((_, index) => index);
  const chosen = Array.from({ length: count }, () => {
    const [index] = rest.splice(random.randint(0, rest.length), 1);
    return index!;
  });
  return chosen.sort((a, b) => a - b).map((index) => all[index]!);
}
