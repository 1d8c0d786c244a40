import { z } from "zod";
import { Probability } from "./explanation.ts";
import { ExplanationId, ListenerId, TrackId } from "./identifier.ts";

/** How far a computation is. */
export const Progress = z
  .object({
    phase: z.enum([
      "waiting",
      "fetching",
      "decoding",
      "separating",
      "scoring",
      "fitting",
      "storing",
    ]),
    done: z.int().nonnegative().describe("steps of this phase done"),
    total: z.int().nonnegative().describe("steps of this phase in all; 0 if unknown"),
  })
  .meta({ id: "Progress" });
export type Progress = z.infer<typeof Progress>;

/** One explanation being computed. Its id is the explanation's. */
export const Job = z
  .object({
    id: ExplanationId,
    listener: ListenerId,
    track: TrackId,
    state: z.enum(["queued", "running", "done", "failed"]),
    attempt: z.int().nonnegative(),
    progress: Progress.nullable(),
    relevance: Probability.nullable().describe("the whole track's, as soon as it is known"),
    reason: z.string().nullable().describe("why the last attempt failed"),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: "Job" });
export type Job = z.infer<typeof Job>;
