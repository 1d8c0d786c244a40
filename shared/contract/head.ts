import { z } from "zod";
import { ModelId } from "./identifier.ts";
import { Model } from "./model.ts";

/** Body of `POST /v1/listeners/{listener}/head`. */
export const HeadRequest = z
  .strictObject({
    package: ModelId.optional().describe(
      "shared-encoder package whose encoder is used; by default that of the listener's model in use, else the one that most listeners have",
    ),
  })
  .meta({ id: "HeadRequest", example: { package: "demo" } });
export type HeadRequest = z.infer<typeof HeadRequest>;

/** A head that was fitted, and on what. */
export const FittedHead = z
  .object({
    model: Model,
    tracks: z.int().positive().describe("tracks that it was fitted on"),
    listened: z.int().positive().describe("those of them that the listener has listened to"),
    silence: z.boolean().describe("whether silence was among the negatives"),
  })
  .meta({ id: "FittedHead" });
export type FittedHead = z.infer<typeof FittedHead>;
