import type { KeyId } from "../contract/access.ts";
import type {
  ExplanationTarget,
  ExplanationType,
  FeatureSelection,
  Neighbourhood,
} from "../contract/explanation-request.ts";
import {
  ExplanationId,
  type ListenerId,
  type ModelId,
  TableId,
  type TrackId,
} from "../contract/identifier.ts";
import { canonicalJson, type JsonValue } from "./canonical-json.ts";
import { sha256Hex } from "./sha256.ts";

/** Number of digits of each half of an explanation's id. */
const HALF_DIGITS = 32;

/**
 * Everything that determines a response table. It has no head and no type, since one table answers all
 * types for every listener of the encoder.
 */
export type TableIdentity = {
  /** Version of the way tables are built; a new one makes all earlier tables stale. */
  schema: number;
  encoderVersion: string;
  /** Hash of the audio file, or of the stems' hashes if the track is the sum of its stems. */
  audioSha256: string;
  snippet: { startSeconds: number; seconds: number };
  separator: { name: string; version: string };
  segments: number;
  /** The owner's key, if the track is private. */
  owner?: KeyId;
};

/** Everything that determines the model's answers behind a sampled explanation. */
export type ResponseSet = {
  /** Version of the way responses are computed; a new one makes all earlier responses stale. */
  schema: number;
  model: { id: ModelId; version: string };
  /** Hash of the audio file, or of the stems' hashes if the track is the sum of its stems. */
  audioSha256: string;
  snippet: { startSeconds: number; seconds: number };
  separator: { name: string; version: string };
  segments: number;
  type: ExplanationType;
  samples: number;
  seed: number;
  /** The owner's key, if the track is private. */
  owner?: KeyId;
};

/** A question to a response table or a set of responses. */
export type ResponseQuestion = {
  listener: ListenerId;
  /** Needed because two tracks can have the same sound. */
  track: TrackId;
  model: { id: ModelId; headVersion: string };
  type: ExplanationType;
  neighbourhood: Neighbourhood;
  kernelWidth: number;
  ridgeAlpha: number;
  featureSelection: FeatureSelection;
  /** The most components to keep; null for all. */
  features: number | null;
  target: ExplanationTarget;
  /** Threshold of the sufficient and the necessary set; null for the default. */
  threshold: number | null;
};

/**
 * Returns the content address of a response table: the first 32 digits of the SHA-256 of its canonical
 * JSON. It is the first half of the ids of explanations from the table.
 */
export async function tableId(table: TableIdentity): Promise<TableId> {
  return TableId.parse(await contentAddress(table));
}

/** Returns the content address of the responses to sampled masks. */
export function responseSetId(responses: ResponseSet): Promise<string> {
  return contentAddress(responses);
}

/**
 * Returns the content address of an explanation: `<responses>-<question>`. The same question about the
 * same responses has the same id.
 *
 * @param responses id of a response table or of a response set
 */
export async function explanationId(
  responses: string,
  question: ResponseQuestion,
): Promise<ExplanationId> {
  return ExplanationId.parse(`${responses}-${await contentAddress(question)}`);
}

async function contentAddress(value: JsonValue): Promise<string> {
  return (await sha256Hex(canonicalJson(value))).slice(0, HALF_DIGITS);
}
