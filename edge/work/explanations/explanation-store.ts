import { KeyId } from "@lemons/shared/contract/access";
import { type Highlight, PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { ExplanationId } from "@lemons/shared/contract/identifier";
import type { Ownership } from "../../access/caller.ts";
import { explanationKey, highlightKey, questionKey } from "../../base/object-keys.ts";
import { putOnce } from "../../base/put-once.ts";
import { ExplanationTask } from "./explanation-task.ts";

const JSON_TYPE = { httpMetadata: { contentType: "application/json" } };

/** The facts about a finished explanation that need no reading of it. */
export interface StoredFacts {
  etag: string;
  storedAt: Date;
  ownership: Ownership;
}

/** A finished explanation as bytes. Its body must be read, or cancelled by {@link discard}. */
export interface StoredBytes extends StoredFacts {
  object: R2ObjectBody;
}

/** A finished explanation. */
export interface StoredExplanation extends StoredFacts {
  explanation: PublishedExplanation;
}

/** Stores the task of an explanation, so that its id can be resolved. */
export async function storeTask(bucket: R2Bucket, task: ExplanationTask): Promise<void> {
  await putOnce(bucket, questionKey(task.id), JSON.stringify(task), JSON_TYPE);
}

/** Reads the task of an explanation; null if it was never requested. */
export async function findTask(
  bucket: R2Bucket,
  id: ExplanationId,
): Promise<ExplanationTask | null> {
  const object = await bucket.get(questionKey(id));
  return object === null ? null : ExplanationTask.parse(await object.json());
}

/** Returns whether an explanation was ever requested. */
export async function hasTask(bucket: R2Bucket, id: ExplanationId): Promise<boolean> {
  return (await bucket.head(questionKey(id))) !== null;
}

/** Stores a finished explanation: the last thing that is written, and never written again. */
export async function storeExplanation(
  bucket: R2Bucket,
  explanation: PublishedExplanation,
  { owner, isPrivateTrack }: Ownership,
): Promise<void> {
  const own = isPrivateTrack ? "track" : "listener";
  await putOnce(bucket, explanationKey(explanation.id), JSON.stringify(explanation), {
    ...JSON_TYPE,
    ...(owner === null ? {} : { customMetadata: { owner, own } }),
  });
}

/** Finds a finished explanation without reading it; null if there is none. */
export async function findStored(bucket: R2Bucket, id: ExplanationId): Promise<StoredBytes | null> {
  const object = await bucket.get(explanationKey(id));
  return object && { object, ...factsOf(object) };
}

/** Reads an explanation that was found. */
export async function readStored({ object, ...facts }: StoredBytes): Promise<StoredExplanation> {
  return { explanation: PublishedExplanation.parse(await object.json()), ...facts };
}

/** Reads a finished explanation; null if there is none. */
export async function findExplanation(
  bucket: R2Bucket,
  id: ExplanationId,
): Promise<StoredExplanation | null> {
  const stored = await findStored(bucket, id);
  return stored && readStored(stored);
}

/** Finds the facts about a finished explanation; null if there is none. */
export async function findStoredFacts(
  bucket: R2Bucket,
  id: ExplanationId,
): Promise<StoredFacts | null> {
  const object = await bucket.head(explanationKey(id));
  return object && factsOf(object);
}

/** Reads a body to its end: one that is cancelled counts as a broken connection in the log. */
export async function discard({ object }: StoredBytes): Promise<void> {
  await object.arrayBuffer();
}

function factsOf({ httpEtag, uploaded, customMetadata }: R2Object): StoredFacts {
  return {
    etag: httpEtag,
    storedAt: uploaded,
    ownership: {
      owner: KeyId.nullable().parse(customMetadata?.owner ?? null),
      isPrivateTrack: customMetadata?.own !== "listener",
    },
  };
}

/** Returns whether an explanation is finished. */
export async function isExplained(bucket: R2Bucket, id: ExplanationId): Promise<boolean> {
  return (await bucket.head(explanationKey(id))) !== null;
}

/** Returns whether a highlight's audio is stored. */
export async function hasHighlight(
  bucket: R2Bucket,
  id: ExplanationId,
  name: Highlight["name"],
): Promise<boolean> {
  const object = await bucket.head(highlightKey(id, name));
  return object !== null && object.size > 0;
}
