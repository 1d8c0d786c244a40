import { z } from "zod";
import { Probability } from "./explanation.ts";
import { ListenerId, TrackId } from "./identifier.ts";
import { Model } from "./model.ts";
import { Track } from "./track.ts";

export const DEFAULT_RECOMMENDATIONS = 10;
export const MAX_RECOMMENDATIONS = 100;

/** A track that the listener has not heard, with its score. */
export const Recommendation = z
  .object({
    rank: z.int().positive(),
    track: Track,
    relevance: Probability,
    logit: z.number(),
  })
  .meta({ id: "Recommendation" });
export type Recommendation = z.infer<typeof Recommendation>;

/** Tracks by falling relevance. The ranking may change while tracks are still being scored. */
export const RecommendationPage = z
  .object({
    listener: ListenerId,
    model: Model,
    recommendations: z.array(Recommendation),
    scoring: z
      .object({
        scored: z.int().nonnegative(),
        total: z.int().nonnegative(),
        failed: z.int().nonnegative(),
        reason: z.string().nullable().describe("why scoring has stopped; null otherwise"),
      })
      .describe("tracks of the catalogue that this model has scored"),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: "RecommendationPage" });
export type RecommendationPage = z.infer<typeof RecommendationPage>;

export const DEFAULT_TRACK_SCORES = 50;
export const MAX_TRACK_SCORES = 100;

/** The relevance of a track to a listener. */
export const TrackScore = z
  .object({
    listener: ListenerId,
    model: Model,
    relevance: Probability,
    logit: z.number(),
  })
  .meta({ id: "TrackScore" });
export type TrackScore = z.infer<typeof TrackScore>;

/** A page of a track's scores, one per listener. */
export const TrackScorePage = z
  .object({
    track: TrackId,
    scores: z.array(TrackScore).describe("in the order of GET /v1/listeners"),
    missing: z
      .array(ListenerId)
      .describe("listeners of this page whose score is being computed; request the page again"),
    reason: z
      .string()
      .nullable()
      .describe("why missing scores are not being computed; null otherwise"),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: "TrackScorePage" });
export type TrackScorePage = z.infer<typeof TrackScorePage>;
