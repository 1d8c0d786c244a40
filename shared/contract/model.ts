import { z } from "zod";
import { FrontEnd } from "./front-end.ts";
import { ListenerId, ModelId, Sha256 } from "./identifier.ts";

/** How well a model ranks tracks, by the part of the tracks that it was measured on. */
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
 * `model.json` of a model package; `model.onnx` lies beside it (input [batch, 1, bands, time],
 * output [batch, 1]). A head of a shared encoder has the same manifest and no file of its own.
 */
export const ModelManifest = z
  .object({
    id: ModelId,
    listener: ListenerId.optional(),
    version: Sha256.describe(
      "SHA-256 of model.onnx; of a head of a shared encoder, of the canonical JSON of the versions of both",
    ),
    package: ModelId.optional().describe("shared-encoder package that it is a head of"),
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

/** A published model, as the API names it. */
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
