import { join } from "node:path";
import type { ListenerId, TrackId } from "@lemons/shared/contract/identifier";
import { InputError } from "../../engine/input-error.ts";
import { nearest } from "../../engine/nearest.ts";
import { readCatalogue, readListening } from "../catalogue/read-catalogue.ts";
import type { SoundLocation } from "../evaluate/evaluate-catalogue.ts";
import { type DataThreads, prefetch } from "./data-threads.ts";
import type { DecodedTrack } from "./decoded-track.ts";

/** Tracks of a catalogue with their listeners' labels. */
export interface TrainingSet {
  /** In the order of the catalogue. */
  slugs: readonly TrackId[];
  sounds: readonly SoundLocation[];
  listeners: readonly ListenerId[];
  /** [tracks, listeners], 1 if `listening.tsv` has the track for the listener, else 0. */
  labels: Uint8Array;
}

/**
 * Reads a catalogue folder for training.
 *
 * @param requested listeners to train for; null for all of `listening.tsv`, in the order of their
 *   first lines
 * @throws InputError if the catalogue can't be used or lacks a listener
 */
export async function readTrainingSet(
  catalogue: string,
  requested: readonly ListenerId[] | null,
): Promise<TrainingSet> {
  const { tracks, ...rest } = await readCatalogue(catalogue);
  const listening = await readListening(catalogue, { tracks, ...rest });
  const available = [...new Set(listening.map(({ listener }) => listener))];
  const listeners = requested ?? available;
  for (const listener of listeners) {
    if (available.includes(listener)) continue;
    throw new InputError(
      `${join(catalogue, "listening.tsv")} has no listener "${listener}"; the nearest is "${nearest(listener, available)}"`,
    );
  }
  const labels = new Uint8Array(tracks.length * listeners.length);
  const row = new Map(tracks.map(({ slug }, index) => [slug, index]));
  const column = new Map(listeners.map((listener, index) => [listener, index]));
  for (const { listener, track } of listening) {
    const head = column.get(listener);
    if (head !== undefined) labels[row.get(track)! * listeners.length + head] = 1;
  }
  return {
    slugs: tracks.map(({ slug }) => slug),
    sounds: tracks.map(({ file, stems }) => ({
      path: join(catalogue, stems ?? file),
      isStems: stems !== undefined,
    })),
    listeners,
    labels,
  };
}

/**
 * Decodes every track that isn't on disk yet.
 *
 * @param minSamples required length of a track
 * @throws InputError if a sound can't be used or is shorter
 */
export async function decodeTracks(
  { sounds }: TrainingSet,
  minSamples: number,
  threads: DataThreads,
  onTrack: (done: number, total: number) => void,
): Promise<DecodedTrack[]> {
  const tracks: DecodedTrack[] = [];
  const results = prefetch(sounds, threads.parallel, (sound) =>
    threads.perform({ kind: "decode", sound }),
  );
  onTrack(0, sounds.length);
  for await (const track of results) {
    if (track.samples < minSamples) {
      throw new InputError(
        `${sounds[tracks.length]!.path} has ${track.samples} samples at the model's rate; at least ${minSamples} are needed (--input-length)`,
      );
    }
    tracks.push(track);
    onTrack(tracks.length, sounds.length);
  }
  return tracks;
}
