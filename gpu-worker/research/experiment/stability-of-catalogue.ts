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
import type { ListenerModel } from "../evaluate/listener-models.ts";
import { permutation, randomFor, seedFor } from "../training-data/random.ts";
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
  /** How many tracks, drawn by the seed; all where it is null. Fewer are the first of more. */
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
  const measuredOf = new Map<CatalogueTrack, ModelStability[]>();
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
    const known = record.get(item);
    const results = known ?? (await measureTrack(sound, seeds));
    if (!known) await record.add(item, results);
    measuredOf.set(track, results);
  }
  const tracks = all.filter((track) => measuredOf.has(track));
  const listeners = models.map(({ listener, id, version }, model) => {
    const each = tracks.map((track) => {
      const { relevance, points } = measuredOf.get(track)![model]!;
      return { track: track.slug, relevance, points };
    });
    const summary = summariseStability(each, settings);
    return { listener, model: { id, version }, tracks: each, summary };
  });
  return {
    schemaVersion: 1,
    settings,
    tracks: tracks.length,
    withoutTable: [...measuredOf.values()].flat().filter(({ hasTable }) => !hasTable).length,
    listeners,
    summary: summariseStability(
      listeners.flatMap((each) => each.tracks),
      settings,
    ),
  };
}

/** Indices of so many tracks in the order drawn: fewer tracks are the first of more. */
function drawOrder(tracks: number, count: number | null, seed: number): number[] {
  if (count !== null && count > tracks) {
    throw new InputError(`the catalogue has ${tracks} tracks, fewer than ${count}`);
  }
  return permutation(tracks, randomFor(seed, "tracks")).slice(0, count ?? tracks);
}
