import { Sha256, TrackId } from "@lemons/shared/contract/identifier";
import { z } from "zod";
import { settingsOf } from "../../base/env.ts";
import { linkExpiry } from "../../worker/object-link.ts";
import { soundLinks } from "../../worker/request-links.ts";
import { callWorker } from "../../worker/worker-client.ts";
import { WorkerFailure } from "../../worker/worker-failure.ts";
import { defineFlight, type FlightRun } from "../flight/define-flight.ts";
import { audioBytesOf } from "./audio-bytes.ts";
import { findUpload, publishUpload, rejectUpload } from "./uploads.ts";

/** An upload to decode. */
export const ProbeTask = z.object({ track: TrackId, audioSha256: Sha256 });
export type ProbeTask = z.infer<typeof ProbeTask>;

/** Price of decoding a file, in seconds of compute: an ample estimate. */
export const PROBING_SECONDS = 10;

/**
 * The flight of an upload, named by the track's id. The gpu-worker decodes the file and measures it; the
 * upload then becomes a track, or is rejected with a reason.
 */
export const ProbeJob = defineFlight({
  schema: ProbeTask,
  isFinished: async (env, { track }) => (await findUpload(env.DB, track))?.state === "ready",
  attempt: attemptProbe,
  view: (_task, state) => state,
  keepsFailures: true,
});
export type ProbeJob = InstanceType<typeof ProbeJob>;

async function attemptProbe(
  env: Env,
  { track, audioSha256 }: ProbeTask,
  run: FlightRun,
): Promise<void> {
  const settings = settingsOf(env);
  try {
    const facts = await run.atWorker(async (call) => {
      const sound = await soundLinks(settings, { audioSha256, stems: {} }, linkExpiry());
      const request = { id: track, sound };
      return callWorker(settings, "probe", request, {
        ...call,
        onUpdate: ({ progress }) => run.onProgress(progress),
      });
    });
    run.signal.throwIfAborted();
    await publishUpload(env.DB, track, facts);
  } catch (error) {
    if (error instanceof WorkerFailure && error.unusableInput) {
      await rejectUpload(env.DB, track, error.message);
      await audioBytesOf(env, audioSha256).removeUnlessNamed(audioSha256);
    }
    throw error;
  }
}

/** Returns the flight of an upload. */
export const probeJobOf = (env: Env, track: TrackId) => env.PROBE_JOBS.getByName(track);
