import type { ModelLink, TrackSound } from "@lemons/shared/contract/gpu-worker";
import type { Progress } from "@lemons/shared/contract/job";
import type { ModelBytes, SoundBytes } from "./compute-messages.ts";
import { fetchModel, fetchSound, soundFiles } from "./fetch-objects.ts";
import type { Stored } from "./object-links.ts";
import { enterQueue } from "./place-progress.ts";
import type { Workshop } from "./workshop.ts";

/** The steps that every job about one track goes through. */
export interface TrackJob<Computed, Line> {
  /** Fetched where there is one. */
  model?: ModelLink;
  sound: TrackSound;
  /** In the compute thread. */
  compute(fetched: { model: ModelBytes | null; sound: SoundBytes }): Promise<Computed>;
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
export async function runTrackJob<Computed, Line>(
  { queue, objects }: Workshop,
  job: TrackJob<Computed, Line>,
): Promise<Line> {
  const { model, sound, onProgress, signal } = job;
  const leave = await enterQueue(queue, signal, onProgress);
  try {
    const total = (model ? 1 : 0) + soundFiles(sound);
    let fetched = 0;
    const onFile = () => onProgress({ phase: "fetching", done: fetched++, total });
    onFile();
    const modelBytes = model ? await fetchModel(model, objects, signal) : null;
    if (modelBytes) onFile();
    const soundBytes = await fetchSound(sound, objects, signal, onFile);
    const computed = await job.compute({ model: modelBytes, sound: soundBytes });
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
