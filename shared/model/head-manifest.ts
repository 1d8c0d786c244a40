import { ModelId } from "../contract/identifier.ts";
import { type ModelManifest, type SharedModelManifest, sharedModelId } from "../contract/model.ts";
import { versionOfParts } from "./linear-head.ts";

/** Returns the manifest that the model of one row would have as a package of its own. */
export async function manifestOfHead(
  { id, encoderVersion, frontEnd, trainedWith, listeners }: SharedModelManifest,
  row: number,
): Promise<ModelManifest> {
  const { listener, headVersion, metrics } = listeners[row]!;
  return {
    id: ModelId.parse(sharedModelId(id, listener)),
    listener,
    version: await versionOfParts({ encoderVersion, headVersion }),
    package: id,
    encoderVersion,
    headVersion,
    frontEnd,
    input: "logmel",
    output: "logit",
    ...(trainedWith === undefined ? {} : { trainedWith }),
    ...(metrics === undefined ? {} : { metrics }),
  };
}
