import { z } from "zod";
import { ModelId, Sha256 } from "./identifier.ts";
import { Model } from "./model.ts";

export const DEFAULT_MODELS = 20;
export const MAX_MODELS = 100;

/** A published model, and whether it recommends for its listener. */
export const PublishedModel = Model.extend({
  package: z.union([ModelId, z.null()]).describe("shared-encoder package that it is a head of"),
  active: z.boolean().describe("whether it is in use: one model a listener is"),
}).meta({ id: "PublishedModel" });
export type PublishedModel = z.infer<typeof PublishedModel>;

/** Answer of `GET /v1/models`, by id; of one id the newest last. */
export const ModelList = z
  .object({ models: z.array(PublishedModel), nextCursor: z.string().nullable() })
  .meta({ id: "ModelList" });
export type ModelList = z.infer<typeof ModelList>;

/** What a package that was published holds. */
export const PublishedModels = z
  .object({ models: z.array(Model).min(1) })
  .meta({ id: "PublishedModels" });
export type PublishedModels = z.infer<typeof PublishedModels>;

/** Body of `POST /v1/models/{model}/activate`. */
export const ActivateRequest = z
  .strictObject({
    version: Sha256.optional().describe("by default the one published last"),
  })
  .meta({ id: "ActivateRequest", example: {} });
export type ActivateRequest = z.infer<typeof ActivateRequest>;

/** What is in use now. */
export const ActivatedModels = z
  .object({ models: z.array(Model).min(1) })
  .meta({ id: "ActivatedModels" });
export type ActivatedModels = z.infer<typeof ActivatedModels>;
