import { Sha256, TrackId } from "@lemons/shared/contract/identifier";
import { z } from "zod";
import { settingsOf } from "../../base/env.ts";
import { linkExpiry } from "../../worker/object-link.ts";
import { soundLinks } from "../../worker/request-links.ts";
import { callWorker } from "../../worker/worker-client.ts";
import { WorkerFailure } from "../../worker/worker-failure.ts";
import { Flight, type FlightListener } from "../flight/flight.ts";
import type { FlightOrigin } from "../flight/flight-origin.ts";
import type { FlightState } from "../flight/flight-record.ts";
import { audioBytesOf } from "./audio-bytes.ts";
import { findUpload, publishUpload, rejectUpload } from "./uploads.ts";

/** An upload to decode. */
export const ProbeTask = z.object({ track: TrackId, audioSha256: Sha256 });
export type ProbeTask = z.infer<typeof ProbeTask>;

/** Price of decoding a file, in seconds of compute: an ample estimate. */
export const PROBING_SECONDS = 10;

/**
 * The one flight of an upload, named by the track's id. The gpu-worker decodes the file and returns its
 * duration and waveform; then the upload becomes a track, or records why it can't be one.
 */
export class ProbeJob extends Flight<ProbeTask> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, ProbeTask);
  }

  protected override async prepare(): Promise<void> {}

  protected override async isFinished({ track }: ProbeTask): Promise<boolean> {
    return (await findUpload(this.env.DB, track))?.state === "ready";
  }

  protected override async attempt(
    { track, audioSha256 }: ProbeTask,
    listener: FlightListener,
    signal: AbortSignal,
    { requestId, payer }: FlightOrigin,
  ): Promise<void> {
    const { DB } = this.env;
    const settings = settingsOf(this.env);
    const sound = await soundLinks(settings, { audioSha256, stems: {} }, linkExpiry());
    const request = { id: track, sound };
    try {
      const facts = await callWorker(settings, "probe", request, {
        signal,
        requestId,
        account: payer?.account,
        onUpdate: ({ progress }) => listener.onProgress(progress),
      });
      signal.throwIfAborted();
      await publishUpload(DB, track, facts);
    } catch (error) {
      if (error instanceof WorkerFailure && error.unusableInput) {
        await rejectUpload(DB, track, error.message);
        await audioBytesOf(this.env, audioSha256).removeUnlessNamed(audioSha256);
      }
      throw error;
    }
  }

  protected override view(_task: ProbeTask, state: FlightState): FlightState {
    return state;
  }
}

/** Returns the object that all callers who wait for one upload share. */
export const probeJobOf = (env: Env, track: TrackId) => env.PROBE_JOBS.getByName(track);
