import { z } from "zod";
import { FrontEnd } from "./front-end.ts";
import { ListenerId, ModelId, Sha256 } from "./identifier.ts";
import { ModelMetrics } from "./model.ts";

/** Most listeners that one package has heads for. */
export const MAX_SHARED_LISTENERS = 100_000;

const SharedHead = z.strictObject({
  listener: ListenerId,
  headVersion: Sha256.describe("of the head's row of heads.safetensors"),
  metrics: ModelMetrics.optional(),
});

/**
 * `model.json` of a shared-encoder package: `encoder.onnx` and `heads.safetensors` lie beside it.
 * The model of one listener is the encoder with that listener's head, named `<id>-<listener>`.
 */
export const SharedModelManifest = z
  .strictObject({
    format: z.literal("shared-encoder"),
    id: ModelId,
    encoderVersion: Sha256.describe("of encoder.onnx, which is in canonical form"),
    frontEnd: FrontEnd,
    features: z.int().min(1).max(16_384).describe("numbers that the encoder pools a track to"),
    listeners: z
      .array(SharedHead)
      .min(1)
      .max(MAX_SHARED_LISTENERS)
      .describe("in the order of the rows of heads.safetensors"),
    trainedWith: z.string().optional(),
    training: z.record(z.string(), z.json()).optional().describe("facts of the training"),
  })
  .superRefine(({ id, listeners }, context) => {
    const seen = new Set<string>();
    for (const [row, { listener }] of listeners.entries()) {
      const path = ["listeners", row, "listener"];
      if (seen.has(listener)) {
        context.addIssue({ code: "custom", path, message: `"${listener}" has a head already` });
      }
      if (!ModelId.safeParse(sharedModelId(id, listener)).success) {
        const message = `"${sharedModelId(id, listener)}" is too long for the id of a model (64)`;
        context.addIssue({ code: "custom", path, message });
      }
      seen.add(listener);
    }
  })
  .meta({ id: "SharedModelManifest" });
export type SharedModelManifest = z.infer<typeof SharedModelManifest>;

/** Id of the model that a package has for a listener. */
export function sharedModelId(packageId: ModelId, listener: ListenerId): ModelId {
  return `${packageId}-${listener}`;
}
