import type { WorkerRenderRequest } from "@lemons/shared/contract/gpu-worker";
import type { EncodedHighlight } from "../engine/compute/messages.ts";
import type { Stored } from "./object-links.ts";

/** Those highlights that the request has a link for. */
export function storedHighlights(
  highlights: readonly EncodedHighlight[],
  outputs: WorkerRenderRequest["outputs"],
): Stored[] {
  return highlights.flatMap(({ name, bytes, mimeType }) => {
    const output = outputs[name];
    return output ? [{ url: output.url, bytes, mimeType, what: `the highlight ${name}` }] : [];
  });
}
