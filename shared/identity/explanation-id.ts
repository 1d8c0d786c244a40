import type {
  ExplanationTarget,
  ExplanationType,
  FeatureSelection,
  Neighbourhood,
} from "../contract/explanation-request.ts";
import type { ExplanationId, TableId } from "../contract/identifier.ts";
import { canonicalJson, type JsonValue } from "./canonical-json.ts";
import { sha256Hex } from "./sha256.ts";

/** Digits of each half of an explanation's id. */
const HALF_DIGITS = 32;

/**
 * Everything that decides a response table. Neither a head nor a type is among it: one table answers
 * every listener of the encoder.
 */
export type TableIdentity = {
  /** Version of how tables are built; a change makes all earlier ones stale. */
  schema: number;
  encoderVersion: string;
  /** Hash of the audio file, or of the stems' hashes where the stems are the track. */
  audioSha256: string;
  snippet: { startSeconds: number; seconds: number };
  separator: { name: string; version: string };
  segments: number;
  /** The key that the track belongs to, where it is somebody's own. */
  owner?: string;
};

/** Everything that decides which answers of the model a sampled explanation is computed from. */
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
  /** The key that the track belongs to, where it is somebody's own. */
  owner?: string;
};

/** Everything that is asked of a response table or of a set of responses. */
export type ResponseQuestion = {
  listener: string;
  /** Two tracks may have the same sound. */
  track: string;
  model: { id: string; headVersion: string };
  type: ExplanationType;
  neighbourhood: Neighbourhood;
  kernelWidth: number;
  ridgeAlpha: number;
  featureSelection: FeatureSelection;
  /** How many components to keep at most; null for all. */
  features: number | null;
  target: ExplanationTarget;
  /** Of the sufficient and the necessary set; null for the usual one. */
  threshold: number | null;
};

/**
 * Content address of a response table: the first 32 digits of SHA-256 over canonical JSON. It is the
 * first half of the ids of explanations that are read from the table.
 */
export function tableId(table: TableIdentity): Promise<TableId> {
  return contentAddress(table);
}

/** The same for the responses to sampled masks, where there is no table. */
export function responseSetId(responses: ResponseSet): Promise<string> {
  return contentAddress(responses);
}

/**
 * Content address of an explanation: `<responses>-<question>`. Same question about the same answers,
 * same id.
 *
 * @param responses id of a response table or of a response set
 */
export async function explanationId(
  responses: string,
  question: ResponseQuestion,
): Promise<ExplanationId> {
  return `${responses}-${await contentAddress(question)}`;
}

async function contentAddress(value: JsonValue): Promise<string> {
  return (await sha256Hex(canonicalJson(value))).slice(0, HALF_DIGITS);
}
