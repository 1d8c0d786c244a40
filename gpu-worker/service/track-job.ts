import type { TrackSound } from "@lemons/shared/contract/gpu-worker";
import type { SoundBytes } from "../engine/compute/messages.ts";
import { fetchSound, soundFiles } from "./fetch-objects.ts";
import type { JobContext } from "./job-context.ts";
import type { ObjectUpload } from "./object-links.ts";

/** The steps in which jobs about one track differ. */
export interface TrackJob<Model, Output, Result> {
  /** Fetches what the track is computed with, in `modelFiles` files. */
  fetchModel(): Promise<Model>;
  modelFiles: 0 | 1;
  sound: TrackSound;
  /** Runs in the compute thread. */
  compute(fetched: { model: Model; sound: SoundBytes }): Promise<Output>;
  /** Returns the objects to store. */
  outputs(output: Output): readonly ObjectUpload[];
  /** Returns the line that ends the response, after everything is stored. */
  result(output: Output): Result;
}

/** Waits for a turn, fetches, computes and stores. */
export async function runTrackJob<Model, Output, Result>(
  { queue, objects, account, signal, onProgress }: JobContext,
  job: TrackJob<Model, Output, Result>,
): Promise<Result> {
  const leave = await queue.enter({ account, signal, onProgress });
  try {
    const total = job.modelFiles + soundFiles(job.sound);
    let fetched = 0;
    const onFile = () => onProgress({ phase: "fetching", done: fetched++, total });
    onFile();
    const model = await job.fetchModel();
    if (job.modelFiles > 0) onFile();
    const sound = await fetchSound({ objects, signal }, job.sound, onFile);
    const output = await job.compute({ model, sound });
    // Only transfers are left, so the next job can compute meanwhile.
    leave();
    const outputs = job.outputs(output);
    for (const [done, each] of outputs.entries()) {
      onProgress({ phase: "storing", done, total: outputs.length });
      await objects.put(each, signal);
    }
    return job.result(output);
  } finally {
    leave();
  }
}
