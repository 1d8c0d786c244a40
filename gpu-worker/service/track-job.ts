import type { TrackSound } from "@lemons/shared/contract/gpu-worker";
import type { Progress } from "@lemons/shared/contract/job";
import type { SoundBytes } from "../engine/compute/messages.ts";
import { fetchSound, soundFiles } from "./fetch-objects.ts";
import type { ObjectLinks, Stored } from "./object-links.ts";
import { enterQueue } from "./place-progress.ts";
import type { Workshop } from "./workshop.ts";

/** The steps that every job about one track goes through. */
export interface TrackJob<Model, Computed, Line> {
  /** Fetches what the track is computed with, in `modelFiles` files. */
  fetchModel(objects: ObjectLinks): Promise<Model>;
  modelFiles: 0 | 1;
  sound: TrackSound;
  /** In the compute thread. */
  compute(fetched: { model: Model; sound: SoundBytes }): Promise<Computed>;
  /** What to PUT. */
  stored(computed: Computed): readonly Stored[];
  /** Ends the job, once everything is stored. */
  line(computed: Computed): Line;
  onProgress: (progress: Progress) => void;
  signal: AbortSignal;
}

/**
 * Waits for the turn, fetches, computes, stores.
 *
 * @returns the line that ends the job
 */
export async function runTrackJob<Model, Computed, Line>(
  { queue, objects }: Workshop,
  job: TrackJob<Model, Computed, Line>,
): Promise<Line> {
  const { modelFiles, sound, onProgress, signal } = job;
  const leave = await enterQueue(queue, signal, onProgress);
  try {
    const total = modelFiles + soundFiles(sound);
    let fetched = 0;
    const onFile = () => onProgress({ phase: "fetching", done: fetched++, total });
    onFile();
    const model = await job.fetchModel(objects);
    if (modelFiles > 0) onFile();
    const soundBytes = await fetchSound(sound, objects, signal, onFile);
    const computed = await job.compute({ model, sound: soundBytes });
    // What is left to do is the network's: the next in line can compute meanwhile.
    leave();
    const stored = job.stored(computed);
    for (const [done, each] of stored.entries()) {
      onProgress({ phase: "storing", done, total: stored.length });
      await objects.put(each, signal);
    }
    return job.line(computed);
  } finally {
    leave();
  }
}
