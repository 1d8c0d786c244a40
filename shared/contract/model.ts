import { z } from "zod";
import { FrontEnd } from "./front-end.ts";
import { ListenerId, ModelId, Sha256 } from "./identifier.ts";

/**
 * The shape of the fully convolutional network (Choi, Fazekas and Sandler, "Automatic tagging using
 * deep convolutional neural networks", ISMIR 2016, as LEMONS uses it): normalised log-mel bands,
 * one block of convolution 3 x 3, batch normalisation, ReLU and 2 x 2 max pooling for each entry of
 * `channels`, mean and maximum over bands and time, dropout, one linear head per listener.
 */
export const Architecture = z.strictObject({
  bands: z.int().min(1).max(1024).default(256),
  channels: z.array(z.int().min(1).max(1024)).min(1).max(8).default([64, 128, 128, 128, 64]),
  dropout: z.number().min(0).lt(1).default(0.5),
  heads: z.int().min(1).max(100_000).default(1).describe("listeners trained together"),
});
export type Architecture = z.infer<typeof Architecture>;

/** Ranking metrics of a model, by the part of the tracks that they were measured on. */
export const ModelMetrics = z.record(
  z.string(),
  z.object({
    auc: z.number().min(0).max(1).nullable(),
    ap: z.number().min(0).max(1).nullable(),
    n: z.int().nonnegative(),
    positives: z.int().nonnegative(),
  }),
);

/**
 * `model.json` of a model package, next to `model.onnx` (input [batch, 1, bands, time], output
 * [batch, 1]). A head of a shared encoder has the same manifest, but no file of its own.
 */
export const ModelManifest = z
  .object({
    id: ModelId,
    listener: ListenerId.optional(),
    version: Sha256.describe(
      "SHA-256 of model.onnx; of a head of a shared encoder, of the canonical JSON of the versions of both",
    ),
    package: ModelId.optional().describe("shared-encoder package of the head"),
    encoderVersion: Sha256.optional().describe("of the canonical encoder graph and its weights"),
    headVersion: Sha256.optional().describe("of the canonical head graph and its weights"),
    frontEnd: FrontEnd,
    input: z.string().default("logmel"),
    output: z.string().default("logit"),
    trainedWith: z.string().optional(),
    metrics: ModelMetrics.optional(),
  })
  .meta({ id: "ModelManifest" });
export type ModelManifest = z.infer<typeof ModelManifest>;

/** `head.json` of a stored model: logit = bias + weights . features of the encoder. */
export const ModelHead = z.strictObject({
  weights: z.array(z.number()).min(1).max(16_384),
  bias: z.number(),
});
export type ModelHead = z.infer<typeof ModelHead>;

/** The names and versions of a published model. */
export const Model = z
  .object({
    id: ModelId,
    listener: ListenerId,
    version: Sha256,
    encoderVersion: Sha256,
    headVersion: Sha256,
  })
  .meta({ id: "Model" });
export type Model = z.infer<typeof Model>;

export const DEFAULT_MODELS = 20;
export const MAX_MODELS = 100;

/** A published model, and whether it is active. */
export const PublishedModel = Model.extend({
  package: z.union([ModelId, z.null()]).describe("shared-encoder package of the head"),
  active: z.boolean().describe("true for the one model that recommends to the listener"),
}).meta({ id: "PublishedModel" });
export type PublishedModel = z.infer<typeof PublishedModel>;

/** Response of `GET /v1/models`: models by id, then the newest last. */
export const ModelList = z
  .object({ models: z.array(PublishedModel), nextCursor: z.string().nullable() })
  .meta({ id: "ModelList" });
export type ModelList = z.infer<typeof ModelList>;

/** The models of a published package. */
export const PublishedModels = z
  .object({ models: z.array(Model).min(1) })
  .meta({ id: "PublishedModels" });
export type PublishedModels = z.infer<typeof PublishedModels>;

/** Body of `POST /v1/models/{model}/activate`. */
export const ActivateRequest = z
  .strictObject({
    version: Sha256.optional().describe("by default the latest published one"),
  })
  .meta({ id: "ActivateRequest", example: {} });
export type ActivateRequest = z.infer<typeof ActivateRequest>;

/** The models that are active now. */
export const ActivatedModels = z
  .object({ models: z.array(Model).min(1) })
  .meta({ id: "ActivatedModels" });
export type ActivatedModels = z.infer<typeof ActivatedModels>;

/** Body of `POST /v1/listeners/{listener}/head`. */
export const HeadRequest = z
  .strictObject({
    package: ModelId.optional().describe(
      "shared-encoder package whose encoder to use; by default that of the listener's active model, else the one that most listeners have",
    ),
  })
  .meta({ id: "HeadRequest", example: { package: "demo" } });
export type HeadRequest = z.infer<typeof HeadRequest>;

/** A fitted head, and the tracks behind it. */
export const FittedHead = z
  .object({
    model: Model,
    tracks: z.int().positive().describe("tracks in the fit"),
    listened: z.int().positive().describe("tracks in the fit that the listener has listened to"),
    silence: z.boolean().describe("true if silence was one of the negatives"),
  })
  .meta({ id: "FittedHead" });
export type FittedHead = z.infer<typeof FittedHead>;

/** The most heads of one package. */
export const MAX_SHARED_LISTENERS = 100_000;

const SharedHead = z.strictObject({
  listener: ListenerId,
  headVersion: Sha256.describe("of the head's row of heads.safetensors"),
  metrics: ModelMetrics.optional(),
});

/**
 * `model.json` of a shared-encoder package, next to `encoder.onnx` and `heads.safetensors`. The model
 * of a listener is the encoder with that listener's head, named `<id>-<listener>`.
 */
export const SharedModelManifest = z
  .strictObject({
    format: z.literal("shared-encoder"),
    id: ModelId,
    encoderVersion: Sha256.describe("of encoder.onnx, which is in canonical form"),
    frontEnd: FrontEnd,
    features: z.int().min(1).max(16_384).describe("number of pooled features of a track"),
    listeners: z
      .array(SharedHead)
      .min(1)
      .max(MAX_SHARED_LISTENERS)
      .describe("in the order of the rows of heads.safetensors"),
    trainedWith: z.string().optional(),
    training: z.record(z.string(), z.json()).optional().describe("details of the training"),
  })
  .superRefine(({ id, listeners }, context) => {
    const seen = new Set<string>();
    for (const [row, { listener }] of listeners.entries()) {
      const path = ["listeners", row, "listener"];
      if (seen.has(listener)) {
        context.addIssue({
          code: "custom",
          path,
          message: `The listener "${listener}" already has a head.`,
        });
      }
      if (!ModelId.safeParse(sharedModelId(id, listener)).success) {
        const message = `The model id "${sharedModelId(id, listener)}" is longer than 64 characters.`;
        context.addIssue({ code: "custom", path, message });
      }
      seen.add(listener);
    }
  })
  .meta({ id: "SharedModelManifest" });
export type SharedModelManifest = z.infer<typeof SharedModelManifest>;

/** Returns the id of a package's model for a listener, unchecked: it can be too long for a ModelId. */
export function sharedModelId(packageId: ModelId, listener: ListenerId): string {
  return `${packageId}-${listener}`;
}
