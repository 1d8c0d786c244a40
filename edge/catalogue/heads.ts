import type { ModelId, Sha256 } from "@lemons/shared/contract/identifier";
import { ModelHead } from "@lemons/shared/contract/model";
import { modelKey } from "./object-keys.ts";

/** The linear head of a model, or null where it has none or none was stored. */
export async function findHead(
  bucket: R2Bucket,
  id: ModelId,
  version: Sha256,
): Promise<ModelHead | null> {
  const object = await bucket.get(modelKey(id, version, "head.json"));
  return object === null ? null : ModelHead.parse(await object.json());
}
