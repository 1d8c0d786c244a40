import { z } from "zod";
import { Probability } from "./explanation.ts";
import { ExplanationId, ListenerId, TrackId } from "./identifier.ts";

/** The progress of a computation. */
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
    done: z.int().nonnegative().describe("completed steps of this phase"),
    total: z.int().nonnegative().describe("all steps of this phase; 0 if unknown"),
  })
  .meta({ id: "Progress" });
export type Progress = z.infer<typeof Progress>;

/** The computation of one explanation. Its id is the explanation's. */
export const Job = z
  .object({
    id: ExplanationId,
    listener: ListenerId,
    track: TrackId,
    state: z.enum(["queued", "running", "done", "failed"]),
    attempt: z.int().nonnegative(),
    progress: Progress.nullable(),
    relevance: Probability.nullable().describe(
      "relevance of the whole track, as soon as it is known",
    ),
    reason: z.string().nullable().describe("why the last attempt failed; null otherwise"),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: "Job" });
export type Job = z.infer<typeof Job>;
