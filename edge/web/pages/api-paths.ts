import type { Highlight } from "@lemons/shared/contract/explanation";
import type { ExplanationId } from "@lemons/shared/contract/identifier";
import { createClient } from "../../client.ts";

/** Paths are asked of it, never an answer. */
const { explanations, tracks } = createClient("https://lemons.invalid").v1;

/** Where an explanation is to be had as JSON. */
export function explanationPath(explanation: ExplanationId): string {
  return explanations[":explanation"].$path({ param: { explanation } });
}

/** Where a highlight of an explanation is to be heard. */
export function highlightPath(explanation: ExplanationId, highlight: Highlight["name"]): string {
  return explanations[":explanation"].audio[":highlight"].$path({
    param: { explanation, highlight },
  });
}

/** Where a track is to be heard. */
export function trackAudioPath(track: string): string {
  return tracks[":track"].audio.$path({ param: { track } });
}
