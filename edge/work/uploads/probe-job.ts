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

/** An upload whose bytes are there and that nobody has decoded yet. */
export const AskedProbe = z.object({ track: TrackId, audioSha256: Sha256 });
export type AskedProbe = z.infer<typeof AskedProbe>;

/** What decoding a file costs, in seconds of compute: known before it runs, and ample. */
export const PROBING_SECONDS = 10;

/**
 * The one flight of an upload, named by the track's id: the gpu-worker decodes the file and tells how
 * long it is and how it looks. It becomes a track then; or, where it cannot be one, it says why.
 */
export class ProbeJob extends Flight<AskedProbe> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, AskedProbe);
  }

  protected override async prepare(): Promise<void> {}

  protected override async isFinished({ track }: AskedProbe): Promise<boolean> {
    return (await findUpload(this.env.DB, track))?.state === "ready";
  }

  protected override async attempt(
    { track, audioSha256 }: AskedProbe,
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

  protected override view(_asked: AskedProbe, state: FlightState): FlightState {
    return state;
  }
}

/** The object that everybody who waits for one upload shares. */
export const probeJobOf = (env: Env, track: TrackId) => env.PROBE_JOBS.getByName(track);
