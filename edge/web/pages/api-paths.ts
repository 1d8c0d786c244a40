import type { Highlight } from "@lemons/shared/contract/explanation";
import type { ExplanationId } from "@lemons/shared/contract/identifier";
import { hc } from "hono/client";
import type { Api } from "../routes/api.ts";

/** Builds paths only, so the origin never matters. */
const { explanations, tracks } = hc<Api>("https://lemons.invalid").v1;

/** Returns the API path of an explanation. */
export function explanationPath(explanation: ExplanationId): string {
  return explanations[":explanation"].$path({ param: { explanation } });
}

/** Returns the API path of an explanation's highlight. */
export function highlightPath(explanation: ExplanationId, highlight: Highlight["name"]): string {
  return explanations[":explanation"].audio[":highlight"].$path({
    param: { explanation, highlight },
  });
}

/** Returns the API path of a track's audio. */
export function trackAudioPath(track: string): string {
  return tracks[":track"].audio.$path({ param: { track } });
}
