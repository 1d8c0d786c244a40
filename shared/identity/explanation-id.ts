import type {
  ExplanationTarget,
  ExplanationType,
  FeatureSelection,
} from "../contract/explanation-request.ts";
import type { ExplanationId } from "../contract/identifier.ts";
import { canonicalJson, type JsonValue } from "./canonical-json.ts";
import { sha256Hex } from "./sha256.ts";

/** Digits of each half of an explanation's id. */
const HALF_DIGITS = 32;

/** Everything that decides which answers of the model an explanation is computed from. */
export type ResponseSet = {
  /** Version of how responses are computed; a change makes all earlier ones stale. */
  schema: number;
  model: { id: string; version: string };
  /** Hash of the audio file, or of the stems' hashes where the stems are the track. */
  audioSha256: string;
  snippet: { startSeconds: number; seconds: number };
  separator: { name: string; version: string };
  segments: number;
  type: ExplanationType;
  samples: number;
  seed: number;
};

/** Everything that is asked of those answers. */
export type ResponseQuestion = {
  model: { id: string; version: string };
  type: ExplanationType;
  neighbourhood: { kind: "sampled"; samples: number; seed: number };
  kernelWidth: number;
  ridgeAlpha: number;
  featureSelection: FeatureSelection;
  /** How many components to keep at most; null for all. */
  features: number | null;
  target: ExplanationTarget;
};

/**
 * First half of an explanation's id: the first 32 digits of SHA-256 over canonical JSON. It names
 * the work that every question about the same answers shares.
 */
export function responseSetId(responses: ResponseSet): Promise<string> {
  return contentAddress(responses);
}

/**
 * Content address of an explanation: `<response set>-<question>`. Same question about the same
 * answers, same id.
 */
export async function explanationId(parts: {
  responses: ResponseSet;
  question: ResponseQuestion;
}): Promise<ExplanationId> {
  const [responses, question] = await Promise.all([
    responseSetId(parts.responses),
    contentAddress(parts.question),
  ]);
  return `${responses}-${question}`;
}

async function contentAddress(value: JsonValue): Promise<string> {
  return (await sha256Hex(canonicalJson(value))).slice(0, HALF_DIGITS);
}
